"""Black: the picture goes, as when a decoder loses its stream."""

from fractions import Fraction
from typing import ClassVar

import numpy as np

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.impair.grain import Grain
from harness.impair.logo import keep_logo


class BlackFrames(Impairment):
    """Shows black instead of the picture.

    Levels: easy is true black (luma 16); medium is lifted to 20 with a little grain; hard is lifted to
    24, and the corner of the picture where a channel's logo sits stays.
    """

    defect = "black_frames"
    medium = "picture"
    luma: ClassVar[dict[str, int]] = {"easy": 16, "medium": 20, "hard": 24}
    grain_codes: ClassVar[dict[str, int]] = {"easy": 0, "medium": 1, "hard": 2}

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._grain = Grain(self.grain_codes[spec.level], self.random)

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return black inside the interval."""
        if not self.active(t_s):
            return picture
        y = self._grain.over(np.full_like(picture[0], self.luma[self.spec.level]))
        u, v = (np.full_like(plane, 128) for plane in picture[1:])
        return keep_logo((y, u, v), picture) if self.spec.level == "hard" else (y, u, v)
