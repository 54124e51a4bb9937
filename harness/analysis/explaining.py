"""Which finding follows from another one, or from what the plan asked for."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from harness.clock import NS_PER_MS
from harness.findings import Finding
from harness.timeline import Press, Timeline

SLACK_NS = 100 * NS_PER_MS
"""How far an explained finding may stick out on either side: coding noise moves an edge by some frames."""

EDGE_NS = 200 * NS_PER_MS
"""So near to an edge of another finding begins what is no more than that edge: levels are told in 100 ms."""

EDGES = {
    "noise": frozenset({"blur"}),
    "banding": frozenset({"blur", "freeze_frame"}),
    "stalling": frozenset({"freeze_frame"}),
    "channel_error": frozenset({"loudness"}),
    "hum": frozenset({"loudness"}),
    "loudness": frozenset({"clicks", "distortion", "hiss"}),
}
"""What begins as another one begins or ends may be no more than that: the edges that noise or bands added go
with them, a scene without motion seems to stop as a spinner or crawling bands leave it, the level steps as a
channel is lost and as it is back, and a level that jumps clicks, and may be clipped from there on."""

CUT_SHORT = {
    "blockiness": frozenset({"noise", "combing", "banding", "blur"}),
}
"""What ends as another one begins was not seen to come back: that the squares of a title's own coding vanish
under noise is no sign that a device drew them."""

MARRED = frozenset(
    {
        "block_corruption",
        "blockiness",
        "blur",
        "banding",
        "noise",
        "colour_error",
        "combing",
        "aspect_error",
        "tearing",
        "flicker",
    }
)
"""What a picture may seem to be marred by when another one comes in its place: black, a dialog, a spinner."""

HELD_BY_PAUSE = frozenset({"freeze_frame", "stutter", "silence", "audio_dropout"})
PAUSE_KEYS = frozenset({"PAUSE", "PLAY_PAUSE"})
RESUME_KEYS = frozenset({"PLAY", "PLAY_PAUSE", "STOP", "BACK", "HOME", "FAST_FORWARD", "REWIND"})
RESPONSE_NS = 1_500 * NS_PER_MS
"""How long after a key the device may still show what was before (press to visible reaction)."""


def explain(
    findings: Sequence[Finding], explains: Mapping[str, Set[str]], timeline: Timeline
) -> list[Finding]:
    """Return the findings, each with `explained_by` set where another finding or a pause explains it.

    Parameters
    ----------
    findings : sequence of Finding
        All findings of one recording.
    explains : mapping
        For each defect, the defects that it explains when they lie inside one of its findings.
    timeline : Timeline
        Key presses: PAUSE up to the next PLAY or STOP explains a held picture and silence.
    """
    return [replace(item, explained_by=_reason(item, findings, explains, timeline)) for item in findings]


def _reason(
    item: Finding, findings: Sequence[Finding], explains: Mapping[str, Set[str]], timeline: Timeline
) -> str | None:
    if item.defect in HELD_BY_PAUSE:
        for start_ns, end_ns, key in pauses(timeline.presses, max(item.end_ns, 0)):
            if start_ns <= item.start_ns and item.end_ns <= end_ns:
                return f"key {key}"
    for other in findings:
        if item.defect in explains.get(other.defect, frozenset()) and _inside(item, other):
            mutual = other.defect in explains.get(item.defect, frozenset()) and _inside(other, item)
            if not mutual or _rank(item) > _rank(other):
                return other.defect
        if _is_an_edge(item, other):
            return other.defect
    return item.explained_by


def _rank(item: Finding) -> tuple[int, str]:
    """Return which of two that explain each other stays: the longer one, else the first by name."""
    return item.start_ns - item.end_ns, item.defect


def _inside(item: Finding, other: Finding) -> bool:
    return other.start_ns - SLACK_NS <= item.start_ns and item.end_ns <= other.end_ns + SLACK_NS


def _is_an_edge(item: Finding, other: Finding) -> bool:
    """Return whether an edge of the other one is all that there is to a finding."""
    if item.defect in EDGES.get(other.defect, frozenset()):
        return any(abs(item.start_ns - edge_ns) <= EDGE_NS for edge_ns in (other.start_ns, other.end_ns))
    return other.defect in CUT_SHORT.get(item.defect, frozenset()) and _ends_with(item, other)


def _ends_with(item: Finding, other: Finding) -> bool:
    return item.start_ns < other.start_ns - SLACK_NS and abs(item.end_ns - other.start_ns) <= SLACK_NS


def pauses(presses: Sequence[Press], end_ns: int) -> list[tuple[int, int, str]]:
    """Return (start, end, key) of each stretch that the plan paused, in ns; the last may run to `end_ns`."""
    found: list[tuple[int, int, str]] = []
    paused: Press | None = None
    for press in sorted(presses, key=lambda item: item.start_ns):
        if paused is None and press.key in PAUSE_KEYS:
            paused = press
        elif paused is not None and press.key in RESUME_KEYS:
            found.append((paused.start_ns, press.end_ns + RESPONSE_NS, paused.key))
            paused = None
    if paused is not None:
        found.append((paused.start_ns, max(end_ns, paused.start_ns), paused.key))
    return found
