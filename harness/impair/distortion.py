"""Distortion: the sound is driven beyond what the device can carry."""

from fractions import Fraction
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import FaultSpec, Impairment, overlap

MEMORY_S: Final = 1.0
"""The level of the programme is its RMS over so long before the damage begins."""

SOFTEST: Final = 330.0
"""At least this many steps of 16 bits (-40 dBFS) are taken for the programme's RMS."""

FULL: Final = 32767.0
OVERLOAD_DB: Final = 3.0
Sound = NDArray[np.int16]


class Distortion(Impairment):
    """Cuts, wraps or coarsens the waveform.

    Kinds: `hard_clip` cuts the tops, 1.5 dB below full scale at most; `overload` raises the sound beyond full
    scale; `wrap` lets it leave through one end of a scale that is as much smaller and come in at the other;
    `quantised` keeps 4 to 8 bits, and lowers the sound by 1.5 dB, so that no sample is at full scale. What
    is not cut or wrapped stays as it is: the damage begins where it is heard. Levels of the first three say
    where the tops lie over the programme's RMS: easy 3 dB, medium 6 dB, hard 8 dB (of noise: 16, 5, 1 % of
    samples), and 3 dB less for `overload`, as masters are cut at full scale by intent; quantised keeps 4, 6,
    8 bits.
    """

    defect = "distortion"
    medium = "sound"
    usual_s = 1.5
    kinds: ClassVar[tuple[str, ...]] = ("hard_clip", "overload", "wrap", "quantised")
    top_db: ClassVar[dict[str, float]] = {"easy": 3.0, "medium": 6.0, "hard": 8.0}
    bits: ClassVar[dict[str, int]] = {"easy": 4, "medium": 6, "hard": 8}
    below: ClassVar[float] = 10 ** (-1.5 / 20)

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._rate_hz = rate_hz or 48_000
        self._energy = self._heard = 0

    def sound(self, samples: Sound, t_s: float) -> Sound:
        """Return the distorted sound inside the interval."""
        part = overlap((t_s, len(samples)), self.intervals_s()[0], self._rate_hz)
        first = overlap((t_s, len(samples)), (self.spec.start_s - MEMORY_S, self.spec.start_s), self._rate_hz)
        if first.start < first.stop:
            self._energy += int(np.square(samples[first], dtype=np.int64).sum())
            self._heard += samples[first].size
        if part.start == part.stop:
            return samples
        distorted = samples.copy()
        distorted[part] = np.rint(self._distorted(samples[part].astype(np.float64))).astype(np.int16)
        return distorted

    def _distorted(self, sound: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.kind == "quantised":
            step = 2.0 ** (16 - self.bits[self.spec.level])
            return self.below * np.clip(np.rint(sound / step) * step, -FULL, FULL)
        rms = max(SOFTEST, float(np.sqrt(self._energy / max(1, self._heard))))
        top_db = self.top_db[self.spec.level] - (OVERLOAD_DB if self.kind == "overload" else 0.0)
        top = rms * 10 ** (top_db / 20)
        if self.kind == "overload":
            top = min(FULL, top)
            return FULL / top * np.clip(sound, -top, top)
        top = min(self.below * FULL, top)
        if self.kind == "wrap":
            return (sound + top) % (2 * top) - top
        return np.clip(sound, -top, top)
