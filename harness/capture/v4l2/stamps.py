"""When a frame's scan-out began, by the stamp that its driver gave it."""

from harness.capture.v4l2 import kernel
from harness.clock import NS_PER_S

EARLY_NS = NS_PER_S // 2
LATE_NS = 60 * NS_PER_S
"""A stamp so far from now is none."""

NOT_MONOTONIC = (
    "the card's driver does not stamp frames on the monotonic clock; they carry the time of their arrival"
)


class Stamps:
    """Turns the stamps of buffers into times on the rig's monotonic clock, in ns, that always rise."""

    def __init__(self) -> None:
        self.complaint = ""
        """What is wrong with the driver's stamps now, in one line; empty when nothing is."""
        self._last_ns = 0

    def place(self, buffer: kernel.Buffer, now_ns: int, scan_ns: int) -> int:
        """Return when the scan-out of a buffer's frame began; `scan_ns` is how long a frame's rows take."""
        said_ns = buffer.timestamp.seconds * NS_PER_S + buffer.timestamp.fraction * 1000
        self.complaint = self._complaint(buffer.flags, said_ns, now_ns)
        t_ns = now_ns if self.complaint else said_ns
        if self.complaint or buffer.flags & kernel.STAMPED_MASK != kernel.STAMPED_AT_START:
            # Arrival, as the end of a frame, is its last row.
            t_ns -= scan_ns
        self._last_ns = max(t_ns, self._last_ns + 1)
        return self._last_ns

    def _complaint(self, flags: int, said_ns: int, now_ns: int) -> str:
        if flags & kernel.CLOCK_MASK != kernel.CLOCK_MONOTONIC:
            return NOT_MONOTONIC
        if not now_ns - LATE_NS < said_ns < now_ns + EARLY_NS:
            off_s = (said_ns - now_ns) / NS_PER_S
            return f"the driver's stamps are off by {off_s:.1f} s; frames carry the time of their arrival"
        return ""
