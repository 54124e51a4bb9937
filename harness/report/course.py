"""The course of one playback as SVG geometry: keys, marks, gaps, findings and the judged window."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.record import FindingRecord, Playback
from harness.report.chart import Tick, place, steps
from harness.report.wording import counted, seconds, words

LABEL_WIDTH = 0.95
"""Per cent of the width that one letter takes on a page of ordinary width."""
MOST_MARKERS = 200
"""More keys or marks than this on one line are a smear; the list below names them all."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment: a key or a mark; `label` is empty where it would cover its neighbour's."""

    at: float
    label: str
    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval, in per cent of the width; `kind` is judged, inconclusive, noted or gap."""

    at: float
    width: float
    kind: str
    words: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the timeline and what it is called."""

    label: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Course:
    """A playback's timeline, ready to be drawn; `events` is the same in words, in order of time."""

    judged: Bar
    keys: list[Marker]
    marks: list[Marker]
    lanes: list[Lane]
    ticks: list[Tick]
    events: list[tuple[float, str, str]]
    words: str


def finding_kind(finding: FindingRecord) -> str:
    """Return how a finding counts: judged, inconclusive, or noted (explained or tolerated)."""
    if finding.judged:
        return "judged"
    return "inconclusive" if finding.inconclusive and not finding.explained_by else "noted"


def chart_course(playback: Playback, anchors: list[str]) -> Course | None:
    """Return the timeline of a playback, or None if its length is unknown; `anchors` name its findings."""
    length_s = max([playback.duration_s, *(finding.end_s for finding in playback.findings)], default=0.0)
    if not 0 < length_s < 1e7:
        return None
    x = place(0.0, length_s)

    def bar(start_s: float, end_s: float, kind: str, text: str, href: str | None = None) -> Bar:
        return Bar(x(start_s), max(round(x(end_s) - x(start_s), 2), 0.4), kind, text, href)

    return Course(
        judged=bar(playback.judged_from_s, playback.judged_to_s, "window", _window(playback)),
        keys=_markers([(key.start_s, key.key, f"key {key.key} by {key.via}") for key in playback.keys], x),
        marks=_markers(
            [(mark.t_s, words(mark.kind), _mark_words(mark.kind, mark.detail)) for mark in playback.marks], x
        ),
        lanes=_lanes(playback, anchors, bar),
        ticks=[Tick(x(t_s), f"{t_s:g}") for t_s in steps(0.0, length_s, most=10)],
        events=_events(playback),
        words=_summary(playback),
    )


def _lanes(playback: Playback, anchors: list[str], bar: Callable[..., Bar]) -> list[Lane]:
    lanes: dict[str, list[Bar]] = {}
    for finding, anchor in zip(playback.findings, anchors, strict=True):
        text = f"{words(finding.defect)}, {seconds(finding.start_s)} to {seconds(finding.end_s)}"
        lanes.setdefault(words(finding.defect), []).append(
            bar(finding.start_s, finding.end_s, finding_kind(finding), text, f"#{anchor}")
        )
    for gap in playback.gaps:
        text = f"gap in the {gap.medium}, lost by the rig: {gap.reason}"
        lanes.setdefault("rig gaps", []).append(bar(gap.start_s, gap.end_s, "gap", text))
    return [Lane(label, bars) for label, bars in lanes.items()]


def _markers(moments: list[tuple[float, str, str]], x: Callable[[float], float]) -> list[Marker]:
    markers, free_from = [], -100.0
    moments = sorted(moments)[:MOST_MARKERS]
    places = [x(t_s) for t_s, _, _ in moments]
    for (t_s, label, text), at, following in zip(moments, places, [*places, 200.0][1:], strict=True):
        width = len(label) * LABEL_WIDTH
        anchor = "end" if at + width > 100 else "start"
        left, right = (at - width, at) if anchor == "end" else (at, at + width)
        shown = left >= free_from and right <= following
        free_from = right + 0.5 if shown else at
        markers.append(Marker(at, label if shown else "", anchor, f"{text} at {seconds(t_s)}"))
    return markers


def _events(playback: Playback) -> list[tuple[float, str, str]]:
    events = [(key.start_s, "key", f"{key.key} by {key.via}") for key in playback.keys]
    events += [(mark.t_s, "mark", _mark_words(mark.kind, mark.detail)) for mark in playback.marks]
    events += [
        (gap.start_s, "rig gap", f"{gap.medium} lost for {seconds(gap.end_s - gap.start_s)}: {gap.reason}")
        for gap in playback.gaps
    ]
    events += [
        (item.start_s, "finding", f"{words(item.defect)} for {seconds(item.end_s - item.start_s)}")
        for item in playback.findings
    ]
    return sorted(events)


def _mark_words(kind: str, detail: str) -> str:
    return f"{words(kind)}: {detail}" if detail else words(kind)


def _window(playback: Playback) -> str:
    return f"judged from {seconds(playback.judged_from_s)} to {seconds(playback.judged_to_s)}"


def _summary(playback: Playback) -> str:
    parts = [
        counted(len(playback.keys), "key press", "key presses"),
        counted(len(playback.findings), "finding"),
        counted(len(playback.gaps), "rig gap"),
    ]
    return f"Timeline of {seconds(playback.duration_s)}: {_window(playback)}; {', '.join(parts)}"
