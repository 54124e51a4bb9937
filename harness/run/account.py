"""What the run's record says of one playback: what was measured, judged and proven."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.analysis.checks import judged_window
from harness.clock import ns_to_seconds
from harness.findings import Finding
from harness.record import (
    AudioRecord,
    AvSyncRecord,
    CheckRecord,
    Evidence,
    FindingRecord,
    GapRecord,
    KeyRecord,
    MarkRecord,
    Playback,
    VideoRecord,
)
from harness.run.analyze import Analyzed, contract
from harness.run.startup_time import start_up
from harness.timeline import Timeline


def account(done: Analyzed, label: str, evidence: Sequence[Evidence], **files: str | None) -> Playback:
    """Return the record of a playback.

    Parameters
    ----------
    done : Analyzed
        What came out of it.
    label : str
        What the plan calls it.
    evidence : sequence of Evidence
        One for each finding, in the same order.
    files : `recording`, `preview`
        Paths from the run's folder.
    """
    told, timeline = contract(done), done.timeline
    asked = timeline.first("play_asked")
    from_ns, to_ns = judged_window(timeline, done.analysis.end_ns)
    return Playback(
        label=label,
        title=asked.detail if asked else None,
        criteria=done.criteria.name,
        verdict=told["verdict"],
        reasons=list(done.judgement.reasons),
        duration_s=told["source"]["duration_s"],
        judged_from_s=round(ns_to_seconds(from_ns), 3),
        judged_to_s=round(ns_to_seconds(to_ns), 3),
        start_up_s=start_up(timeline, virtual=False),
        video=_made(VideoRecord, told["source"]["video"]),
        audio=_made(AudioRecord, told["source"]["audio"]),
        checks=[CheckRecord(**check) for check in told["checks"]],
        findings=_findings(done, told["findings"], evidence),
        av_sync=_made(AvSyncRecord, told["av_sync"]),
        detector_ms_per_frame=told["timing"]["cost_ms"],
        **_course(timeline),
        **files,
    )


def _made(model: type[Any], values: Mapping[str, Any] | None) -> Any:
    return model(**values) if values else None


def _findings(
    done: Analyzed, told: Sequence[Mapping[str, Any]], evidence: Sequence[Evidence]
) -> list[FindingRecord]:
    judged: set[Finding] = set(done.judgement.defects)
    findings = zip(told, done.analysis.findings, evidence, strict=True)
    return [
        FindingRecord(**values, judged=finding in judged, evidence=proof)
        for values, finding, proof in findings
    ]


def _course(timeline: Timeline) -> dict[str, Any]:
    """Return keys, marks and gaps; the signal's changes are marks to whoever reads a timeline."""
    marks = [(mark.kind, mark.t_ns, mark.detail) for mark in timeline.marks]
    marks += [(event.kind, event.t_ns, "") for event in timeline.signal]
    marks += [(f"rig_{event.kind}", event.t_ns, event.detail) for event in timeline.rig]
    return {
        "keys": [
            KeyRecord(
                key=press.key,
                start_s=ns_to_seconds(press.start_ns),
                end_s=ns_to_seconds(press.end_ns),
                via=press.via,
            )
            for press in timeline.presses
        ],
        "marks": [
            MarkRecord(kind=kind, t_s=ns_to_seconds(t_ns), detail=detail)
            for kind, t_ns, detail in sorted(marks, key=lambda mark: mark[1])
        ],
        "gaps": [
            GapRecord(
                start_s=ns_to_seconds(gap.start_ns),
                end_s=ns_to_seconds(gap.end_ns),
                medium=gap.medium,
                reason=gap.reason,
            )
            for gap in timeline.gaps
        ],
    }
