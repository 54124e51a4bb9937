"""One stream of sound out of a media file, as float32 blocks."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.decoding.container import Damage, frames
from harness.decoding.times import SampleTimes
from harness.media import AudioBlock, AudioFormat

Heard = tuple[int | None, NDArray[np.float32]]
MOST_CHANNELS = 8
"""What HDMI carries at most."""
RATES_HZ = range(1000, 768_001)
DTYPES = {"u8": "u1", "s16": "i2", "s32": "i4", "flt": "f4", "dbl": "f8"}
SCALE = {"u1": 128.0, "i2": 32768.0, "i4": 2147483648.0}


class AudioStream:
    """Decodes the sound of one container, in order of time; parameters as of `VideoStream`."""

    def __init__(self, container: Any, stream: Any, zero_s: Fraction, damage: Damage) -> None:
        self._damage = damage
        self.format: AudioFormat | None = None
        self._blocks = self._decode(container, stream)
        self._first = next(self._blocks, None)
        # The format is set by the first block.
        rate_hz = getattr(self.format, "rate_hz", 1)
        self._times = SampleTimes(stream.time_base, rate_hz, zero_s)

    def blocks(self) -> Iterator[AudioBlock]:
        """Yield the blocks with their times; to be called once, and not after `sounds`."""
        for pts, samples in self.sounds():
            t_ns, first_sample = self._times.place(pts, len(samples))
            yield AudioBlock(t_ns, first_sample, samples)

    def sounds(self) -> Iterator[Heard]:
        """Yield the stamp, in the stream's time base, and the samples of each block; to be called once."""
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._blocks

    def _decode(self, container: Any, stream: Any) -> Iterator[Heard]:
        for block in frames(container, stream, self._damage):
            channels = block.layout.nb_channels
            if block.sample_rate not in RATES_HZ or not 0 < channels <= MOST_CHANNELS or not block.samples:
                self._damage.note(f"sound of {block.sample_rate} Hz in {channels} channels")
                continue
            self.format = self.format or AudioFormat(block.sample_rate, channels)
            if block.sample_rate != self.format.rate_hz:
                self._damage.note(f"the rate of the sound changes to {block.sample_rate} Hz")
                continue
            try:
                heard = samples(block)
            except ValueError as error:
                self._damage.note(error)
                continue
            yield block.pts, self._fit(heard, self.format.channels)

    def _fit(self, block: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
        if not np.isfinite(block).all():
            self._damage.note("sound that is not a number")
            block = np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)
        if block.shape[1] == channels:
            return block
        self._damage.note(f"the sound changes to {block.shape[1]} channels")
        fitted = np.zeros((len(block), channels), np.float32)
        both = min(channels, block.shape[1])
        fitted[:, :both] = block[:, :both]
        return fitted


def samples(block: Any) -> NDArray[np.float32]:
    """Return a decoded block as float32, shape (samples, channels); 16-bit codes / 32768.

    Raises ValueError for a sample format that nothing in use has.
    """
    channels = block.layout.nb_channels
    kind = DTYPES.get(block.format.name.removesuffix("p"))
    if kind is None:
        raise ValueError(f"samples as {block.format.name}")
    # Only planes that hold a channel: with 8 of them PyAV lists a ninth, which is no memory of ours.
    planes = block.planes[: channels if block.format.is_planar else 1]
    count = block.samples * channels // len(planes)
    raw = np.stack([np.frombuffer(plane, kind, count) for plane in planes])
    raw = raw.T if block.format.is_planar else raw.reshape(-1, channels)
    scale = SCALE.get(kind)
    if scale is None:
        return np.ascontiguousarray(raw, np.float32)
    if kind == "u1":
        raw = raw.astype(np.int16) - 128
    return np.ascontiguousarray(raw / np.float32(scale) if kind != "i4" else raw / scale, np.float32)
