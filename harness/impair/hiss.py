"""Hiss: noise added to the sound, as of an analogue stage or a converter that lost its reference."""

from fractions import Fraction
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import FaultSpec, Impairment, overlap
from harness.impair.programme import ProgrammeLevel, added

LOOP_S: Final = 2
CHANNELS_APART_S: Final = 0.7
"""The noise comes round after so long; each channel reads it so far from the last, where it is another."""

PINK_FROM_HZ: Final = 20.0
TAPE_HZ: Final = (2_000.0, 12_000.0)


class Hiss(Impairment):
    """Adds steady Gaussian noise, independent in each channel.

    `white` is flat; `pink` falls by 3 dB an octave; `tape` is that of a tape: little below 1 kHz, flat from
    2 to 12 kHz. Levels are how far the noise lies below the programme that was heard before it, both as RMS:
    easy 16 dB, medium 24 dB, hard 30 dB.
    """

    defect = "hiss"
    medium = "sound"
    usual_s = 3.0
    kinds: ClassVar[tuple[str, ...]] = ("white", "pink", "tape")
    below_db: ClassVar[dict[str, float]] = {"easy": 16.0, "medium": 24.0, "hard": 30.0}

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._rate_hz = rate_hz or 48_000
        self._level = ProgrammeLevel(spec.start_s, self._rate_hz)
        # Shaped as a whole: a filter from SciPy's would take the device longer to load than to start.
        self._noise = _noise(self.kind, self._rate_hz, self.random)

    def sound(self, samples: NDArray[np.int16], t_s: float) -> NDArray[np.int16]:
        """Return the sound with the noise in it."""
        self._level.take(samples, t_s)
        part = overlap((t_s, len(samples)), self.intervals_s()[0], self._rate_hz)
        if part.start == part.stop:
            return samples
        first = round((t_s - self.spec.start_s) * self._rate_hz)
        apart = round(CHANNELS_APART_S * self._rate_hz) * np.arange(samples.shape[1])
        places = np.arange(first + part.start, first + part.stop)[:, None] + apart
        level = self._level.rms * 10 ** (-self.below_db[self.spec.level] / 20)
        hissed = samples.copy()
        hissed[part] = added(samples[part], level * self._noise[places % len(self._noise)])
        return hissed


def _noise(kind: str, rate_hz: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Return Gaussian noise that comes round without a seam, of RMS 1."""
    spectrum = np.fft.rfft(random.standard_normal(LOOP_S * rate_hz))
    spectrum[0] = 0.0
    hz = np.maximum(np.fft.rfftfreq(LOOP_S * rate_hz, 1 / rate_hz), PINK_FROM_HZ)
    if kind == "pink":
        spectrum /= np.sqrt(hz)
    elif kind == "tape":
        spectrum /= np.sqrt((1 + (TAPE_HZ[0] / hz) ** 2) * (1 + (hz / TAPE_HZ[1]) ** 2))
    noise = np.fft.irfft(spectrum)
    return np.asarray(noise / np.std(noise))
