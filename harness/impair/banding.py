"""Banding: smooth gradients fall into bands, as when a device works with too few bits."""

from fractions import Fraction
from typing import ClassVar

import cv2
import numpy as np

from harness.impair.base import FaultSpec, Impairment, Picture

BLACK, WHITE = 16, 235


class Banding(Impairment):
    """Rounds the luma to steps of 16, 10 or 6 code values: at 6, the contours in a face are just visible."""

    defect = "banding"
    medium = "picture"
    step_codes: ClassVar[dict[str, int]] = {"easy": 16, "medium": 10, "hard": 6}

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        step = self.step_codes[spec.level]
        levels = np.arange(256)
        rounded = (levels - BLACK + step // 2) // step * step + BLACK
        self._table = np.where(levels < BLACK, levels, np.clip(rounded, BLACK, WHITE)).astype(np.uint8)

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the picture with fewer luma levels inside the interval."""
        if not self.active(t_s):
            return picture
        return np.asarray(cv2.LUT(picture[0], self._table), np.uint8), picture[1], picture[2]
