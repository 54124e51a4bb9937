"""Stutter: the picture sticks for moments and jumps to catch up, again and again."""

from fractions import Fraction
from typing import ClassVar

from harness.impair.base import FaultSpec, Impairment, Picture


class Stutter(Impairment):
    """Holds the picture for short, irregular moments; after each the title has gone on (a jump).

    Levels are how long a hold lasts: easy 120-200 ms, medium 80-120 ms, hard 40-60 ms. The first hold
    begins with the interval; the next after another 80-240 ms of true motion.
    """

    defect = "stutter"
    medium = "picture"
    hold_s: ClassVar[dict[str, tuple[float, float]]] = {
        "easy": (0.12, 0.20),
        "medium": (0.08, 0.12),
        "hard": (0.04, 0.06),
    }
    motion_s: ClassVar[tuple[float, float]] = (0.08, 0.24)

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._holds = self._plan(fps) if fps else []
        self._held: Picture | None = None

    def _plan(self, fps: Fraction) -> list[tuple[int, int]]:
        first = -int(-(Fraction(self.spec.start_s).limit_denominator(10**6) * fps) // 1)
        end = first + max(1, round(min(self.spec.duration_s, 3600.0) * fps))
        holds = []
        while first < end:
            held = max(1, round(self.random.uniform(*self.hold_s[self.spec.level]) * fps))
            holds.append((first, min(first + held, end)))
            first += held + max(1, round(self.random.uniform(*self.motion_s) * fps))
        return holds

    def intervals_s(self) -> list[tuple[float, float]]:
        """Return when the picture is held, frame by frame exact."""
        fps = self.fps or Fraction(1)
        return [(float(first / fps), float(end / fps)) for first, end in self._holds]

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the held picture within a hold."""
        frame = round(t_s * (self.fps or 1))
        if self._held is None or not any(first <= frame < end for first, end in self._holds):
            self._held = picture
        return self._held
