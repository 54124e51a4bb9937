"""Where a picture breaks off between two rows, and goes on in an earlier picture."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.border_fits import BESIDE_ROWS, NOISE_CODES, Fits, earlier_fits, moved_share
from harness.analysis.frame_view import FrameView
from harness.analysis.row_motion import row_motion
from harness.analysis.rows import row_means, rows, steps
from harness.media import Plane

LATE_PICTURES: Final = 3
"""A part of the screen may lag by up to so many pictures: that many buffers are in use."""

BY_GAIN: Final = 3
BY_STEP: Final = 3
"""So many places are looked at closely: where the picture before goes on best, and the steepest steps."""


TURNS: Final = 0.3
"""Where a picture breaks off, an earlier one fits better; at the borders beside it, it fits worse. The first
by this much of the second is a turn."""

STEPS_OUT: Final = 0.6
"""The step at a turn is so many code values above those beside it: less cannot be seen."""

ALONE: Final = 1.3
"""A turn is so many times the third largest elsewhere in the picture: a wall of screens has many."""

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
    `row` is the first row below it. `late` says by how many pictures the lower side lags, or, where it is
    negative, the upper one; 0 where only one side moved on further.
    """

    gain: float
    others: float
    row: int
    late: int = 0


NOWHERE: Final = Break(0.0, 0.0, 0)


@dataclass(frozen=True, slots=True)
class Turn:
    """The row border at which an earlier picture fits better, while it fits worse at the borders beside it.

    `amount` is the first, in px, as a share of the second; 0 if there is none. `row` is the first row below.
    `late` says by how many pictures a side lags: the lower one, or, where it is negative, the upper one.
    """

    amount: float
    row: int
    late: int


STRAIGHT: Final = Turn(0.0, 0, 0)


def find_break(view: FrameView, earlier: Sequence[Plane], least: float) -> tuple[Break, Turn]:
    """Return the worst break of a picture, and where an earlier picture turns from worse to better.

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
        return NOWHERE, STRAIGHT
    own = row_means(step)
    last = earlier[-1]
    above, below = row_means(cv2.absdiff(thin[:-1], last[1:])), row_means(cv2.absdiff(thin[1:], last[:-1]))
    steep = _standing_out(own)
    places = _peaks(_standing_out(own - np.minimum(above, below)), BY_GAIN)
    places += [place for place in _peaks(steep, BY_STEP) if place not in places]
    borders = np.array([place for place in places if margin <= place < len(own) - margin])
    if not borders.size:
        return NOWHERE, STRAIGHT
    close = earlier_fits(thin, earlier, borders)
    found = _explained(view, earlier, close, borders, least)
    if not found.gain:
        found = _unexplained(view, earlier, steep, borders) or found
    return found, _turning(view, earlier, close, steep, borders)


def _explained(
    view: FrameView,
    earlier: Sequence[Plane],
    close: Fits,
    borders: NDArray[np.intp],
    least: float,
) -> Break:
    """Return the break that an earlier picture explains best, of no gain where something else explains it."""
    order = np.argsort(-close.gain)
    best = int(order[0])
    gain, row = float(close.gain[best]), int(borders[best]) + 1
    found = Break(gain, _third(close.gain[order]), row, int(close.gain_late[best]))
    nothing = Break(0.0, found.others, found.row)
    return found if found.gain >= least and _torn(view, earlier, found.row) else nothing


def _turning(
    view: FrameView,
    earlier: Sequence[Plane],
    close: Fits,
    steep: NDArray[np.float32],
    borders: NDArray[np.intp],
) -> Turn:
    """Return the largest turn, if it is alone and nothing but a tear explains it."""
    order = np.argsort(-close.turn)
    best = int(order[0])
    row, amount = int(borders[best]) + 1, float(close.turn[best])
    clear = amount >= max(TURNS, ALONE * _third(close.turn[order])) and steep[row - 1] >= STEPS_OUT
    return Turn(amount, row, int(close.turn_late[best])) if clear and _torn(view, earlier, row) else STRAIGHT


def _torn(view: FrameView, earlier: Sequence[Plane], row: int) -> bool:
    """Return whether both sides of a border move, were there before, and are no edge that passes."""
    thin = view.picture.of(rows)
    if view.previous is None or _passes(thin, earlier[-1], row) or not _both_move(thin, earlier, row):
        return False
    return row_motion(view.luma, view.previous.luma, row).known >= KNOWN_SHARE


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
    moved = np.stack([moved_share(cv2.absdiff(*pair)) for pair in itertools.pairwise(pictures)])
    above, below = (float(side.mean(axis=1).max()) for side in np.split(moved, [row - first], axis=1))
    return min(above, below) >= max(SIDE_MOVED, SIDES_ALIKE * max(above, below))


def _third(values: NDArray[np.float32]) -> float:
    return float(values[2]) if len(values) > 2 else 0.0


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
