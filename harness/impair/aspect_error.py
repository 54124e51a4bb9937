"""A wrong aspect ratio: the picture is shown in another shape than it was made for."""

from fractions import Fraction
from typing import ClassVar

import cv2
import numpy as np

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.media import Plane

BLACK = (16, 128, 128)


class AspectError(Impairment):
    """Shows the picture in a wrong shape.

    Kinds: `squeezed` is narrower, between black bars, or (the seed picks) as much wider, its sides cut
    off; `windowbox` is smaller both ways, with bars all around; `cropped` has bars over its sides.

    Levels are by how much: easy 3/4, as 4:3 in 16:9; medium 7/8, as 14:9; hard 19/20.
    """

    defect = "aspect_error"
    medium = "picture"
    kinds = ("squeezed", "windowbox", "cropped")
    shares: ClassVar[dict[str, Fraction]] = {
        "easy": Fraction(3, 4),
        "medium": Fraction(7, 8),
        "hard": Fraction(19, 20),
    }

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._share = self.shares[spec.level]
        self._wider = bool(self.random.integers(2))

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the picture in its wrong shape inside the interval."""
        if not self.active(t_s):
            return picture
        y, u, v = (self._shaped(plane, black) for plane, black in zip(picture, BLACK, strict=True))
        return y, u, v

    def _shaped(self, plane: Plane, black: int) -> Plane:
        height, width = plane.shape
        side, top = _bar(width, self._share), _bar(height, self._share)
        middle = slice(side, width - side)
        if self.kind == "squeezed" and self._wider:
            return _resized(plane[:, middle], width, height)
        shown = np.full_like(plane, black)
        if self.kind == "cropped":
            shown[:, middle] = plane[:, middle]
        elif self.kind == "squeezed":
            shown[:, middle] = _resized(plane, width - 2 * side, height)
        else:
            shown[top : height - top, middle] = _resized(plane, width - 2 * side, height - 2 * top)
        return shown


def _bar(length_px: int, share: Fraction) -> int:
    return max(1, round(length_px * (1 - share) / 2))


def _resized(plane: Plane, width_px: int, height_px: int) -> Plane:
    size = (max(1, width_px), max(1, height_px))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
