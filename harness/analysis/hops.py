"""Cuts blocks of sound, of whatever length they arrive in, into hops of fixed length."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harness.analysis.sound_view import SoundView
from harness.media import AudioBlock

REANCHOR_NS = 1_000
"""Times of blocks are followed when they leave the sample count by more than this (clock drift)."""

HOLE_NS = 20_000_000
"""A block this much later than its sample count says begins after a hole in the sound."""


class Hops:
    """Yields a `SoundView` for every full hop; equal for any cutting of the same sound into blocks."""

    def __init__(self) -> None:
        self._rate_hz = 0
        self._channels = 0
        self._rest: list[NDArray[np.float32]] = []
        self._waiting = 0
        self._next_sample: int | None = None
        self._start_sample = 0
        self._anchors: list[tuple[int, int]] = []
        self._after_gap = False

    def feed(self, block: AudioBlock, rate_hz: int) -> Iterator[SoundView]:
        """Take one block; yield the hops that are complete."""
        if self._breaks(block, rate_hz):
            yield from self.flush()
            self._after_gap = self._next_sample is not None
            self._next_sample = None
        if self._next_sample is None:
            self._rate_hz, self._channels = rate_hz, block.samples.shape[1]
            self._start_sample = self._next_sample = block.first_sample
            self._anchors = [(block.first_sample, block.t_ns)]
        elif abs(block.t_ns - self._time_ns(block.first_sample)) > REANCHOR_NS:
            self._anchors.append((block.first_sample, block.t_ns))
        self._next_sample += len(block.samples)
        if len(block.samples):
            self._rest.append(block.samples)
            self._waiting += len(block.samples)
        yield from self._cut()

    def lost(self) -> Iterator[SoundView]:
        """Note that sound was lost here: yield what is left, and begin anew."""
        yield from self.flush()
        self._after_gap = self._after_gap or self._next_sample is not None
        self._next_sample = None

    def flush(self) -> Iterator[SoundView]:
        """Yield the last, shorter hop, if samples are left."""
        if self._waiting:
            yield self._hop(np.concatenate(self._rest))
        self._rest, self._waiting = [], 0

    def _breaks(self, block: AudioBlock, rate_hz: int) -> bool:
        if self._next_sample is None:
            return False
        changed = (rate_hz, block.samples.shape[1]) != (self._rate_hz, self._channels)
        late_ns = block.t_ns - self._time_ns(block.first_sample)
        return changed or block.first_sample != self._next_sample or abs(late_ns) > HOLE_NS

    def _cut(self) -> Iterator[SoundView]:
        hop = max(1, round(self._rate_hz * SoundView.HOP_S))
        if self._waiting < hop:
            return
        samples = self._rest[0] if len(self._rest) == 1 else np.concatenate(self._rest)
        whole = len(samples) // hop * hop
        for start in range(0, whole, hop):
            yield self._hop(samples[start : start + hop])
        self._rest = [samples[whole:]] if whole < len(samples) else []
        self._waiting = len(samples) - whole

    def _hop(self, samples: NDArray[np.float32]) -> SoundView:
        view = SoundView(
            self._time_ns(self._start_sample), self._start_sample, samples, self._rate_hz, self._after_gap
        )
        self._start_sample += len(samples)
        self._after_gap = False
        while len(self._anchors) > 1 and self._anchors[1][0] <= self._start_sample:
            self._anchors.pop(0)
        return view

    def _time_ns(self, sample: int) -> int:
        first, t_ns = next((item for item in reversed(self._anchors) if item[0] <= sample), self._anchors[0])
        return t_ns + round((sample - first) * 1e9 / self._rate_hz)
