"""The count of frames of a capture: each frame's place in it, and what is missing before it."""

from collections import deque
from typing import Final

from harness.media import Gap

WRAP: Final = 1 << 32
"""The driver counts in 32 bits."""
HOLE: Final = 2.5
"""So many frames' time without a frame is a loss, even where the driver counted none."""
RECENT: Final = 9
"""So many spacings tell the rate that a card really has: it may be far below the one that it promised."""

LATE = "lost by the card or its driver: the computer was too late, or the USB port too slow"
UNCOUNTED = "the card delivered nothing here, and counted no loss"


class Count:
    """Numbers the frames of one capture, over restarts of its driver's count.

    All times are in ns on the rig's clock.
    """

    def __init__(self) -> None:
        self._index = -1
        self._sequence: int | None = None
        self._last_ns: int | None = None
        self._due_ns: int | None = None
        self._excuse = ""
        self._spacings_ns: deque[int] = deque(maxlen=RECENT)

    @property
    def due_ns(self) -> int | None:
        """When the next frame would begin; None as long as none is due."""
        return self._due_ns

    def place(self, sequence: int, t_ns: int, period_ns: int) -> tuple[int, Gap | None]:
        """Return the index of a frame, and the gap before it if there is one."""
        lost, reason = self._lost_before(sequence, t_ns, period_ns)
        gap = self._gap(t_ns, reason) if reason else None
        self._index += 1 + lost
        self._sequence = sequence
        self._last_ns, self._due_ns = t_ns, t_ns + period_ns
        self._excuse = ""
        return self._index, gap

    def skip(self, sequence: int, t_ns: int, period_ns: int, reason: str) -> list[Gap]:
        """Count a frame that came damaged: the gap before it if there is one, and its own."""
        _, before = self.place(sequence, t_ns, period_ns)
        return [*filter(None, (before,)), Gap(t_ns, t_ns + period_ns, "video", reason)]

    def lose(self, until_ns: int, reason: str) -> Gap | None:
        """Return what was lost from the frame that was due until now, and begin the driver's count anew."""
        self.anew(reason)
        gap = self._gap(until_ns, reason) if self._due_ns is not None and until_ns > self._due_ns else None
        if gap:
            self._due_ns = until_ns
        return gap

    def anew(self, reason: str) -> None:
        """Begin the driver's count anew: what is missing before the next frame is missing for that reason."""
        self._sequence = None
        self._excuse = reason

    def pause(self) -> None:
        """Let no frame be due: there is no signal."""
        self.anew("")
        self._last_ns = self._due_ns = None
        self._spacings_ns.clear()

    def _lost_before(self, sequence: int, t_ns: int, period_ns: int) -> tuple[int, str]:
        if self._due_ns is None or self._last_ns is None:
            return 0, ""
        by_time = max(0, round((t_ns - self._due_ns) / period_ns))
        step = (sequence - self._sequence) % WRAP if self._sequence is not None else 0
        if self._sequence is None or step > WRAP // 2:
            return by_time, (self._excuse or UNCOUNTED) if by_time else ""
        self._spacings_ns.append((t_ns - self._last_ns) // max(1, step))
        if step > 1:
            return step - 1, f"{step - 1} frames {LATE}" if step > 2 else f"1 frame {LATE}"
        if t_ns - self._last_ns > HOLE * self._usual_ns(period_ns):
            return by_time, UNCOUNTED
        return 0, ""

    def _usual_ns(self, period_ns: int) -> int:
        return (
            max(period_ns, sorted(self._spacings_ns)[RECENT // 2])
            if len(self._spacings_ns) == RECENT
            else period_ns
        )

    def _gap(self, t_ns: int, reason: str) -> Gap | None:
        if self._due_ns is None or self._last_ns is None:
            return None
        start_ns = self._due_ns if self._due_ns < t_ns else self._last_ns
        return Gap(start_ns, max(t_ns, start_ns), "video", reason)
