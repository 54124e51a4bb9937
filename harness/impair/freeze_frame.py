"""A freeze: the picture stands still while the sound goes on."""

from fractions import Fraction
from typing import ClassVar

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.impair.grain import Grain


class FreezeFrame(Impairment):
    """Holds the picture that was shown before the planted interval.

    Levels: easy repeats it bit for bit; medium and hard lay fresh grain of +-1 and +-2 code values over
    it, as a re-encode of a frozen picture does.
    """

    defect = "freeze_frame"
    medium = "picture"
    grain_codes: ClassVar[dict[str, int]] = {"easy": 0, "medium": 1, "hard": 2}

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._grain = Grain(self.grain_codes[spec.level], self.random)
        self._held: Picture | None = None

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the held picture inside the interval."""
        if not self.active(t_s) or self._held is None:
            self._held = picture
            return picture
        y, u, v = self._held
        return self._grain.over(y), u, v
