"""Hiss: noise added to the sound, as of an analogue stage or a converter that lost its reference."""

from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from harness.impair.base import FaultSpec, Impairment, overlap
from harness.impair.programme import ProgrammeLevel, added

PINK_POLES: tuple[float, ...] = (0.99572754, 0.94790649, 0.53567505)
PINK_ZEROS: tuple[float, ...] = (0.98443604, 0.83392334, 0.07568359)
"""Falls by 3 dB an octave, within half a decibel over the audible range at 48 kHz (R. Bristow-Johnson)."""


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
        self._sections = _sections(self.kind, self._rate_hz)
        settled = self.random.standard_normal((1, self._rate_hz))
        state = np.zeros((len(self._sections), 1, 2))
        shaped, _ = sosfilt(self._sections, settled, zi=state)
        self._scale = 1 / float(np.std(shaped[:, self._rate_hz // 2 :]))
        self._state: NDArray[np.float64] | None = None

    def sound(self, samples: NDArray[np.int16], t_s: float) -> NDArray[np.int16]:
        """Return the sound with the noise in it."""
        self._level.take(samples, t_s)
        part = overlap((t_s, len(samples)), self.intervals_s()[0], self._rate_hz)
        if part.start == part.stop:
            return samples
        channels = samples.shape[1]
        if self._state is None:
            self._state = np.zeros((len(self._sections), channels, 2))
        noise = self.random.standard_normal((part.stop - part.start, channels))
        shaped, self._state = sosfilt(self._sections, noise.T, zi=self._state)
        level = self._level.rms * 10 ** (-self.below_db[self.spec.level] / 20)
        hissed = samples.copy()
        hissed[part] = added(samples[part], level * self._scale * shaped.T)
        return hissed


def _sections(kind: str, rate_hz: int) -> NDArray[np.float64]:
    """Return the filter that shapes white noise, as second-order sections."""
    if kind == "pink":
        return np.array(
            [[1, -zero, 0, 1, -pole, 0] for zero, pole in zip(PINK_ZEROS, PINK_POLES, strict=True)]
        )
    if kind == "tape":
        high = butter(1, 2_000, "high", fs=rate_hz, output="sos")
        return np.asarray(np.vstack((high, butter(1, min(12_000, 0.4 * rate_hz), fs=rate_hz, output="sos"))))
    return np.array([[1.0, 0, 0, 1, 0, 0]])
