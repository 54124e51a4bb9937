"""A watched playback as a plan sees it: wait while it runs, ask what was found once it is over."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.clock import ns_to_seconds
from harness.errors import PlanError
from harness.findings import AvSync, Check, Finding
from harness.record import Playback as PlaybackRecord
from harness.run.startup_time import StartUpDelay, start_up
from harness.timeline import Timeline
from harness.verdict import Criteria, Verdict

if TYPE_CHECKING:
    from harness.recording.recording import Recording
    from harness.run.analyze import Analyzed
    from harness.run.session import Session


@dataclass(frozen=True, slots=True)
class Defect:
    """One finding that counts against the verdict; prints as `freeze_frame 12.40-13.40 s`."""

    finding: Finding

    @property
    def defect(self) -> str:
        """Return the name of the defect."""
        return self.finding.defect

    @property
    def start_s(self) -> float:
        """Return when it began, in seconds since the start of the recording."""
        return ns_to_seconds(self.finding.start_ns)

    @property
    def end_s(self) -> float:
        """Return when it ended, in seconds since the start of the recording."""
        return ns_to_seconds(self.finding.end_ns)

    def __repr__(self) -> str:
        """Return name and interval."""
        return f"{self.defect} {self.start_s:.2f}-{self.end_s:.2f} s"

    def tell(self) -> str:
        """Return name, interval, metric and limit in one line."""
        metric = self.finding.metric
        limit = "" if self.finding.limit is None else f", limit {self.finding.limit:g}"
        return f"{self!r}  {metric.name} {self.finding.peak:.4g} {metric.unit}{limit}"


@dataclass(eq=False, repr=False)
class Playback:
    """What `with watch(...) as playback` hands to a plan.

    While the block runs there is `run_for`; what was found can be asked for when it is over (PlanError
    before that).
    """

    label: str
    criteria: Criteria
    session: "Session"
    expect: tuple[str, ...] = ()
    record: PlaybackRecord | None = None
    """What the run's record says of it, once it is over."""
    _done: "Analyzed | None" = None

    def run_for(self, seconds: float) -> None:
        """Go on watching for so long; raises RigError or DeviceError as soon as either is lost."""
        if not (isinstance(seconds, int | float) and 0 < seconds < math.inf):
            raise PlanError(f"run_for(seconds={seconds!r}): seconds must be a number above 0")
        if self._done is not None:
            raise PlanError("run_for after the end of the watch; call it inside the `with watch(...)` block")
        self.session.wait_s(seconds)

    def mark(self, kind: str, detail: str = "") -> None:
        """Note a moment in the recording, such as `play_asked` for a playback started by a key."""
        self.session.mark(kind, detail)

    def settle(self, done: "Analyzed") -> None:
        """Take what came of the watch."""
        self._done = done

    @property
    def settled(self) -> bool:
        """Return whether the watch is over and judged."""
        return self._done is not None

    @property
    def defects(self) -> list[Defect]:
        """Return every finding that counts against the verdict, in order of time."""
        defects = sorted(self._over.judgement.defects, key=lambda finding: finding.start_ns)
        return [Defect(finding) for finding in defects]

    @property
    def findings(self) -> list[Finding]:
        """Return every finding, those included that are explained, tolerated or inconclusive."""
        return list(self._over.analysis.findings)

    @property
    def checks(self) -> dict[str, Check]:
        """Return the check of every defect name."""
        return {check.defect: check for check in self._over.analysis.checks}

    @property
    def verdict(self) -> Verdict:
        """Return pass, fail or inconclusive."""
        return self._over.judgement.verdict

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why the verdict is not pass."""
        return self._over.judgement.reasons

    @property
    def av_sync(self) -> AvSync | None:
        """Return how far sound was from picture, or None if nothing could tell."""
        return self._over.analysis.av_sync

    @property
    def recording(self) -> "Recording":
        """Return the recording, to look further into it."""
        return self._over.recording

    @property
    def timeline(self) -> Timeline:
        """Return key presses, marks, gaps and signal changes, in ns since the recording's start."""
        return self._over.timeline

    @property
    def start_up_s(self) -> StartUpDelay:
        """Return the seconds from asking to play to the first frame of content; inf if none came.

        A comparison that finds it beyond a limit raises Undecided where the rig may be the reason.
        """
        seconds = start_up(self._over.timeline, virtual=self.session.virtual)
        if seconds is None:
            raise PlanError("start_up_s: nothing was asked to play in this watch")
        return seconds

    @property
    def failed(self) -> bool:
        """Return whether what was found is not what the plan expects: by default, no defect at all."""
        names = {defect.defect for defect in self.defects}
        return names != set(self.expect) if self.expect else self.verdict == Verdict.FAIL

    def __repr__(self) -> str:
        """Return label, and verdict or that it still runs."""
        return f"<playback {self.label!r}: {self.verdict if self.settled else 'not over yet'}>"

    def tell(self) -> str:
        """Return all that speaks against this playback: a heading, then one line a defect or reason."""
        defects = self.defects
        count = f"{len(defects)} defect{'' if len(defects) == 1 else 's'}"
        lines = [f"{count} in {self.label} (criteria {self.criteria.name})"]
        lines += [f"  {defect.tell()}" for defect in defects]
        lines += [f"  {reason}" for reason in self.reasons if not reason.endswith(" found")]
        missing = sorted(set(self.expect) - {defect.defect for defect in defects})
        return "\n".join(lines + [f"  {name} was expected, but not found" for name in missing])

    @property
    def _over(self) -> "Analyzed":
        if self._done is None:
            raise PlanError("the watch is not over: ask for what was found after the `with watch(...)` block")
        return self._done
