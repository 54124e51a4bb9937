"""Combing: two fields of interlaced video, taken at different times, woven into one picture."""

from fractions import Fraction
from typing import ClassVar

import cv2
import numpy as np

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.impair.earlier import Earlier
from harness.media import Plane


class Combing(Impairment):
    """Shows every other row from the picture before: what moves gets a comb at its edges.

    Levels are how much of the earlier picture is in its rows: easy all, medium 75 %, hard a half (a
    deinterlacer that mixes, but not enough). Kinds: the even rows are late, or the odd ones (fields in
    the wrong order).
    """

    defect = "combing"
    medium = "picture"
    kinds = ("woven", "swapped")
    strength: ClassVar[dict[str, float]] = {"easy": 1.0, "medium": 0.75, "hard": 0.5}

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._earlier = Earlier(1)

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the picture with every other row from the one before."""
        self._earlier.see(picture)
        if not self.active(t_s):
            return picture
        first = int(self.kind == "swapped")
        y, u, v = (
            self._woven(now, then, first) for now, then in zip(picture, self._earlier.back(1), strict=True)
        )
        return y, u, v

    def _woven(self, now: Plane, then: Plane, first: int) -> Plane:
        share = self.strength[self.spec.level]
        woven = np.array(now)
        if share == 1.0:
            woven[first::2] = then[first::2]
        elif woven[first::2].size:
            woven[first::2] = cv2.addWeighted(then[first::2], share, now[first::2], 1 - share, 0)
        return woven
