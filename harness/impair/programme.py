"""How loud the programme was, so that what is added to it can be set by what it disturbs."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import overlap

UNHEARD_DBFS: Final = -24.0
"""Level taken where nothing was heard yet: a programme at -23 LUFS (EBU R 128) has about that."""

SOFTEST_DBFS: Final = -36.0
"""A softer programme counts as this: who listens to it has turned up the volume only so far."""


class ProgrammeLevel:
    """Adds up the sound before a moment; equal for any cutting of it into blocks."""

    def __init__(self, until_s: float, rate_hz: int) -> None:
        self._span_s = (-1.0, until_s)
        self._rate_hz = rate_hz
        self._squares = self._count = 0

    def take(self, samples: NDArray[np.int16], t_s: float) -> None:
        """Count what of a block lies before the moment."""
        before = samples[overlap((t_s, len(samples)), self._span_s, self._rate_hz)]
        if before.size:
            values = before.ravel().astype(np.int64)
            self._squares += int(values @ values)
            self._count += before.size

    @property
    def rms(self) -> float:
        """Return the root mean square in steps of 16 bits."""
        if not self._count:
            return 32768 * 10 ** (UNHEARD_DBFS / 20)
        return max(float(np.sqrt(self._squares / self._count)), 32768 * 10 ** (SOFTEST_DBFS / 20))


def added(samples: NDArray[np.int16], extra: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return samples with `extra` added, rounded away from zero: a trace of it is in every sample."""
    whole = np.copysign(np.ceil(np.abs(extra)), extra)
    return np.clip(samples + whole, -32768, 32767).astype(np.int16)
