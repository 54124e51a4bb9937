"""A capture card behind Linux's video4linux2: one source of pictures, over unplugging and plugging in."""

from collections import deque

from harness.capture.v4l2.counting import Count
from harness.capture.v4l2.finding import namesakes, stable_path
from harness.capture.v4l2.link import Link
from harness.capture.v4l2.node import Node, Unplugged
from harness.capture.v4l2.options import parse
from harness.clock import NS_PER_S, Clock, MonotonicClock, seconds_to_ns
from harness.errors import CaptureLost, HarnessError
from harness.media import Captured, RigEvent, StreamFormat

LOOK_AGAIN_S = 0.2
PIECE_S = 2.0
"""While a card is unplugged, what is being lost is told in pieces of this length."""
GONE = "the capture card was unplugged"


class V4l2Card:
    """Captures the picture of a card, `v4l2:/dev/video0?size=1280x720&fps=60&format=NV12&input=0`.

    Frames carry the driver's own monotonic stamps and its own count. What the card or its driver lost is a
    Gap; a change of the signal is a SignalEvent, told with the first frame of the new format; unplugging,
    restarts and protected inputs are RigEvents. One thread reads at a time.

    Parameters
    ----------
    uri : str
        As above; raises InputError for an option that is not known, or cannot be.
    clock : Clock
        Must be CLOCK_MONOTONIC, which the drivers stamp with.
    """

    def __init__(self, uri: str, clock: Clock | None = None) -> None:
        self.uri = uri
        self._clock = clock or MonotonicClock()
        self._path, self._wish = parse(uri)
        self._count = Count()
        self._items: deque[Captured] = deque()
        self._link: Link | None = None
        self._told: StreamFormat | None = None
        self._name = self._place = ""
        self._opened = False

    def open(self) -> StreamFormat | None:
        """Start to capture; return the format, or None while there is no signal.

        Raises CaptureLost where there is no such card, RigError where it is busy or may not be opened,
        InputError where it cannot do what is asked.
        """
        node = Node(self._path, self.uri)
        self._name, self._place = node.name, node.place
        self._path = stable_path(self._path)
        try:
            self._link = self._plugged(node, None)
            self._items.extend(self._link.start())
        except Unplugged:
            self.close()
            raise CaptureLost(f"{self.uri}: {GONE}; plug it in again") from None
        except BaseException:
            self.close()
            raise
        self._opened = True
        return self._link.told

    def read(self, timeout_s: float = 1.0) -> Captured | None:
        """Return the next item, or None if nothing came in time; raises CaptureLost."""
        if not self._opened:
            raise CaptureLost(f"{self.uri}: the capture is closed; open it first")
        end_ns = self._clock.now_ns() + seconds_to_ns(timeout_s)
        while not self._items:
            left_s = max(0.0, (end_ns - self._clock.now_ns()) / NS_PER_S)
            self._advance(left_s)
            if not self._items and self._clock.now_ns() >= end_ns:
                return None
        return self._items.popleft()

    def close(self) -> None:
        """Stop; idempotent."""
        self._opened = False
        if self._link is not None:
            self._link.close()
        self._link = None

    def _advance(self, wait_s: float) -> None:
        try:
            if self._link is not None:
                self._items.extend(self._link.step(wait_s))
            else:
                self._look_for_it(wait_s)
        except Unplugged:
            self._pulled()

    def _pulled(self) -> None:
        now_ns = self._clock.now_ns()
        self._lose_up_to(now_ns)
        if self._link is not None:
            self._told = self._link.told
            self._link.close()
            self._link = None
            self._items.append(RigEvent(now_ns, "unplugged", f"{self._name} has gone; plug it in again"))

    def _look_for_it(self, wait_s: float) -> None:
        self._clock.sleep_s(min(wait_s, LOOK_AGAIN_S))
        now_ns = self._clock.now_ns()
        for path in namesakes(self._path, self._name, self._place):
            try:
                self._link = self._plugged(Node(path, self.uri), self._told)
            except HarnessError:
                continue
            self._items.append(RigEvent(now_ns, "plugged_in", f"{self._name} is back at {path}"))
            self._count.anew(GONE)
            return
        due_ns = self._count.due_ns
        if due_ns is not None and now_ns - due_ns > seconds_to_ns(PIECE_S):
            self._lose_up_to(now_ns)

    def _lose_up_to(self, now_ns: int) -> None:
        gap = self._count.lose(now_ns, GONE)
        if gap is not None:
            self._items.append(gap)

    def _plugged(self, node: Node, told: StreamFormat | None) -> Link:
        try:
            return Link(node, self._wish, self._count, self._clock, told)
        except BaseException:
            node.close()
            raise
