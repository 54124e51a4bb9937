"""What every capture source answers to, real or virtual."""

from typing import Protocol

from harness.media import Captured, StreamFormat


class CaptureSource(Protocol):
    """Delivers what the rig captured, in order of time.

    A source never makes its device wait. What it had to drop it reports as a `Gap`.
    """

    uri: str

    def open(self) -> StreamFormat | None:
        """Start capturing; return the format, or None while there is no signal. Raises RigError."""

    def read(self, timeout_s: float = 1.0) -> Captured | None:
        """Return the next item, or None if nothing came in time.

        Raises EOFError at the end of a file, CaptureLost when the source went away.
        """

    def close(self) -> None:
        """Stop capturing; idempotent, never raises."""
