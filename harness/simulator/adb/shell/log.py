"""Reading on in the device's log while it grows, and forgetting what `logcat -c` cleared."""

import copy
from collections.abc import Sequence

from harness.simulator.api import DeviceApi


class LogTail:
    """Remembers how far a log was read; the log may lose its oldest lines in the meantime."""

    def __init__(self) -> None:
        self._count = 0
        self._last = ""

    def read_on(self, lines: Sequence[str]) -> Sequence[str]:
        """Return the lines after those of the last call."""
        fresh = lines[self._position(lines) :]
        if lines:
            self._count, self._last = len(lines), lines[-1]
        return fresh

    def _position(self, lines: Sequence[str]) -> int:
        if self._count == 0:
            return 0
        if self._count <= len(lines) and lines[self._count - 1] == self._last:
            return self._count
        # The oldest lines were dropped: look for the last one read, from the end.
        return next((at + 1 for at in reversed(range(len(lines))) if lines[at] == self._last), 0)


class DeviceLog:
    """The log as `logcat` shows it: everything since it was last cleared."""

    def __init__(self, api: DeviceApi) -> None:
        self._api = api
        self._cleared = LogTail()

    def clear(self) -> None:
        """Hide what was logged so far from all later readers."""
        self._cleared.read_on(self._api.log())

    def reader(self) -> LogTail:
        """Return a tail that begins after what was cleared."""
        return copy.copy(self._cleared)
