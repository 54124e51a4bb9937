"""What happened around a recording: key presses, marks of the plan, gaps, changes of signal."""

from dataclasses import dataclass, field

from harness.media import Gap, RigEvent, SignalEvent


@dataclass(frozen=True, slots=True)
class Press:
    """One key press; `start_ns` is when the command was about to leave, `end_ns` when it was done."""

    key: str
    start_ns: int
    end_ns: int
    via: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that the plan names: `play_asked` (detail: the title), `watch_start`, `watch_end`."""

    kind: str
    t_ns: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RigOffset:
    """How much earlier than the picture the rig itself delivered the sound, as its certificate says.

    `low_ns` and `high_ns` are the edges of its interval; `certificate` says which one, in one line.
    """

    offset_ns: int
    low_ns: int
    high_ns: int
    certificate: str


@dataclass(slots=True)
class Timeline:
    """Everything that is known about a recording besides its frames and samples."""

    presses: list[Press] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    signal: list[SignalEvent] = field(default_factory=list)
    rig: list[RigEvent] = field(default_factory=list)
    rig_offset: RigOffset | None = None
    """What is taken off whatever is measured between sound and picture; None without a certificate."""

    def first(self, kind: str) -> Mark | None:
        """Return the first mark of a kind, or `None`."""
        return next((mark for mark in self.marks if mark.kind == kind), None)
