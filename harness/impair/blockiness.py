"""Blockiness: the squares of a block coder show, as at far too low a bit rate or without deblocking."""

from fractions import Fraction
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.media import Plane

KEPT_PER_SIDE = 2
"""So many coefficients of the transform of a block, in each direction, are not rounded to nothing."""


class Blockiness(Impairment):
    """Codes each block of its own, coarsely: few coefficients of its DCT are left, and those are rounded.

    `dct8` and `dct16` are the blocks' sides in px of luma. Levels are how much of the picture's own detail
    is replaced by what is left (easy 90 %, medium 65 %, hard 45 %), and the rounding step of a
    coefficient, in code values of a flat block (12, 8, 6).
    """

    defect = "blockiness"
    medium = "picture"
    kinds = ("dct8", "dct16")
    share: ClassVar[dict[str, float]] = {"easy": 0.9, "medium": 0.65, "hard": 0.45}
    step_codes: ClassVar[dict[str, float]] = {"easy": 12.0, "medium": 8.0, "hard": 6.0}

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._side = 16 if self.kind == "dct16" else 8

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the picture in blocks inside the interval."""
        if not self.active(t_s):
            return picture
        y, u, v = (self._coded(plane) for plane in picture)
        return y, u, v

    def _coded(self, plane: Plane) -> Plane:
        height, width = plane.shape
        share, side = self.share[self.spec.level], self._side
        whole = cv2.copyMakeBorder(plane, 0, -height % side, 0, -width % side, cv2.BORDER_REPLICATE)
        coarse = _coarse(whole, side, self.step_codes[self.spec.level])[:height, :width]
        mixed = cv2.addWeighted(plane, 1.0 - share, coarse, share, 0.0, dtype=cv2.CV_8U)
        return np.asarray(mixed, np.uint8)


def _coarse(plane: Plane, side: int, step_codes: float) -> NDArray[np.float32]:
    """Return the plane with the lowest coefficients of the DCT of each block, rounded."""
    rows, columns = plane.shape[0] // side, plane.shape[1] // side
    basis = _basis(side)
    tall = np.matmul(basis, plane.reshape(rows, side, -1).astype(np.float32))
    wide = tall.reshape(-1, side) @ basis.T
    step = np.float32(step_codes * side)
    kept = (np.rint(wide / step) * step).reshape(rows * KEPT_PER_SIDE, columns, KEPT_PER_SIDE)
    back = (kept.reshape(-1, KEPT_PER_SIDE) @ basis).reshape(rows, KEPT_PER_SIDE, columns * side)
    return np.asarray(np.matmul(basis.T, back).reshape(plane.shape), np.float32)


def _basis(side: int) -> NDArray[np.float32]:
    """Return the first rows of the orthonormal DCT-II, shape (KEPT_PER_SIDE, side)."""
    order, place = np.arange(KEPT_PER_SIDE)[:, None], np.arange(side)[None, :]
    waves = np.cos(np.pi * order * (2 * place + 1) / (2 * side)) * np.sqrt(2 / side)
    waves[0] = np.sqrt(1 / side)
    return np.asarray(waves, np.float32)
