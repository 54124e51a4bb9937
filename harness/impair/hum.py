"""Hum: the mains in the sound, as of a ground loop or a power supply without its filter."""

from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import FaultSpec, Impairment, overlap
from harness.impair.programme import ProgrammeLevel, added


class Hum(Impairment):
    """Adds a steady tone of the mains with its harmonics, equal in all channels.

    `mains_50` and `mains_60` have harmonics 1 to 8, the k-th weaker by k^p (p from 0.7 to 1.8); every other
    seed has weak even ones. `ripple` is that of a rectifier: the multiples of twice the mains, of either
    land. The mains are off by up to 0.1 % (UCTE keeps 50 mHz). Levels are how far the hum lies below the
    programme that was heard before it, both as RMS: easy 12 dB, medium 19 dB, hard 25 dB.
    """

    defect = "hum"
    medium = "sound"
    usual_s = 3.0
    kinds: ClassVar[tuple[str, ...]] = ("mains_50", "mains_60", "ripple")
    below_db: ClassVar[dict[str, float]] = {"easy": 12.0, "medium": 19.0, "hard": 25.0}
    HARMONICS: ClassVar[int] = 8

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._rate_hz = rate_hz or 48_000
        self._level = ProgrammeLevel(spec.start_s, self._rate_hz)
        mains_hz = {"mains_50": 50.0, "mains_60": 60.0}.get(self.kind, self.random.choice([50.0, 60.0]))
        base_hz = mains_hz * (1 + self.random.uniform(-0.001, 0.001)) * (2 if self.kind == "ripple" else 1)
        numbers = np.arange(1, self.HARMONICS + 1)
        weights = numbers ** -self.random.uniform(0.7, 1.8)
        if self.random.random() < 0.5:
            weights[1::2] *= 0.2
        self._shares = weights * np.sqrt(2 / np.sum(weights**2))
        self._turns = 2 * np.pi * base_hz * numbers / self._rate_hz
        self._phases = self.random.uniform(0, 2 * np.pi, len(numbers))

    def sound(self, samples: NDArray[np.int16], t_s: float) -> NDArray[np.int16]:
        """Return the sound with the hum in it."""
        self._level.take(samples, t_s)
        part = overlap((t_s, len(samples)), self.intervals_s()[0], self._rate_hz)
        if part.start == part.stop:
            return samples
        count = round(t_s * self._rate_hz) + np.arange(part.start, part.stop)
        tone = np.sin(np.outer(count, self._turns) + self._phases) @ self._shares
        level = self._level.rms * 10 ** (-self.below_db[self.spec.level] / 20)
        hummed = samples.copy()
        hummed[part] = added(samples[part], level * tone[:, None])
        return hummed
