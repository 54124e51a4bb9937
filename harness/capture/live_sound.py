"""The sound of a live stream: decoded and counted."""

from typing import Any

import av.error
import numpy as np
from numpy.typing import NDArray

from harness.clock import NS_PER_MS, NS_PER_S
from harness.decoding.audio import MOST_CHANNELS, RATES_HZ, samples
from harness.media import AudioBlock, AudioFormat, Captured, Gap

HOLE_NS = 15 * NS_PER_MS
"""Sound whose stamp lies so far behind the end of what came before begins after a hole."""

LOST = "the network lost packets"
Stamped = tuple[int, NDArray[np.float32]]


class LiveSound:
    """Decodes one stream of sound at a time."""

    def __init__(self) -> None:
        self.stream: Any = None
        self._format: AudioFormat | None = None
        self._reason = LOST
        self._count = 0
        self._end_ns: int | None = None

    def begin(self, stream: Any) -> None:
        """Decode this stream from now on."""
        self.stream = stream

    def decode(self, packet: Any) -> list[Stamped]:
        """Return the sound of a packet, with its stamps in ns; nothing of what is damaged."""
        if packet.is_corrupt:
            return []
        try:
            decoded = [
                (round(one.pts * one.time_base * NS_PER_S), self._samples(one))
                for one in self.stream.codec_context.decode(packet)
                if one.pts is not None and one.samples
            ]
        except (av.error.FFmpegError, OSError, ValueError):
            return []
        return [(stamp_ns, heard) for stamp_ns, heard in decoded if heard is not None]

    def format(self) -> AudioFormat | None:
        """Return the format once something was decoded."""
        return self._format

    def again(self, reason: str) -> None:
        """Note why sound will be missing."""
        self._reason = reason

    def place(self, t_ns: int, heard: NDArray[np.float32]) -> list[Captured]:
        """Return the block at its time, and before it what is missing."""
        if self._format is None:
            return []
        items: list[Captured] = []
        if self._end_ns is not None and (t_ns - self._end_ns > HOLE_NS or self._reason != LOST):
            end_ns = max(t_ns, self._end_ns)
            items.append(Gap(self._end_ns, end_ns, "audio", self._reason))
            self._count += max(1, round((end_ns - self._end_ns) * self._format.rate_hz / NS_PER_S))
        self._reason = LOST
        first, self._count = self._count, self._count + len(heard)
        self._end_ns = t_ns + round(len(heard) * NS_PER_S / self._format.rate_hz)
        return [*items, AudioBlock(t_ns, first, heard)]

    def _samples(self, block: Any) -> NDArray[np.float32] | None:
        channels = block.layout.nb_channels
        if block.sample_rate not in RATES_HZ or not 0 < channels <= MOST_CHANNELS:
            return None
        self._format = AudioFormat(block.sample_rate, channels)
        return np.nan_to_num(samples(block), nan=0.0, posinf=1.0, neginf=-1.0)
