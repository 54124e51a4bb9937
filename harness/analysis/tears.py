"""Where a picture breaks off between two rows, and goes on in an earlier picture."""

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

MOST_CODES: Final = 16
"""What one px says about a break counts up to this, code values: a break runs through many px."""

BY_GAIN: Final = 4
BY_STEP: Final = 3
"""So many places are looked at closely: where the picture before goes on best, and the steepest steps."""


GOES_ON: Final = 1.5
REST_CODES: Final = 0.6
"""With the earlier picture the rows go on as they do beside the break: the step is at most this many times
theirs, and so many code values more. What is on the two sides of a split screen never fits."""

STEEP_CODES: Final = 1.0
STEEPEST: Final = 1.5
"""A break that no earlier picture explains stands out by so many code values, and by this factor."""

KNOWN_SHARE: Final = 0.5
APART_SHARE: Final = 0.6
"""At so many of the steepest places the picture before knows both sides, and one moved on further."""


@dataclass(frozen=True, slots=True)
class Break:
    """The row border at which a picture breaks most.

    `gain` is by how much smaller the step across it is when the row on one side is taken from an earlier
    picture, mean over the row, code values, beyond that of the borders beside it; 0 if nothing explains
    it. `others` is the third largest elsewhere (a band has two borders); `row` is the first row below it.
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
    thin, step = view.of(rows), view.of(steps)
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
    gains = _closely(thin, earlier, borders)
    order = np.argsort(-gains)
    found = Break(float(gains[order[0]]), _third(gains[order]), int(borders[order[0]]) + 1)
    if found.gain >= least:
        moved = row_motion(view.luma, view.previous.luma, found.row)
        if moved.known >= KNOWN_SHARE:
            return found
    return _unexplained(view, steep, borders) or Break(0.0, found.others, found.row)


def _unexplained(view: FrameView, steep: NDArray[np.float32], borders: NDArray[np.intp]) -> Break | None:
    """Return a break whose line wanders away from what the earlier pictures show of either side, or None.

    Around it, the picture before was whole: so one side moved on by more pictures than the other.
    """
    order = np.argsort(-steep[borders])
    border = int(borders[order[0]])
    others = _third(steep[borders[order]])
    if view.previous is None or steep[border] < max(STEEP_CODES, STEEPEST * others):
        return None
    was = _standing_out(row_means(view.previous.of(steps)))
    if was[border - 1 : border + 2].max() > steep[border] / 2:
        return None
    moved = row_motion(view.luma, view.previous.luma, border + 1)
    torn = moved.known >= KNOWN_SHARE and moved.apart >= APART_SHARE
    return Break(float(steep[border]), others, border + 1) if torn else None


def _third(values: NDArray[np.float32]) -> float:
    return float(values[2]) if len(values) > 2 else 0.0


def _closely(thin: Plane, earlier: Sequence[Plane], borders: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return the gain of each border beyond that of its neighbours, with the earlier picture that fits."""
    around = 2 * BESIDE_ROWS + 1
    near = (borders[:, None] + np.arange(-BESIDE_ROWS, BESIDE_ROWS + 1)).ravel()
    upper, lower = thin[near], thin[near + 1]
    late = [before[near + 1] for before in earlier] + [before[near] for before in earlier]
    kept = [upper] * len(earlier) + [lower] * len(earlier)
    explained = cv2.absdiff(np.concatenate(kept), np.concatenate(late))
    step = cv2.absdiff(upper, lower)
    own = np.concatenate([step] * len(late))
    better, worse = cv2.subtract(own, explained), cv2.subtract(explained, own)
    gain = row_means(cv2.min(better, MOST_CODES)) - row_means(cv2.min(worse, MOST_CODES))
    gain = gain.reshape(len(late), -1, around)
    beside = np.maximum(gain[..., :BESIDE_ROWS].max(axis=2), gain[..., BESIDE_ROWS + 1 :].max(axis=2))
    standing_out = gain[..., BESIDE_ROWS] - np.maximum(beside, 0)
    usual = row_means(cv2.min(step, MOST_CODES)).reshape(-1, around)
    usual = (usual.sum(axis=1) - usual[:, BESIDE_ROWS]) / (around - 1)
    rest = row_means(cv2.min(explained, MOST_CODES)).reshape(len(late), -1, around)[..., BESIDE_ROWS]
    fits = rest <= GOES_ON * usual + REST_CODES
    best: NDArray[np.float32] = np.where(fits, standing_out, 0.0).max(axis=0)
    return best


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
