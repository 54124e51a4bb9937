"""The one monotonic clock on which frames, samples and key presses are stamped."""

import time
from typing import Protocol

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000


class Clock(Protocol):
    """A monotonic clock; tests hand in a fake one, so that no test sleeps."""

    def now_ns(self) -> int:
        """Return the time in nanoseconds since an arbitrary, fixed start."""

    def sleep_s(self, seconds: float) -> None:
        """Return once `seconds` have passed on this clock."""


class MonotonicClock:
    """CLOCK_MONOTONIC: shared by all processes of this machine, the kernel's drivers included."""

    def now_ns(self) -> int:
        """Return the time in nanoseconds since an arbitrary, fixed start."""
        return time.monotonic_ns()

    def sleep_s(self, seconds: float) -> None:
        """Return once `seconds` have passed."""
        time.sleep(max(0.0, seconds))


def seconds_to_ns(seconds: float) -> int:
    """Return `seconds` as integer nanoseconds."""
    return round(seconds * NS_PER_S)


def ns_to_seconds(t_ns: int) -> float:
    """Return `t_ns` nanoseconds as seconds."""
    return t_ns / NS_PER_S
