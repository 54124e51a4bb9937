"""Flicker: the brightness of the picture jumps up and down, or parts of it flash."""

from fractions import Fraction
from typing import ClassVar

import cv2
import numpy as np

from harness.impair.base import TOLERANCE_S, FaultSpec, Impairment, Picture
from harness.media import Plane


class Flicker(Impairment):
    """Changes the brightness again and again.

    Kinds: `luma` darkens the whole picture by 8, 5 or 3 % (easy, medium, hard) for one to three frames, as
    the seed picks, then leaves it alone for as long, and so on; `flash` brightens a part of it, easy all
    of it to white 8 times a second, medium 60 % of it by 60 % of what lacks to white 6 times, hard 35 %
    of it by 40 % 4 times.
    """

    defect = "flicker"
    medium = "picture"
    usual_s = 1.5
    kinds = ("luma", "flash")
    darker_by: ClassVar[dict[str, float]] = {"easy": 0.08, "medium": 0.05, "hard": 0.03}
    flashes: ClassVar[dict[str, tuple[float, float, float]]] = {
        "easy": (8.0, 1.0, 1.0),
        "medium": (6.0, 0.6, 0.6),
        "hard": (4.0, 0.4, 0.35),
    }

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        code = np.arange(256.0)
        per_second, strength, self._area = self.flashes[spec.level]
        self._hold = int(self.random.integers(1, 4))
        table = 16 + (code - 16) * (1 - self.darker_by[spec.level])
        if self.kind == "flash":
            self._hold = max(1, int((fps or 25) / per_second / 2))
            table = code + strength * np.maximum(0, 235 - code)
        else:
            self._area = 1.0
        self._table = np.asarray(np.clip(np.rint(table), 0, 255), dtype=np.uint8)

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the picture, brighter or darker by turns, inside the interval."""
        if not self.active(t_s):
            return picture
        frame = int((t_s - self.spec.start_s + TOLERANCE_S) * float(self.fps or 25))
        y, u, v = picture
        return (y if frame // self._hold % 2 else self._changed(y)), u, v

    def _changed(self, plane: Plane) -> Plane:
        height, width = plane.shape
        top, left = (round(side * (1 - self._area**0.5) / 2) for side in (height, width))
        changed = plane.copy()
        part = changed[top : height - top, left : width - left]
        part[:] = cv2.LUT(part, self._table)
        return changed
