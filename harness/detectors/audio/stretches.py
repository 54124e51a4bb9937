"""Gathers hops of sound into stretches: what is looked at ten times as rarely costs a fraction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.analysis.sound_view import SoundView


@dataclass(frozen=True, slots=True)
class SoundStretch:
    """Samples of some hops, shape (channels, samples), with margins of whole hops on either side."""

    samples: NDArray[np.float32]
    hop: int
    rate_hz: int


class Stretches:
    """Delivers a stretch of `hops` hops and its margins as soon as they are known; nothing spans a gap."""

    def __init__(self, hops: int, margin: int = 0) -> None:
        self.hops, self.margin = hops, margin
        self._gathered: list[NDArray[np.float32]] = []

    def take(self, view: SoundView, heard: NDArray[np.float32] | None = None) -> SoundStretch | None:
        """Take a hop, or what was made of its samples; return the stretch that it completes, if it does."""
        samples = view.samples if heard is None else heard
        if view.after_gap or (self._gathered and self._gathered[-1].shape != samples.shape):
            self._gathered = []
        self._gathered.append(samples)
        if len(self._gathered) < self.hops + 2 * self.margin:
            return None
        samples = np.ascontiguousarray(np.concatenate(self._gathered).T)
        self._gathered = self._gathered[self.hops :]
        return SoundStretch(samples, len(view.samples), view.rate_hz)
