"""The device's log, in the lines that `logcat -v threadtime` prints."""

import threading
from collections import deque
from datetime import datetime

KEPT_LINES = 5000
_PROCESS = {"Player": 2140, "AndroidRuntime": 2140}
_SYSTEM = 1042


class Journal:
    """Keeps the last lines. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._lock = threading.Lock()

    def note(self, level: str, tag: str, message: str) -> None:
        """Write a line; `level` is a letter of Android's: V, D, I, W, E, F."""
        when = datetime.now().astimezone().strftime("%m-%d %H:%M:%S.%f")[:-3]
        process = _PROCESS.get(tag, _SYSTEM)
        with self._lock:
            self._lines.append(f"{when}  {process}  {process} {level} {tag}: {message}")

    def lines(self) -> list[str]:
        """Return the lines so far, oldest first."""
        with self._lock:
            return list(self._lines)
