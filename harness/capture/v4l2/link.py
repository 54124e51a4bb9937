"""A card that is plugged in: follows the signal at its input, and takes its frames."""

import contextlib
from collections.abc import Callable

from harness.capture.v4l2 import kernel
from harness.capture.v4l2.counting import Count
from harness.capture.v4l2.node import Node
from harness.capture.v4l2.options import Wish
from harness.capture.v4l2.pictures import Bytes, Damaged, Picture, unpacker
from harness.capture.v4l2.presence import Presence, look, same
from harness.capture.v4l2.stamps import Stamps
from harness.capture.v4l2.stream import Stream
from harness.capture.v4l2.tuning import Tuned, select_input, tune
from harness.clock import NS_PER_S, Clock, seconds_to_ns
from harness.errors import CaptureLost, HarnessError, RigError
from harness.media import Captured, Frame, RigEvent, SignalEvent, StreamFormat

START_S = 2.0
"""How long a card that cannot tell its signal may take to deliver the first frame."""
STALL_S = 1.0
"""So long without a frame there is no signal, or the card has stalled."""
POLL_S = 0.2
WATCH_S, RARE_WATCH_S = 0.5, 2.0
"""How often the signal is asked for where the driver tells of no change, and where it does."""
GIVE_UP_S = 5.0
LEFTOVERS = 32

TUNING = "the card tuned to the signal, which had changed"
REPLUG = "; unplug the card and plug it in again"
MARKED = "the card marked a frame as damaged"


class Link:
    """A card on an open node; `step` does what is next and returns what was captured.

    Parameters
    ----------
    node : Node
        Belongs to the link from now on.
    wish : Wish
        The mode and input that are asked for.
    count : Count
        Goes on over unplugging.
    told : StreamFormat or None
        The format that whoever reads knows of; None while there was no signal.

    All of its methods raise `node.Unplugged` when the card has gone.
    """

    def __init__(
        self, node: Node, wish: Wish, count: Count, clock: Clock, told: StreamFormat | None = None
    ) -> None:
        self.told = told
        self._node = node
        self._wish = wish
        self._count = count
        self._clock = clock
        self._stamps = Stamps()
        self._complaint = ""
        self._barred = ""
        self._stream: Stream | None = None
        self._tuned: Tuned | None = None
        self._timings: kernel.DvTimings | None = None
        self._unpack: Callable[[Bytes], Picture] | None = None
        self._alive_ns = self._watch_ns = 0
        self._trouble_ns: int | None = None
        select_input(node, wish)
        self._tells_changes = self._subscribe()

    def start(self) -> list[Captured]:
        """Tune to the signal if there is one; raises InputError when the card cannot do what is asked.

        Afterwards `told` is the format, or None without a signal.
        """
        presence = look(self._node)
        if not presence.signal:
            return self._no_signal(self._clock.now_ns(), presence)
        try:
            self._tune(presence, strict=True)
        except OSError as error:
            raise RigError(
                f"{self._node.uri}: the card does not start ({error.strerror}); unplug it and plug it in "
                "again, or ask for another format="
            ) from None
        if self._tuned and (presence.timings or self._delivers()):
            self.told = self._tuned.stream
        return []

    def step(self, wait_s: float) -> list[Captured]:
        """Wait for what comes next, and return it; raises CaptureLost when the card fails for good."""
        try:
            return self._follow(wait_s) if self._stream else self._await_signal(wait_s)
        except OSError as error:
            return self._broken(f"the card's driver failed ({error.strerror})")

    def close(self) -> None:
        """Stop, and let go of the node; idempotent."""
        self._stop()
        self._node.close()

    def _follow(self, wait_s: float) -> list[Captured]:
        now_ns = self._clock.now_ns()
        if now_ns >= self._watch_ns:
            self._watch_next(now_ns)
            presence = look(self._node)
            if not presence.signal or not same(presence.timings, self._timings):
                return self._changed(now_ns, presence)
        ready = self._node.wait(min(wait_s, POLL_S), buffers=True)
        if ready.event:
            at_ns = self._event_ns()
            return [*self._leftovers(at_ns), *self._changed(at_ns, look(self._node))]
        if ready.buffer:
            return self._take()
        if ready.error:
            return self._broken("the card's driver broke the stream off")
        return self._silent()

    def _changed(self, at_ns: int, presence: Presence) -> list[Captured]:
        if not presence.signal:
            return self._no_signal(at_ns, presence)
        self._count.anew(TUNING)
        return self._tune_again(presence)

    def _leftovers(self, until_ns: int) -> list[Captured]:
        """Take the frames that were captured before the signal changed."""
        items: list[Captured] = []
        for _ in range(LEFTOVERS):
            got = self._take(until_ns)
            if not got:
                break
            items += got
        return items

    def _await_signal(self, wait_s: float) -> list[Captured]:
        began_ns, wait_s = self._clock.now_ns(), min(wait_s, POLL_S)
        if self._node.wait(wait_s, buffers=False).event:
            self._event_ns()
        else:
            # A driver may answer at once that nothing streams.
            self._clock.sleep_s(wait_s - (self._clock.now_ns() - began_ns) / NS_PER_S)
        presence = look(self._node)
        now_ns = self._clock.now_ns()
        return self._tune_again(presence) if presence.signal else self._no_signal(now_ns, presence)

    def _no_signal(self, at_ns: int, presence: Presence) -> list[Captured]:
        self._stop()
        self._count.pause()
        items: list[Captured] = []
        if presence.kind and presence.why != self._barred:
            items.append(RigEvent(at_ns, presence.kind, presence.why))
        self._barred = presence.why if presence.kind else ""
        if self.told is not None:
            items.append(SignalEvent(at_ns, "signal_lost"))
        self.told = None
        return items

    def _tune_again(self, presence: Presence) -> list[Captured]:
        try:
            self._tune(presence, strict=False)
        except HarnessError as error:
            return self._broken(str(error).removeprefix(f"{self._node.uri}: "), advice="")
        return []

    def _tune(self, presence: Presence, *, strict: bool) -> None:
        self._stop()
        self._tuned = tune(self._node, self._wish, presence.timings, strict=strict)
        self._timings = presence.timings
        self._unpack = unpacker(self._tuned.layout)
        self._stream = Stream(self._node)
        self._barred = ""
        self._alive_ns = self._clock.now_ns()
        self._watch_next(self._alive_ns)

    def _take(self, before_ns: int | None = None) -> list[Captured]:
        if self._stream is None or self._tuned is None or self._unpack is None:
            return []
        damage, picture = "", None
        with self._stream.taken() as taken:
            if taken is None:
                return []
            buffer, data = taken
            self._alive_ns = self._clock.now_ns()
            t_ns = self._stamps.place(buffer, self._alive_ns, self._tuned.scan_ns)
            if before_ns is not None and t_ns > before_ns:
                return []
            try:
                picture = None if buffer.flags & kernel.BUFFER_ERROR else self._unpack(data)
            except Damaged as error:
                damage = f"a frame came damaged: {error}"
        return [*self._clock_events(t_ns), *self._place(buffer.sequence, t_ns, picture, damage or MARKED)]

    def _place(self, sequence: int, t_ns: int, picture: Picture | None, damage: str) -> list[Captured]:
        tuned = self._tuned
        if tuned is None:
            return []
        period_ns = round(NS_PER_S / tuned.video.fps)
        if picture is None:
            return list(self._count.skip(sequence, t_ns, period_ns, damage))
        self._trouble_ns = None
        index, gap = self._count.place(sequence, t_ns, period_ns)
        items: list[Captured] = [gap] if gap else []
        if self.told != tuned.stream:
            kind = "format_changed" if self.told else "signal_back"
            items.append(SignalEvent(t_ns, kind, tuned.stream))  # type: ignore[arg-type]
            self.told = tuned.stream
        return [*items, Frame(t_ns, index, *picture)]

    def _clock_events(self, t_ns: int) -> list[Captured]:
        complaint, before = self._stamps.complaint, self._complaint
        self._complaint = complaint
        return [RigEvent(t_ns, "clock", complaint)] if complaint and not before else []

    def _silent(self) -> list[Captured]:
        now_ns, tuned = self._clock.now_ns(), self._tuned
        patience_s = max(STALL_S, 5 / float(tuned.video.fps) if tuned else 0.0)
        if now_ns - self._alive_ns < seconds_to_ns(patience_s):
            return []
        presence = look(self._node)
        if not presence.signal:
            return self._no_signal(now_ns, presence)
        if presence.timings:
            return self._broken(f"the card delivered nothing for {patience_s:g} s though there is a signal")
        # It cannot tell its signal: as long as no frame comes, there is none.
        at_ns = self._count.due_ns
        lost: list[Captured] = [SignalEvent(at_ns or now_ns, "signal_lost")] if self.told else []
        self.told = None
        self._count.pause()
        return lost

    def _broken(self, reason: str, advice: str = REPLUG) -> list[Captured]:
        """Stop, so that the next step starts anew; raises CaptureLost where that has not helped for long."""
        now_ns = self._clock.now_ns()
        gap = self._count.lose(now_ns, reason)
        items: list[Captured] = [gap] if gap else []
        if self._trouble_ns is None:
            self._trouble_ns = now_ns
            items.append(RigEvent(now_ns, "restarted", f"{reason}; the capture is started anew"))
        if now_ns - self._trouble_ns > seconds_to_ns(GIVE_UP_S):
            raise CaptureLost(f"{self._node.uri}: {reason}{advice}")
        self._stop()
        return items

    def _stop(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = self._unpack = None

    def _delivers(self) -> bool:
        end_ns = self._clock.now_ns() + seconds_to_ns(START_S)
        while (left_ns := end_ns - self._clock.now_ns()) > 0:
            if self._node.wait(left_ns / NS_PER_S, buffers=True).buffer:
                return True
        return False

    def _watch_next(self, now_ns: int) -> None:
        self._watch_ns = now_ns + seconds_to_ns(RARE_WATCH_S if self._tells_changes else WATCH_S)

    def _subscribe(self) -> bool:
        with contextlib.suppress(OSError):
            self._node.call(kernel.SUBSCRIBE_EVENT, kernel.Subscription(type=kernel.EVENT_SOURCE_CHANGE))
            return True
        return False

    def _event_ns(self) -> int:
        """Take the events that wait; return when the last one was."""
        at_ns, event = self._clock.now_ns(), kernel.Event(pending=1)
        with contextlib.suppress(OSError):
            while event.pending:
                event = self._node.call(kernel.DQEVENT, kernel.Event())
                at_ns = event.timestamp.seconds * NS_PER_S + event.timestamp.fraction
        return at_ns
