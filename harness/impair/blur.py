"""Blur: the picture loses its sharpness from one frame to the next, as when a device changes rendition."""

from typing import ClassVar

import cv2
import numpy as np

from harness.impair.base import Impairment, Picture
from harness.media import Plane

LEAST_SIGMA_PX = 0.8
"""Less than this cannot be seen in any picture."""

HALVED_FROM_PX = 2.0
"""From this sigma on, a picture of half the size holds all that the blur leaves."""


class Blur(Impairment):
    """Takes the fine detail away.

    `downscale` shows a rendition of a quarter, a third or half of the lines, scaled up again: what
    adaptive streaming falls back to. `gaussian` blurs by 1/240, 1/400 or 1/650 of the height (4.5, 2.7
    and 1.7 px in 1080 lines): what is just visible depends on the screen, so it goes with the height.
    """

    defect = "blur"
    medium = "picture"
    kinds = ("downscale", "gaussian")
    factor: ClassVar[dict[str, int]] = {"easy": 4, "medium": 3, "hard": 2}
    heights_per_sigma: ClassVar[dict[str, int]] = {"easy": 240, "medium": 400, "hard": 650}

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the soft picture inside the interval."""
        if not self.active(t_s):
            return picture
        level = self.spec.level
        if self.kind == "downscale":
            y, u, v = (_through(plane, self.factor[level]) for plane in picture)
            return y, u, v
        sigma_px = max(LEAST_SIGMA_PX, picture[0].shape[0] / self.heights_per_sigma[level])
        y, u, v = (_blurred(plane, sigma_px * plane.shape[0] / picture[0].shape[0]) for plane in picture)
        return y, u, v


def _size(plane: Plane, factor: int) -> tuple[int, int]:
    height, width = plane.shape
    return max(1, round(width / factor)), max(1, round(height / factor))


def _through(plane: Plane, factor: int) -> Plane:
    small = cv2.resize(plane, _size(plane, factor), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, plane.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def _blurred(plane: Plane, sigma_px: float) -> Plane:
    if sigma_px < HALVED_FROM_PX:
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma_px), np.uint8)
    half = cv2.resize(plane, _size(plane, 2), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(half, (0, 0), sigma_px / 2)
    return np.asarray(cv2.resize(soft, plane.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
