"""Puts pictures and sound of one stream in order of time: multiplexers send one ahead of the other."""

import heapq

from harness.clock import NS_PER_S
from harness.media import AudioBlock, Captured, Frame, Gap, StreamFormat

HOLD_NS = NS_PER_S
"""By so much one medium waits for the other, which then has nothing to say."""


class InOrder:
    """Keeps items back until nothing earlier can come."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Captured]] = []
        self._count = 0
        self._latest_ns: dict[type[Captured], int] = {Frame: 0, AudioBlock: 0}

    def add(self, item: Captured, stream: StreamFormat) -> list[Captured]:
        """Take an item of a stream; return those, in order, before which nothing can come any more."""
        t_ns = item.start_ns if isinstance(item, Gap) else item.t_ns
        heapq.heappush(self._waiting, (t_ns, self._count, item))
        self._count += 1
        if type(item) in self._latest_ns:
            self._latest_ns[type(item)] = t_ns
        kinds = [kind for kind, there in ((Frame, stream.video), (AudioBlock, stream.audio)) if there]
        latest_ns = [self._latest_ns[kind] for kind in kinds]
        return self._until(max(min(latest_ns), max(latest_ns) - HOLD_NS))

    def rest(self) -> list[Captured]:
        """Return what still waits, in order."""
        return self._until(max((t_ns for t_ns, _, _ in self._waiting), default=0))

    def _until(self, t_ns: int) -> list[Captured]:
        ready = []
        while self._waiting and self._waiting[0][0] <= t_ns:
            ready.append(heapq.heappop(self._waiting)[2])
        return ready
