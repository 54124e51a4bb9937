"""Dropouts: short holes in the sound, again and again."""

from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import FaultSpec, Impairment, overlap


class AudioDropout(Impairment):
    """Cuts bursts of digital zero into the sound, with hard edges, as a decoder that starves does.

    Levels are the length of a burst: easy 80-200 ms, medium 30-60 ms, hard 10-20 ms. The first begins
    with the interval; the next after another 150-400 ms of true sound. One that the end of the interval
    would cut shorter than its level allows is left out: a hole of a few samples is a click.
    """

    defect = "audio_dropout"
    medium = "sound"
    burst_s: ClassVar[dict[str, tuple[float, float]]] = {
        "easy": (0.08, 0.20),
        "medium": (0.03, 0.06),
        "hard": (0.01, 0.02),
    }
    pause_s: ClassVar[tuple[float, float]] = (0.15, 0.40)

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._rate_hz = rate_hz or 48_000
        self._bursts = self._plan()

    def _plan(self) -> list[tuple[float, float]]:
        start_s = self.spec.start_s
        bursts: list[tuple[int, int]] = []
        end_s = start_s + min(self.spec.duration_s, 3600.0)
        while start_s < end_s:
            length_s = self.random.uniform(*self.burst_s[self.spec.level])
            edges = (start_s, min(start_s + length_s, end_s))
            if not bursts or edges[1] - edges[0] >= self.burst_s[self.spec.level][0]:
                bursts.append((round(edges[0] * self._rate_hz), round(edges[1] * self._rate_hz)))
            start_s += length_s + self.random.uniform(*self.pause_s)
        return [(first / self._rate_hz, end / self._rate_hz) for first, end in bursts]

    def intervals_s(self) -> list[tuple[float, float]]:
        """Return the bursts, exact to the sample."""
        return self._bursts

    def sound(self, samples: NDArray[np.int16], t_s: float) -> NDArray[np.int16]:
        """Return the sound with its holes."""
        block = (t_s, len(samples))
        holes = [
            part for burst in self._bursts if (part := overlap(block, burst, self._rate_hz)).start < part.stop
        ]
        if not holes:
            return samples
        holed = samples.copy()
        for part in holes:
            holed[part] = 0
        return holed
