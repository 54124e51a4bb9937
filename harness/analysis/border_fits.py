"""How well an earlier picture goes on at the borders between rows, and at those beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.rows import row_means
from harness.media import Plane

BESIDE_ROWS: Final = 2
"""A break lies between two rows; so many borders on either side have nothing of it."""

NOISE_CODES: Final = 5
"""A px that differs by no more than this, code values, may do so by coding alone."""

LEAST_MOVED: Final = 0.06
"""The share of a row that counts as moving at least: less is a small thing that passes."""

LEAST_PX: Final = 24
"""The same in px of which one in four columns is looked at: a few px say nothing."""

LEAST_BETTER: Final = 0.02
TURN_FITS: Final = 2.0
"""At a turn it fits better by this share of the row, at so many times the px where it fits worse: beside a
ticker either happens by chance."""

AS_SMOOTH: Final = 1.5
SMOOTH_CODES: Final = 1.0
"""And it goes on as smoothly as the picture itself does beside the line, to this factor and so many code
values: between two rows of tiles, any other picture fits no worse than this one."""

FITS: Final = 2.5
"""An earlier picture explains a break if it fits better at so many times the px where it fits worse. What is
on the two sides of a split screen fits no better than it did."""


@dataclass(frozen=True, slots=True)
class Fits:
    """How an earlier picture goes on at each of some borders.

    Parameters
    ----------
    gain : float32 array
        The share of what moves there for which the step across is smaller when the row on one side is taken
        from an earlier picture, less the share for which it is larger, beyond that of the borders beside it.
    turn : float32 array
        By how much it fits better there, as a share of how much it fits worse beside; 0 if it does not.
    gain_late, turn_late : integer array
        By how many pictures the lower side lags in that; negative where the upper one does.

    """

    gain: NDArray[np.float32]
    turn: NDArray[np.float32]
    gain_late: NDArray[np.intp]
    turn_late: NDArray[np.intp]


def earlier_fits(thin: Plane, earlier: Sequence[Plane], borders: NDArray[np.intp]) -> Fits:
    """Return what an earlier picture explains of each border, and not of the borders beside it."""
    around, count = 2 * BESIDE_ROWS + 1, len(earlier)
    near = (borders[:, None] + np.arange(-BESIDE_ROWS, BESIDE_ROWS + 1)).ravel()
    upper, lower = thin[near], thin[near + 1]
    late = [before[near + 1] for before in earlier] + [before[near] for before in earlier]
    explained = cv2.absdiff(np.concatenate([upper] * count + [lower] * count), np.concatenate(late))
    step = cv2.absdiff(upper, lower)
    own = np.concatenate([step] * len(late))
    last = earlier[-1]
    change = cv2.max(cv2.absdiff(upper, last[near]), cv2.absdiff(lower, last[near + 1]))
    moved = np.maximum(moved_share(change), max(LEAST_MOVED, LEAST_PX / thin.shape[1])).reshape(-1, around)
    much_better, better, worse = (
        moved_share(difference).reshape(len(late), -1, around)
        for difference in (
            cv2.subtract(own, cv2.add(explained, explained)),
            cv2.subtract(own, explained),
            cv2.subtract(explained, own),
        )
    )
    middle = BESIDE_ROWS
    share = (much_better - worse) / moved
    explains = (much_better >= FITS * worse)[..., middle]
    gain = np.where(explains, share[..., middle] - np.maximum(_beside(share), 0), 0.0)
    net = better - worse
    far, beside = net[..., middle], _beside(net)
    clear = (beside < 0) & (far >= LEAST_BETTER) & (better >= TURN_FITS * worse)[..., middle]
    left = row_means(explained).reshape(len(late), -1, around)[..., middle]
    clear &= left <= AS_SMOOTH * _beside(row_means(step).reshape(-1, around)) + SMOOTH_CODES
    turn = np.where(clear, far / np.maximum(-beside, LEAST_MOVED), 0.0)
    return Fits(
        gain=np.asarray(gain.max(axis=0), dtype=np.float32),
        turn=np.asarray(turn.max(axis=0), dtype=np.float32),
        gain_late=_late(gain, count),
        turn_late=_late(turn, count),
    )


def _late(fits: NDArray[Any], count: int) -> NDArray[np.intp]:
    """Return by how many pictures a side lags where the best fits; those for the upper side come first."""
    best = fits.argmax(axis=0)
    pictures = count - best % count
    return np.asarray(np.where(best < count, -pictures, pictures), dtype=np.intp)


def _beside(values: NDArray[Any]) -> NDArray[np.float32]:
    """Return the largest value at the borders beside the middle one."""
    left, right = values[..., :BESIDE_ROWS], values[..., BESIDE_ROWS + 1 :]
    return np.asarray(np.maximum(left.max(axis=-1), right.max(axis=-1)), dtype=np.float32)


def moved_share(difference: Plane) -> NDArray[np.float32]:
    """Return the share of each row's px that differ by more than noise."""
    far = cv2.threshold(difference, NOISE_CODES, 1, cv2.THRESH_BINARY)[1]
    return row_means(np.asarray(far, dtype=np.uint8))
