"""Waits until there is a signal."""

from harness.capture.protocol import CaptureSource
from harness.clock import Clock, MonotonicClock, seconds_to_ns
from harness.errors import RigError
from harness.media import SignalEvent, StreamFormat

POLL_S = 0.2


def await_signal(source: CaptureSource, timeout_s: float, clock: Clock | None = None) -> StreamFormat:
    """Open a source and return its format once there is a signal.

    Raises RigError if none comes within `timeout_s`, CaptureLost when the source goes away.
    """
    clock = clock or MonotonicClock()
    deadline_ns = clock.now_ns() + seconds_to_ns(timeout_s)
    stream = source.open()
    while stream is None and clock.now_ns() < deadline_ns:
        item = source.read(POLL_S)
        stream = item.format if isinstance(item, SignalEvent) else None
    if stream is None:
        raise RigError(
            f"{source.uri}: no signal within {timeout_s:g} s; wake the device, and look at the cable"
        )
    return stream
