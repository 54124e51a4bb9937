"""From intervals to findings, and from findings to one check for every name of the contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.analysis.detector import AudioDetector, Detector, SyncDetector
from harness.analysis.explaining import explain
from harness.analysis.trigger import Interval
from harness.clock import NS_PER_MS, ns_to_seconds, seconds_to_ns
from harness.findings import DEFECTS, AvSync, Check, Finding, Status
from harness.timeline import Timeline

TOUCH_NS = 50 * NS_PER_MS
"""A finding this close to a gap touches it: the lost frames may have moved its edge."""

Span = tuple[int, int, str]
"""A stretch `[start_ns, end_ns)` that was not seen or heard, and what happened."""


@dataclass(slots=True)
class Outcome:
    """What one detector came to; `not_measured` says why it could not, else `None`."""

    detector: Detector
    intervals: list[Interval] = field(default_factory=list)
    not_measured: str | None = None
    av_sync: AvSync | None = None


def judged_window(timeline: Timeline, end_ns: int) -> tuple[int, int]:
    """Return the `[start_ns, end_ns)` that is judged.

    From the first frame of the content (from when play was asked, if it never came) to the end of the
    watch; without a request to play, the whole recording.
    """
    asked, first, last = (timeline.first(kind) for kind in ("play_asked", "first_frame", "watch_end"))
    if asked is None:
        return 0, end_ns
    start = first or asked
    return start.t_ns, max(start.t_ns, last.t_ns if last else end_ns)


def conclude(
    outcomes: Sequence[Outcome], idle: Mapping[str, str], timeline: Timeline, window: tuple[int, int]
) -> tuple[list[Check], list[Finding]]:
    """Return the checks, one for every defect name, and the findings in the judged window.

    `idle` says why a defect was not looked for although there is a detector for it.
    """
    found: list[Finding] = []
    explains = {outcome.detector.defect: outcome.detector.explains for outcome in outcomes}
    for outcome in outcomes:
        unseen = _unseen(timeline, outcome.detector, window)
        for interval in outcome.intervals:
            finding = _finding(interval, outcome.detector, window, unseen)
            found += [finding] if finding else []
    findings = sorted(explain(found, explains, timeline), key=lambda item: (item.start_ns, item.defect))
    by_defect = {outcome.detector.defect: outcome for outcome in outcomes}
    checks = []
    for defect in DEFECTS:
        if defect not in by_defect:
            reason = idle.get(defect, "no detector for it in this version")
            checks.append(Check(defect, Status.NOT_MEASURED, reason))
            continue
        own = [item for item in findings if item.defect == defect]
        unseen = _unseen(timeline, by_defect[defect].detector, window)
        checks.append(_check(by_defect[defect], own, unseen))
    return checks, findings


def _finding(
    interval: Interval, detector: Detector, window: tuple[int, int], unseen: Sequence[Span]
) -> Finding | None:
    start_ns, end_ns = max(interval.start_ns, window[0]), min(interval.end_ns, window[1])
    trimmed = (start_ns, end_ns) != (interval.start_ns, interval.end_ns)
    if end_ns <= start_ns or (trimmed and end_ns - start_ns < seconds_to_ns(detector.trigger.min_s)):
        return None
    touched = next(
        (why for start, end, why in unseen if start_ns <= end + TOUCH_NS and start - TOUCH_NS <= end_ns), None
    )
    return Finding(
        defect=detector.defect,
        start_ns=start_ns,
        end_ns=end_ns,
        confidence=interval.confidence,
        metric=detector.metric,
        peak=interval.peak,
        detector=detector.identity,
        limit=interval.limit,
        region=interval.region,
        channel=interval.channel,
        inconclusive=interval.inconclusive or touched,
    )


def _check(outcome: Outcome, findings: Sequence[Finding], unseen: Sequence[Span]) -> Check:
    detector = outcome.detector
    if outcome.not_measured:
        return Check(detector.defect, Status.NOT_MEASURED, outcome.not_measured, detector.identity)
    status, reason = _status(findings, unseen, seconds_to_ns(detector.trigger.min_s))
    return Check(detector.defect, status, reason, detector.identity)


def _status(
    findings: Sequence[Finding], unseen: Sequence[Span], shortest_ns: int
) -> tuple[Status, str | None]:
    open_findings = [item for item in findings if not item.explained_by]
    if any(not item.inconclusive for item in open_findings):
        return Status.FOUND, None
    if open_findings:
        return Status.INCONCLUSIVE, open_findings[0].inconclusive
    hidden = next((span for span in unseen if span[1] - span[0] >= max(shortest_ns, 1)), None)
    if hidden:
        return Status.INCONCLUSIVE, f"{hidden[2]} from {ns_to_seconds(hidden[0]):.2f} s could hide one"
    explained = sorted({str(item.explained_by) for item in findings})
    return Status.CLEAR, f"explained by {', '.join(explained)}" if explained else None


def _unseen(timeline: Timeline, detector: Detector, window: tuple[int, int]) -> list[Span]:
    media = {"audio"} if isinstance(detector, AudioDetector) else {"video"}
    if isinstance(detector, SyncDetector):
        media = {"audio", "video"}
    spans = [
        (gap.start_ns, gap.end_ns, f"a gap in the capture ({gap.reason})")
        for gap in timeline.gaps
        if gap.medium in media
    ] + _without_signal(timeline, window[1])
    return [span for span in spans if span[0] < window[1] and span[1] > window[0]]


def _without_signal(timeline: Timeline, end_ns: int) -> list[Span]:
    spans: list[Span] = []
    lost_ns: int | None = None
    for event in sorted(timeline.signal, key=lambda item: item.t_ns):
        if event.kind == "signal_lost" and lost_ns is None:
            lost_ns = event.t_ns
        elif event.kind == "signal_back" and lost_ns is not None:
            spans.append((lost_ns, event.t_ns, "signal lost"))
            lost_ns = None
    if lost_ns is not None:
        spans.append((lost_ns, max(end_ns, lost_ns + 1), "signal lost"))
    return spans
