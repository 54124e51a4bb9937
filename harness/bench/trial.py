"""One trial: a defect planted in a clip, recorded as a capture is, analysed, and compared with the truth."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from harness.bench.clips import Clip
from harness.bench.perception import Listener, perceptible
from harness.clock import NS_PER_S, ns_to_seconds
from harness.impair.base import FaultSpec
from harness.media import Captured, Frame, StreamFormat
from harness.recording.recorder import Recorder
from harness.recording.recording import Recording
from harness.run.analyze import analyze, find_criteria
from harness.run.planting import Planting

LEAD_S: Final = 1.6
"""Before what is planted comes so much clean media, and after it `TAIL_S`."""
TAIL_S: Final = 1.2
ONE_EVENT_S: Final = 1.0
"""Planted intervals less than this apart are one event to a viewer: a stutter, a row of clicks."""
NEAR_S: Final = 0.5
"""A finding that touches what was planted, or lies this near to it, is meant by it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What to plant in which clip; `spec` None leaves the clip as it is, to be found clean."""

    clip: Clip
    spec: FaultSpec | None = None


@dataclass(slots=True)
class Result:
    """What came out of a trial; times in seconds since the clip began."""

    clip: str
    source: str
    spec: FaultSpec | None
    shows: bool = True
    """False where what was planted cannot be seen or heard in this clip: the trial does not count."""
    kind: str | None = None
    events_s: list[tuple[float, float]] = field(default_factory=list)
    found: list[dict[str, Any]] = field(default_factory=list)
    """Findings that nothing explains: defect, start_s, end_s, confidence, and whether they count against
    a release by the default criteria."""
    frame_s: float = 0.04
    media_s: float = 0.0
    analysis_s: float = 0.0
    failure: str | None = None


def run(trial: Trial) -> Result:
    """Plant, record, analyse. Nothing raises: what fails is told in the result."""
    result = Result(trial.clip.name, trial.clip.source, trial.spec)
    try:
        with tempfile.TemporaryDirectory(prefix="harness-bench-") as folder:
            _run(trial, result, Path(folder) / "trial.mkv")
    except Exception as error:  # noqa: BLE001, RUF100 - one bad clip must not end an hour of trials
        result.failure = f"{type(error).__name__}: {error}"
    return result


def _run(trial: Trial, result: Result, path: Path) -> None:
    stream, items = trial.clip.open()
    result.frame_s = float(1 / stream.video.fps) if stream.video else 0.0
    if trial.spec is None:
        _record(path, stream, items)
    else:
        most_s = trial.spec.start_s + trial.spec.duration_s + TAIL_S
        planting = Planting(trial.spec, stream)
        meter = Listener(trial.spec)
        _record(path, stream, planting.items(meter.listen(_until(items, most_s))))
        truth = planting.truth()
        result.kind = truth["kind"]
        result.events_s = events([(start, end) for start, end in truth["intervals_s"]])
        result.shows = bool(result.events_s) and perceptible(trial.spec, truth, meter)
        if not result.shows:
            return
    look(Recording(path, threads=1), result)


def look(recording: Recording, result: Result) -> None:
    """Analyse a recording, and keep in the result what was found that nothing explains."""
    done = analyze(recording, find_criteria("default"))
    result.media_s, result.analysis_s = ns_to_seconds(done.analysis.end_ns), done.wall_s
    result.found = [
        {
            "defect": finding.defect,
            "start_s": ns_to_seconds(finding.start_ns),
            "end_s": ns_to_seconds(finding.end_ns),
            "confidence": float(finding.confidence),
            "judged": finding in done.judgement.defects,
        }
        for finding in done.analysis.findings
        if not finding.explained_by and not finding.inconclusive
    ]


def _record(path: Path, stream: StreamFormat, items: Iterable[Captured]) -> None:
    with Recorder(path, _even(stream), threads=1) as recorder:
        for item in items:
            recorder.write(_cropped(item))


def _even(stream: StreamFormat) -> StreamFormat:
    video = stream.video
    if video is None:
        return stream
    sized = replace(video, width_px=video.width_px // 2 * 2, height_px=video.height_px // 2 * 2)
    return replace(stream, video=sized)


def _cropped(item: Captured) -> Captured:
    if not isinstance(item, Frame) or not (item.y.shape[0] % 2 or item.y.shape[1] % 2):
        return item
    height, width = (side // 2 * 2 for side in item.y.shape)
    rows, columns = slice(height // 2), slice(width // 2)
    return replace(item, y=item.y[:height, :width], u=item.u[rows, columns], v=item.v[rows, columns])


def _until(items: Iterator[Captured], most_s: float) -> Iterator[Captured]:
    for item in items:
        if getattr(item, "t_ns", 0) >= most_s * NS_PER_S:
            return
        yield item


def events(intervals_s: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return intervals with those that lie near one another joined."""
    joined: list[tuple[float, float]] = []
    for start_s, end_s in sorted(intervals_s):
        if joined and start_s - joined[-1][1] < ONE_EVENT_S:
            joined[-1] = (joined[-1][0], max(end_s, joined[-1][1]))
        else:
            joined.append((start_s, end_s))
    return joined


def meant(result: Result, finding: dict[str, Any]) -> bool:
    """Return whether a finding is of what was planted."""
    return (
        result.spec is not None
        and finding["defect"] == result.spec.defect
        and any(
            finding["end_s"] > start_s - NEAR_S and finding["start_s"] < end_s + NEAR_S
            for start_s, end_s in result.events_s
        )
    )
