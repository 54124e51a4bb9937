"""What picture detectors look at: one frame, and how it differs from the one before it."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.picture import BLOCK_PX, Picture, block_means, centred
from harness.analysis.shared import Shares, shared
from harness.media import Frame, Plane

CHANGED_CODES: Final = 2.0
"""A block has changed when its mean absolute difference exceeds this many code values."""

MOST_CHANGED_SHARE: Final = 0.02
"""The share of blocks that `local_change` looks at: a talking mouth is 2 % of a picture."""

SAME_CAUSE: Final = 1e-9
"""Two causes that leave less room than this between them are one."""

FLAT_VARIANCE: Final = 0.01
"""Pictures of less variance than this (code values squared) have no structure to compare."""


class FrameView(Shares):
    """One frame and the one before it; what detectors share is computed at first use, then kept.

    What a frame shows by itself is its `picture`'s; the names used most are repeated here. `previous` is the
    view of the frame before, or `None` at the start, after a gap, after the signal came back, and after a
    change of size: then whatever compares two frames is `None` or NaN. The view before that is let go, so
    two frames are held at any time. Two views may show one picture, each beside another one before it.
    `due` says whether detectors of what lasts are shown this one.
    """

    def __init__(
        self, shown: Frame | Picture, previous: "FrameView | None" = None, *, due: bool = True
    ) -> None:
        self.picture = shown if isinstance(shown, Picture) else Picture(shown)
        super().__init__(self.picture.ledger)
        self.frame = self.picture.frame
        self.t_ns = self.frame.t_ns
        self.index = self.frame.index
        self.due = due
        self.previous: FrameView | None = None
        if previous is not None:
            previous.previous = None
            same_size = previous.frame.y.shape == self.frame.y.shape
            self.previous = previous if same_size else None

    @property
    def luma(self) -> Plane:
        """Return the luma plane, shape (height, width); never write to it."""
        return self.frame.y

    @property
    def width_px(self) -> int:
        """Return the width of the frame."""
        return self.picture.width_px

    @property
    def height_px(self) -> int:
        """Return the height of the frame."""
        return self.picture.height_px

    @property
    def small(self) -> Plane:
        """Return the luma, area-averaged to at most 480 px on its long side."""
        return self.picture.small

    @property
    def blocks(self) -> NDArray[np.float32]:
        """Return the mean luma of each block of the small luma, shape (rows, columns), code values."""
        return self.picture.blocks

    @property
    def mean_luma(self) -> float:
        """Return the mean luma, code value."""
        return self.picture.mean_luma

    @property
    def spread(self) -> float:
        """Return the standard deviation of the small luma, code values: 0 for a flat picture."""
        return self.picture.spread

    @property
    def histogram(self) -> NDArray[np.float32]:
        """Return the shares of the small luma's px in 64 bins of 4 code values; they sum to 1."""
        return self.picture.histogram

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
        causes = [before.picture.level] + ([] if before.centred_shift is None else [before.centred_shift])
        rest = _unexplained(self.centred_shift, causes)
        return float(np.sqrt(rest @ rest / rest.size))

    @shared
    def centred_shift(self) -> NDArray[np.float64] | None:
        """Return the shift less the mean of all, flat, or None."""
        return None if self.shift is None else centred(self.shift)

    @shared
    def likeness(self) -> float:
        """Return the correlation with the previous picture, -1..1, low at a cut; NaN without one."""
        return (
            float("nan") if self.previous is None else _alike(self.picture.level, self.previous.picture.level)
        )

    @shared
    def block_change(self) -> NDArray[np.float32] | None:
        """Return the mean absolute difference in each block, shape (rows, columns), or None."""
        return None if self.difference is None else block_means(self.difference)

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
        side = BLOCK_PX * self.picture.scale
        x, y = int(columns.min() * side), int(rows.min() * side)
        right = min(self.width_px, round((int(columns.max()) + 1) * side))
        bottom = min(self.height_px, round((int(rows.max()) + 1) * side))
        return x, y, right - x, bottom - y


def likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the correlation of two pictures of block means, -1..1; flat ones are alike."""
    return _alike(centred(one), centred(other)) if one.shape == other.shape else 0.0


def _alike(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    energy, other_energy = float(first @ first), float(second @ second)
    flat = [value <= first.size * FLAT_VARIANCE for value in (energy, other_energy)]
    if any(flat):
        return float(all(flat))
    return float(first @ second) / float(np.sqrt(energy * other_energy))


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
