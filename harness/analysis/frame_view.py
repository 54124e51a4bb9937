"""What picture detectors look at: one frame, and pictures computed once and shared by all of them."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.shared import Shares, shared
from harness.media import Frame, Plane

SMALL_LONG_SIDE_PX: Final = 480
"""The shared small luma is at most this long: motion and shape stay, camera noise averages out."""

BLOCK_PX: Final = 8
"""Side of a block, in px of the small luma."""

CHANGED_CODES: Final = 2.0
"""A block has changed when its mean absolute difference exceeds this many code values."""

MOST_CHANGED_SHARE: Final = 0.02
"""The share of blocks that `local_change` looks at: a talking mouth is 2 % of a picture."""

SAME_CAUSE: Final = 1e-9
"""Two causes that leave less room than this between them are one."""

FLAT_VARIANCE: Final = 0.01
"""Pictures of less variance than this (code values squared) have no structure to compare."""


class FrameView(Shares):
    """One frame and the pictures that detectors share; each is computed at first use, then kept.

    `previous` is the view of the frame before, or `None` at the start, after a gap, after the signal came
    back, and after a change of size: then whatever compares two frames is `None` or NaN. The view before
    that is let go, so two frames are held at any time. Code values are 8-bit, narrow range.
    """

    def __init__(self, frame: Frame, previous: "FrameView | None" = None) -> None:
        super().__init__()
        self.frame = frame
        self.t_ns = frame.t_ns
        self.index = frame.index
        self.previous: FrameView | None = None
        if previous is not None:
            self.follow(previous)

    def follow(self, previous: "FrameView") -> None:
        """Take the view of the frame before, and let go of the one before that."""
        same_size = previous.frame.y.shape == self.frame.y.shape
        self.previous = previous if same_size else None
        previous.previous = None

    @property
    def luma(self) -> Plane:
        """Return the luma plane, shape (height, width); never write to it."""
        return self.frame.y

    @property
    def width_px(self) -> int:
        """Return the width of the frame."""
        return int(self.frame.y.shape[1])

    @property
    def height_px(self) -> int:
        """Return the height of the frame."""
        return int(self.frame.y.shape[0])

    @property
    def scale(self) -> float:
        """Return how many px of the frame one px of the small luma stands for, at least 1."""
        return max(1.0, max(self.width_px, self.height_px) / SMALL_LONG_SIDE_PX)

    @shared
    def small(self) -> Plane:
        """Return the luma, area-averaged to at most `SMALL_LONG_SIDE_PX` on its long side."""
        return _shrink(self.frame.y, self.scale)

    @shared
    def small_u(self) -> Plane:
        """Return the U plane, at half the size of the small luma."""
        return _shrink(self.frame.u, self.scale)

    @shared
    def small_v(self) -> Plane:
        """Return the V plane, at half the size of the small luma."""
        return _shrink(self.frame.v, self.scale)

    @shared
    def blocks(self) -> NDArray[np.float32]:
        """Return the mean luma of each block, shape (rows, columns), code values."""
        return _block_means(self.small)

    @shared
    def mean_luma(self) -> float:
        """Return the mean luma, code value."""
        return float(cv2.mean(self.small)[0])

    @shared
    def spread(self) -> float:
        """Return the standard deviation of the small luma, code values: 0 for a flat picture."""
        return float(cv2.meanStdDev(self.small)[1][0, 0])

    @shared
    def histogram(self) -> NDArray[np.float32]:
        """Return the shares of the small luma's px in 64 bins of 4 code values; they sum to 1."""
        counts = cv2.calcHist([self.small], [0], None, [64], [0, 256])
        shares: NDArray[np.float32] = counts.ravel() / self.small.size
        return shares

    @shared
    def difference(self) -> Plane | None:
        """Return the absolute difference of the small luma to the previous one, or None without one."""
        return None if self.previous is None else cv2.absdiff(self.small, self.previous.small)

    @shared
    def change(self) -> float:
        """Return the mean absolute luma difference to the previous frame, code values; NaN without one."""
        return float("nan") if self.difference is None else float(cv2.mean(self.difference)[0])

    @shared
    def shift(self) -> NDArray[np.float32] | None:
        """Return how far the mean luma of each block moved, shape (rows, columns), or None.

        Noise and coding average out in a block, motion does not.
        """
        return None if self.previous is None else self.blocks - self.previous.blocks

    @shared
    def local_change(self) -> float:
        """Return the mean |shift| of the 2 % of blocks that moved most, code values; NaN without previous."""
        if self.shift is None:
            return float("nan")
        moved = np.abs(self.shift).ravel()
        most = max(1, round(moved.size * MOST_CHANGED_SHARE))
        return float(np.partition(moved, -most)[-most:].mean())

    @shared
    def motion(self) -> float:
        """Return the RMS of the shift that neither a fade nor a dissolve explains; NaN without previous.

        A fade is a gain and an offset of the previous picture; a dissolve repeats the previous shift.
        """
        if self.centred_shift is None or self.previous is None:
            return float("nan")
        before = self.previous
        causes = [before.level] + ([] if before.centred_shift is None else [before.centred_shift])
        rest = _unexplained(self.centred_shift, causes)
        return float(np.sqrt(rest @ rest / rest.size))

    @shared
    def level(self) -> NDArray[np.float64]:
        """Return the mean luma of the blocks less the mean of all, flat."""
        return _centred(self.blocks)

    @shared
    def centred_shift(self) -> NDArray[np.float64] | None:
        """Return the shift less the mean of all, flat, or None."""
        return None if self.shift is None else _centred(self.shift)

    @shared
    def likeness(self) -> float:
        """Return the correlation with the previous picture, -1..1, low at a cut; NaN without one."""
        return float("nan") if self.previous is None else _alike(self.level, self.previous.level)

    @shared
    def block_change(self) -> NDArray[np.float32] | None:
        """Return the mean absolute difference in each block, shape (rows, columns), or None."""
        return None if self.difference is None else _block_means(self.difference)

    @shared
    def changed_share(self) -> float:
        """Return the share of blocks that changed by more than `CHANGED_CODES`, or NaN without previous."""
        if self.block_change is None:
            return float("nan")
        return float(np.count_nonzero(self.block_change > CHANGED_CODES)) / self.block_change.size

    @shared
    def changed_box(self) -> tuple[int, int, int, int] | None:
        """Return the (x, y, width, height) in px of the frame that holds every changed block, or None."""
        if self.block_change is None:
            return None
        rows, columns = np.nonzero(self.block_change > CHANGED_CODES)
        if rows.size == 0:
            return None
        side = BLOCK_PX * self.scale
        x, y = int(columns.min() * side), int(rows.min() * side)
        right = min(self.width_px, round((int(columns.max()) + 1) * side))
        bottom = min(self.height_px, round((int(rows.max()) + 1) * side))
        return x, y, right - x, bottom - y


def likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the correlation of two pictures of block means, -1..1; flat ones are alike."""
    return _alike(_centred(one), _centred(other)) if one.shape == other.shape else 0.0


def _alike(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    energy, other_energy = float(first @ first), float(second @ second)
    flat = [value <= first.size * FLAT_VARIANCE for value in (energy, other_energy)]
    if any(flat):
        return float(all(flat))
    return float(first @ second) / float(np.sqrt(energy * other_energy))


def _shrink(plane: Plane, scale: float) -> Plane:
    if scale == 1.0:
        return plane
    height, width = plane.shape
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    # OpenCV halves seven times as fast as it averages over four.
    while plane.shape[0] % 2 == plane.shape[1] % 2 == 0 and plane.shape[1] >= 2 * size[0]:
        half = (plane.shape[1] // 2, plane.shape[0] // 2)
        plane = np.asarray(cv2.resize(plane, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if plane.shape == size[::-1]:
        return plane
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _block_means(plane: Plane) -> NDArray[np.float32]:
    rows, columns = max(1, plane.shape[0] // BLOCK_PX), max(1, plane.shape[1] // BLOCK_PX)
    whole = plane[: rows * BLOCK_PX, : columns * BLOCK_PX]
    fine = cv2.resize(whole.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(fine, dtype=np.float32)


def _unexplained(wanted: NDArray[np.float64], causes: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return what is left of a picture when the causes, one or two, explain as much of it as they can."""
    energies = [float(cause @ cause) for cause in causes]
    answers = [float(cause @ wanted) for cause in causes]
    if len(causes) == 2:
        both = float(causes[0] @ causes[1])
        room = energies[0] * energies[1] - both * both
        if room > SAME_CAUSE * energies[0] * energies[1]:
            first = (answers[0] * energies[1] - answers[1] * both) / room
            second = (answers[1] * energies[0] - answers[0] * both) / room
            return np.asarray(wanted - first * causes[0] - second * causes[1])
    most = max(range(len(causes)), key=energies.__getitem__)
    return np.asarray(wanted - answers[most] / energies[most] * causes[most]) if energies[most] else wanted


def _centred(picture: NDArray[np.float32]) -> NDArray[np.float64]:
    flat = picture.ravel().astype(np.float64)
    return np.asarray(flat - flat.mean())
