"""A sound card, or any other sound input of this machine, as a capture source."""

import queue
import time
from collections import deque
from typing import Any
from urllib.parse import unquote

import numpy as np

from harness.capture.portaudio import SoundInput, close_stream, find_input, open_stream, rates_hz
from harness.capture.sample_count import Chunk, SampleCount
from harness.capture.uri import address_and_options, whole_number
from harness.clock import NS_PER_MS, NS_PER_S
from harness.errors import CaptureLost, RigError
from harness.media import AudioFormat, Captured, RigEvent, StreamFormat

OPTIONS = ("rate", "channels", "latency_ms")
USUAL_RATES_HZ = (48_000, 44_100)
RATES_HZ = range(8_000, 192_001)
CHANNELS = range(1, 9)
LATENCIES_MS = range(2_001)

BLOCK_S = 0.01
BUFFER_S = 0.5
"""How long this process may be busy with something else before the driver's buffer runs over."""

QUEUE_S = 10.0
OPEN_S = 5.0
SILENT_S = 2.0
"""A card that hands nothing over for so long has gone: silence would come as samples."""


class SoundCard:
    """Captures a sound input, `sound:NAME?rate=48000&channels=2`, 16 bit, bit-exact.

    Parameters
    ----------
    rest : str
        What follows `sound:`: the input's name or a part of it that only one has, and options. `rate` in
        Hz (default 48000 where the card has it, else what it offers), `channels` (default 2), `latency_ms`:
        how much later sound arrives than it was heard, subtracted from its times.

    Raises InputError for an option that cannot be.
    """

    def __init__(self, rest: str) -> None:
        self.uri = f"sound:{rest}"
        name, options = address_and_options(self.uri, OPTIONS)
        self._name = unquote(name)
        self._rate_hz = whole_number(self.uri, options, "rate", RATES_HZ)
        self._channels = whole_number(self.uri, options, "channels", CHANNELS)
        self._latency_ns = (whole_number(self.uri, options, "latency_ms", LATENCIES_MS) or 0) * NS_PER_MS
        self._stream: Any = None
        self._count: SampleCount | None = None
        self._chunks: queue.SimpleQueue[Chunk] = queue.SimpleQueue()
        self._items: deque[Captured] = deque()
        self._heard_ns = 0
        self._lost: CaptureLost | None = None

    @property
    def drift_ppm(self) -> float | None:
        """Return how much faster the card runs than the computer's clock; None until it is known."""
        return self._count.clock.drift_ppm if self._count else None

    def open(self) -> StreamFormat | None:
        """Start, and wait until the stream is steady; return its format.

        Raises RigError in one line: no such input, held by another program, not allowed, a rate that it
        does not offer, nothing comes.
        """
        chosen = find_input(self.uri, self._name)
        audio = self._format(chosen)
        self._chunks, self._items, self._lost = queue.SimpleQueue(), deque(), None
        self._count = SampleCount(audio.rate_hz, self._latency_ns, direct=chosen.direct)
        self._heard_ns = time.monotonic_ns()
        self._stream = open_stream(
            self.uri,
            chosen,
            samplerate=audio.rate_hz,
            channels=audio.channels,
            blocksize=round(audio.rate_hz * BLOCK_S),
            latency=BUFFER_S,
            callback=_callback(self._chunks, audio),
        )
        try:
            self._await_steady(self._count)
        except BaseException:
            self.close()
            raise
        return StreamFormat(None, audio)

    def read(self, timeout_s: float = 1.0) -> Captured | None:
        """Return the next item, or None if nothing came in time; raises CaptureLost."""
        deadline_s = time.monotonic() + timeout_s
        while not self._items:
            if self._lost is not None:
                raise self._lost
            if self._stream is None or self._count is None:
                raise CaptureLost(f"{self.uri}: the capture is closed; open it first")
            chunk = self._next(deadline_s - time.monotonic())
            if chunk is not None:
                self._items.extend(self._count.take(chunk))
            elif self._gone():
                self._end(self._count)
            elif time.monotonic() >= deadline_s:
                return None
        return self._items.popleft()

    def close(self) -> None:
        """Stop capturing; idempotent."""
        stream, self._stream = self._stream, None
        if stream is not None:
            close_stream(stream)

    def _format(self, chosen: SoundInput) -> AudioFormat:
        channels = self._channels or min(2, chosen.channels)
        if channels > chosen.channels:
            raise RigError(f"{self.uri}: {chosen.name!r} has {chosen.channels} channels; write channels=")
        rate_hz = self._rate_hz
        if rate_hz is None:
            offered = rates_hz(chosen, channels)
            usual = [rate_hz for rate_hz in USUAL_RATES_HZ if rate_hz in offered]
            rate_hz = [*usual, *offered, chosen.rate_hz][0]
        return AudioFormat(rate_hz, channels)

    def _await_steady(self, count: SampleCount) -> None:
        while not count.steady:
            chunk = self._next(OPEN_S)
            if chunk is None:
                raise RigError(
                    f"{self.uri}: the input opens, but no sound comes from it; plug it in anew, and see that "
                    "it is the card's input"
                )
            count.take(chunk)

    def _next(self, timeout_s: float) -> Chunk | None:
        try:
            chunk = self._chunks.get(timeout=max(0.0, timeout_s))
        except queue.Empty:
            return None
        self._heard_ns = chunk.arrived_ns
        return chunk

    def _gone(self) -> bool:
        silent_ns = time.monotonic_ns() - self._heard_ns
        return silent_ns > SILENT_S * NS_PER_S or not self._stream.active

    def _end(self, count: SampleCount) -> None:
        text = "the sound card has gone; plug it in, and look at its cable"
        self._items.extend(count.end())
        self._items.append(RigEvent(time.monotonic_ns(), "unplugged", f"{self.uri}: {text}"))
        self._lost = CaptureLost(f"{self.uri}: {text}")


def _callback(chunks: "queue.SimpleQueue[Chunk]", audio: AudioFormat) -> Any:
    """Return what PortAudio calls; it never waits, and counts also what does not fit."""
    most = round(QUEUE_S / BLOCK_S)
    first = 0

    def take(codes: Any, samples: int, _times: Any, status: Any) -> None:
        nonlocal first
        arrived_ns = time.monotonic_ns()
        if chunks.qsize() < most:
            heard = np.frombuffer(bytes(codes), np.int16).reshape(samples, audio.channels)
            chunks.put(Chunk(first, heard, arrived_ns, bool(status.input_overflow)))
        first += samples

    return take
