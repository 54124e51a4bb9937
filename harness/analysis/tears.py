"""Where a picture breaks off between two rows, and goes on in an earlier picture."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.frame_view import FrameView
from harness.analysis.row_motion import row_motion
from harness.analysis.rows import row_means, rows, steps
from harness.media import Plane

LATE_PICTURES: Final = 3
"""A part of the screen may lag by up to so many pictures: that many buffers are in use."""

BESIDE_ROWS: Final = 2
"""A break lies between two rows; so many borders on either side have nothing of it."""

BY_GAIN: Final = 3
BY_STEP: Final = 3
"""So many places are looked at closely: where the picture before goes on best, and the steepest steps."""


NOISE_CODES: Final = 5
"""A px that differs by no more than this, code values, may do so by coding alone."""

LEAST_MOVED: Final = 0.06
"""The share of a row that counts as moving at least: less is a small thing that passes."""

LEAST_PX: Final = 24
"""The same in px of which one in four columns is looked at: a few px say nothing."""

FITS: Final = 2.5
"""An earlier picture explains a break if it fits better at so many times the px where it fits worse. What is
on the two sides of a split screen fits no better than it did."""

STEEP_CODES: Final = 1.0
STEEPEST: Final = 1.5
"""A break that no earlier picture explains stands out by so many code values, and by this factor."""

KNOWN_SHARE: Final = 0.5
APART_SHARE: Final = 0.5
"""At so many of the steepest places the picture before knows both sides, and one moved on further."""


NEAR_ROWS: Final = 20
SIDE_MOVED: Final = 0.004
SIDES_ALIKE: Final = 0.03
"""On both sides, within so many rows, such a share of the px moves, and on one side at least 3 % of what does
on the other: above a number that counts on, nothing moves."""


UP_ROWS: Final = 12
PASSES_SHARE: Final = 0.8
"""An edge that passes moves up or down by no more than so many rows a picture, and that explains
this share of the px that changed."""


@dataclass(frozen=True, slots=True)
class Break:
    """The row border at which a picture breaks most.

    `gain` is the share of what moves there for which the step across it is smaller when the row on one
    side is taken from an earlier picture, less the share for which it is larger, beyond that of the borders
    beside it; 0 if nothing explains it. `others` is the third largest elsewhere (a band has two borders);
    `row` is the first row below it.
    """

    gain: float
    others: float
    row: int


NOWHERE: Final = Break(0.0, 0.0, 0)


def find_break(view: FrameView, earlier: Sequence[Plane], least: float) -> Break:
    """Return the worst break of a picture.

    Parameters
    ----------
    view : FrameView
        The picture; the one before it is known.
    earlier : sequence of planes
        The rows of the pictures before, the last one last.
    least : float
        A break of less gain than this is of no interest.
    """
    thin, step = view.picture.of(rows), view.picture.of(steps)
    margin = BESIDE_ROWS + 1
    if len(thin) < 4 * margin or view.previous is None:
        return NOWHERE
    own = row_means(step)
    last = earlier[-1]
    above, below = row_means(cv2.absdiff(thin[:-1], last[1:])), row_means(cv2.absdiff(thin[1:], last[:-1]))
    steep = _standing_out(own)
    places = _peaks(_standing_out(own - np.minimum(above, below)), BY_GAIN)
    places += [place for place in _peaks(steep, BY_STEP) if place not in places]
    borders = np.array([place for place in places if margin <= place < len(own) - margin])
    if not borders.size:
        return NOWHERE
    gains = _closely(thin, earlier, borders, least)
    order = np.argsort(-gains)
    found = Break(float(gains[order[0]]), _third(gains[order]), int(borders[order[0]]) + 1)
    if found.gain >= least and _passes(thin, last, found.row):
        return Break(0.0, found.others, found.row)
    if found.gain >= least and _both_move(thin, earlier, found.row):
        moved = row_motion(view.luma, view.previous.luma, found.row)
        if moved.known >= KNOWN_SHARE:
            return found
    return _unexplained(view, earlier, steep, borders) or Break(0.0, found.others, found.row)


def _unexplained(
    view: FrameView, earlier: Sequence[Plane], steep: NDArray[np.float32], borders: NDArray[np.intp]
) -> Break | None:
    """Return a break whose line wanders away from what the earlier pictures show of either side, or None.

    Around it, the picture before was whole: so one side moved on by more pictures than the other.
    """
    order = np.argsort(-steep[borders])
    border = int(borders[order[0]])
    others = _third(steep[borders[order]])
    if view.previous is None or steep[border] < max(STEEP_CODES, STEEPEST * others):
        return None
    was = _standing_out(row_means(view.previous.picture.of(steps)))
    if was[border - 1 : border + 2].max() > steep[border] / 2:
        return None
    if not _both_move(view.picture.of(rows), earlier, border + 1):
        return None
    moved = row_motion(view.luma, view.previous.luma, border + 1)
    torn = moved.known >= KNOWN_SHARE and moved.apart >= APART_SHARE
    return Break(float(steep[border]), others, border + 1) if torn else None


def _passes(thin: Plane, last: Plane, row: int) -> bool:
    """Return whether what changed at a border is there because it moved up or down as a whole: an edge of the
    picture, such as a gap in a floor or a line of credits. By less than a row, it lies between two rows.
    """
    first, end = row - BESIDE_ROWS, row + BESIDE_ROWS
    if first < UP_ROWS + 1 or end + UP_ROWS + 1 > len(thin):
        return False
    here = thin[first:end]
    changed = cv2.compare(cv2.absdiff(here, last[first:end]), NOISE_CODES, cv2.CMP_GT)
    count = cv2.countNonZero(changed)
    most = 0
    for by in range(-UP_ROWS, UP_ROWS + 1):
        then, next_to = last[first + by : end + by], last[first + by + 1 : end + by + 1]
        below, above = cv2.subtract(cv2.min(then, next_to), here), cv2.subtract(here, cv2.max(then, next_to))
        same = cv2.compare(cv2.max(below, above), NOISE_CODES, cv2.CMP_LE)
        most = max(most, cv2.countNonZero(cv2.bitwise_and(same, changed)))
    return most > PASSES_SHARE * count


def _both_move(thin: Plane, earlier: Sequence[Plane], row: int) -> bool:
    """Return whether something moves close to a border on both of its sides, now or a picture before."""
    first, last = max(0, row - NEAR_ROWS), row + NEAR_ROWS
    pictures = [each[first:last] for each in (thin, *reversed(earlier))][:3]
    moved = np.stack([_share(cv2.absdiff(*pair)) for pair in itertools.pairwise(pictures)])
    above, below = (float(side.mean(axis=1).max()) for side in np.split(moved, [row - first], axis=1))
    return min(above, below) >= max(SIDE_MOVED, SIDES_ALIKE * max(above, below))


def _third(values: NDArray[np.float32]) -> float:
    return float(values[2]) if len(values) > 2 else 0.0


def _closely(
    thin: Plane, earlier: Sequence[Plane], borders: NDArray[np.intp], least: float
) -> NDArray[np.float32]:
    """Return for each border which share of what moves there an earlier picture explains, less that of the
    borders beside it; 0 where none of them has as much as is of interest.
    """
    share, fits = _explained(thin, earlier, borders)
    if not np.any(fits & (share >= least)):
        return np.zeros(len(borders), np.float32)
    around = np.arange(-BESIDE_ROWS, BESIDE_ROWS + 1)
    near = _explained(thin, earlier, (borders[:, None] + around).ravel())[0]
    near = near.reshape(len(share), -1, len(around))
    beside = np.maximum(near[..., :BESIDE_ROWS].max(axis=2), near[..., BESIDE_ROWS + 1 :].max(axis=2))
    gain = np.where(fits, share - np.maximum(beside, 0), 0.0)
    return np.asarray(gain.max(axis=0), dtype=np.float32)


def _explained(
    thin: Plane, earlier: Sequence[Plane], borders: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return for each earlier picture on either side, and each border, which share of what moves there it
    explains, and whether it fits; shapes (2 * pictures, borders).
    """
    upper, lower = thin[borders], thin[borders + 1]
    late = [before[borders + 1] for before in earlier] + [before[borders] for before in earlier]
    kept = [upper] * len(earlier) + [lower] * len(earlier)
    explained = cv2.absdiff(np.concatenate(kept), np.concatenate(late))
    own = np.concatenate([cv2.absdiff(upper, lower)] * len(late))
    last = earlier[-1]
    change = cv2.max(cv2.absdiff(upper, last[borders]), cv2.absdiff(lower, last[borders + 1]))
    moved = np.maximum(_share(change), max(LEAST_MOVED, LEAST_PX / thin.shape[1]))
    better = _share(cv2.subtract(own, cv2.add(explained, explained))).reshape(len(late), -1)
    worse = _share(cv2.subtract(explained, own)).reshape(len(late), -1)
    return (better - worse) / moved, better >= FITS * worse


def _share(difference: Plane) -> NDArray[np.float32]:
    """Return the share of each row's px that differ by more than noise."""
    far = cv2.threshold(difference, NOISE_CODES, 1, cv2.THRESH_BINARY)[1]
    return row_means(np.asarray(far, dtype=np.uint8))


def _standing_out(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by how much each value is above those beside it."""
    sharp = np.zeros_like(values)
    sharp[1:-1] = values[1:-1] - np.maximum(values[:-2], values[2:])
    return sharp


def _peaks(values: NDArray[np.float32], count: int) -> list[int]:
    """Return where the largest values lie."""
    if values.size <= count:
        return list(range(values.size))
    return [int(place) for place in np.argpartition(values, -count)[-count:]]
