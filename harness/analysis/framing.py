"""Where the picture sits in the frame, and whether it was shrunk, cut or stretched since the one before."""

from functools import lru_cache
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.frame_view import FrameView
from harness.analysis.picture import Picture
from harness.media import Plane

BLACK_MOST: Final = 26
"""A bar is black to this code value, coding noise at its edge aside."""

BAR_SHARE: Final = 0.012
"""Least width of a bar, as a share of the frame's."""

CENTRED_SHARE: Final = 0.015
"""Left and right bar differ by at most this share of the width."""

COMPARED: Final = (96, 54)
"""Width and height at which pictures are compared, px."""

GAIN: Final = (0.8, 1.2)
"""The picture between new bars is as bright as it was, within this factor: no light went out."""

STRETCHES: Final = tuple(1.04 + 0.02 * count for count in range(34))
"""How many times wider a stretched picture may be."""


CANDIDATES: Final = 3
"""So many of them are compared as pictures, the likeliest by the means of their columns."""

WORTH: Final = 0.02
"""Where the unstretched picture leaves less unexplained, nothing was stretched."""

UNEXPLAINED: Final = 0.5
"""A stretch leaves at most this share of what no stretch leaves unexplained."""

CELLS: Final = (8, 6)
"""A stretch is looked for in so many parts across and down: all of the picture is stretched, not a figure."""

TELLING: Final = 0.03
"""A part says something where a stretch changes it by this share of what it changes others on average."""

EVERYWHERE: Final = 0.7
"""In this share of the parts that say something, a stretch is nearer to the picture than no stretch is."""


class Area(NamedTuple):
    """The picture within its black bars, in px of the small luma, `[left, right)` and `[top, bottom)`."""

    left: int
    right: int
    top: int
    bottom: int

    def of(self, picture: Plane) -> Plane:
        """Return this part of a picture."""
        return picture[self.top : self.bottom, self.left : self.right]


def active_area(picture: Picture) -> Area:
    """Return the picture within its bars; of a black frame, the whole of it."""
    small = picture.small
    height, width = small.shape
    if not _edge_is_black(small):
        return Area(0, width, 0, height)
    lit_columns = np.flatnonzero(cv2.reduce(small, 0, cv2.REDUCE_MAX).ravel() > BLACK_MOST)
    lit_rows = np.flatnonzero(cv2.reduce(small, 1, cv2.REDUCE_MAX).ravel() > BLACK_MOST)
    if not lit_columns.size:
        return Area(0, width, 0, height)
    return Area(int(lit_columns[0]), int(lit_columns[-1]) + 1, int(lit_rows[0]), int(lit_rows[-1]) + 1)


def side_bars(picture: Picture) -> float:
    """Return the width of a bar at each side, as a share of the frame's; 0 unless there are two alike."""
    area, width = picture.of(active_area), picture.small.shape[1]
    left, right = area.left / width, 1 - area.right / width
    return min(left, right) if abs(left - right) <= CENTRED_SHARE else 0.0


def shrunk(view: FrameView) -> float:
    """Return how like the picture between new bars is to the one before, whole or cut; 0 without new bars."""
    before, bars = view.previous, view.picture.of(side_bars)
    if before is None or bars < BAR_SHARE or before.picture.of(side_bars) > bars / 3:
        return 0.0
    area, earlier = view.picture.of(active_area), before.picture.of(active_area)
    height, width = view.small.shape
    now = area.of(view.small)
    sources = {earlier, Area(0, width, 0, height), Area(0, width, earlier.top, earlier.bottom), area}
    return max(_likeness(source.of(before.small), now) for source in sources)


def column_means(picture: Picture) -> NDArray[np.float32]:
    """Return the mean luma of each column of the small luma."""
    return np.asarray(
        cv2.reduce(picture.small, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F), dtype=np.float32
    ).ravel()


def stretched(now: FrameView, before: FrameView) -> tuple[float, float]:
    """Return how like a picture is to the middle of another one, stretched, and by which factor.

    The likeness is 0 unless it explains most of what an unstretched picture leaves unexplained, and that
    nearly everywhere: figures may move apart by themselves.
    """
    width = before.small.shape[1]
    target, earlier = _compared(now.small), _compared(before.small)
    plain = _correlation(earlier, target)
    if 1 - plain < WORTH:
        return 0.0, 1.0
    best, factor = max(
        (_correlation(_middle(before.small, width / times), target), times)
        for times in _candidates(now, before)
    )
    explains = 1 - best <= UNEXPLAINED * (1 - plain)
    if explains and _everywhere(_middle(before.small, width / factor), earlier, target):
        return best, factor
    return 0.0, 1.0


def _everywhere(wider: NDArray[np.float32], plain: NDArray[np.float32], target: NDArray[np.float32]) -> bool:
    """Return whether the stretched picture is nearer to the target in nearly all parts of it."""
    made, by_stretch, without = (
        cv2.resize(np.square(one - other), CELLS, interpolation=cv2.INTER_AREA)
        for one, other in ((wider, plain), (wider, target), (plain, target))
    )
    tells = made >= TELLING * made.mean()
    return bool(np.mean(by_stretch[tells] < without[tells]) >= EVERYWHERE)


def _candidates(now: FrameView, before: FrameView) -> list[float]:
    """Return the factors by which the means of the columns fit best."""
    columns, target = before.picture.of(column_means), now.picture.of(column_means)
    made = columns[_sources(len(columns))]
    made = made - made.mean(axis=1, keepdims=True)
    fits = made @ (target - target.mean()) / np.sqrt(np.maximum((made * made).sum(axis=1), 1e-6))
    return [STRETCHES[place] for place in np.argsort(fits)[-CANDIDATES:]]


@lru_cache(maxsize=4)
def _sources(width: int) -> NDArray[np.intp]:
    """Return from which column each column of a picture comes, for every stretch."""
    offset = np.arange(width) - (width - 1) / 2
    return np.asarray(np.rint((width - 1) / 2 + offset / np.array(STRETCHES)[:, None]), dtype=np.intp)


def _edge_is_black(small: Plane) -> bool:
    edges = (small[:, :2], small[:, -2:], small[:2], small[-2:])
    return any(int(edge.max()) <= BLACK_MOST for edge in edges)


def _middle(small: Plane, width_px: float) -> NDArray[np.float32]:
    left = round((small.shape[1] - width_px) / 2)
    return _compared(small[:, left : small.shape[1] - left])


def _compared(picture: Plane) -> NDArray[np.float32]:
    fine = cv2.resize(picture, COMPARED, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(fine - fine.mean())


def _likeness(before: Plane, now: Plane) -> float:
    if min(before.shape[0], before.shape[1], now.shape[0], now.shape[1]) < 8:
        return 0.0
    one, other = _compared(before), _compared(now)
    gain = float(np.vdot(one, other)) / max(float(np.vdot(one, one)), 1e-6)
    return _correlation(one, other) if GAIN[0] <= gain <= GAIN[1] else 0.0


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    energy = float(np.vdot(one, one)) * float(np.vdot(other, other))
    return float(np.vdot(one, other)) / energy**0.5 if energy > one.size**2 else 0.0
