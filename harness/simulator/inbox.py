"""What the device is asked from outside, applied at the first frame that is not earlier than the asking."""

import heapq
import itertools
import threading
from collections.abc import Callable

Action = Callable[[], None]


class Inbox:
    """Actions with their times. Any thread posts; the thread of the frames applies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heap: list[tuple[int, int, Action, threading.Event]] = []
        self._order = itertools.count()

    def post(self, t_ns: int, action: Action) -> threading.Event:
        """Ask for an action at `t_ns`; the event is set once it was applied."""
        applied = threading.Event()
        with self._lock:
            heapq.heappush(self._heap, (t_ns, next(self._order), action, applied))
        return applied

    def apply(self, t_ns: int) -> None:
        """Apply, in order, what was asked for at `t_ns` or before."""
        while (due := self._due(t_ns)) is not None:
            action, applied = due
            try:
                action()
            finally:
                applied.set()

    def _due(self, t_ns: int) -> tuple[Action, threading.Event] | None:
        with self._lock:
            if not self._heap or self._heap[0][0] > t_ns:
                return None
            _, _, action, applied = heapq.heappop(self._heap)
            return action, applied
