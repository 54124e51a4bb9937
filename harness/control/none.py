"""No control at all: for watching a device that somebody else drives."""

from harness.clock import Clock, MonotonicClock
from harness.control.uri import Wanted
from harness.timeline import Press


def make(wanted: Wanted) -> "NoControl":
    """Return the control of `none:`."""
    return NoControl(wanted.clock)


class NoControl:
    """Takes every key and sends nothing."""

    name = "none"

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or MonotonicClock()

    def open(self) -> None:
        """Do nothing."""

    def press(self, key: str, *, hold_s: float = 0.0) -> Press:
        """Return a press that nobody felt."""
        now_ns = self._clock.now_ns()
        return Press(key, now_ns, now_ns, self.name)

    def close(self) -> None:
        """Do nothing."""
