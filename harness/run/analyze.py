"""A recording in, checks, findings, verdict and the contract's JSON out; live and offline alike."""

import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

import harness
from harness.analysis.detector import Context
from harness.analysis.engine import Analysis, Engine
from harness.analysis.picture import pictures
from harness.clock import ns_to_seconds
from harness.config import nearest
from harness.detectors import DETECTORS
from harness.errors import InputError
from harness.findings import DEFECTS, AvSync, Finding
from harness.media import StreamFormat
from harness.recording.recording import Recording
from harness.run.ahead import ahead
from harness.timeline import Timeline
from harness.verdict import Criteria, Judgement, judge, load_criteria

SCHEMA: Final = "harness.analysis/1"
CRITERIA_FOLDERS: Final = (Path("test_plans/criteria"), Path(harness.__file__).parent / "criteria")
"""Where criteria are looked for by name: the project's own first, then those that come with the harness."""

Progress = Callable[[int], None]
"""Called with the time in ns that has been analysed."""


@dataclass(frozen=True, slots=True)
class Analyzed:
    """One recording, analysed and judged; its timeline holds the mark `first_frame` if play was asked."""

    recording: Recording
    format: StreamFormat
    timeline: Timeline
    analysis: Analysis
    criteria: Criteria
    judgement: Judgement
    wall_s: float


def analyze(
    recording: Recording,
    criteria: Criteria,
    *,
    asked: Collection[str] | None = None,
    follow: Callable[[], bool] | None = None,
    progress: Progress | None = None,
    screens: Mapping[str, NDArray[np.uint8]] | None = None,
) -> Analyzed:
    """Analyse a recording, finished or still growing, and judge it.

    Parameters
    ----------
    recording : Recording
        Read once, from its beginning.
    criteria : Criteria
        What is required and tolerated.
    asked : collection of defect names, optional
        Look for these only.
    follow : callable, optional
        True while the recorder still writes: wait for more where the file ends.
    progress : callable, optional
        Told how far the analysis is.
    screens : mapping of str to uint8 array, shape (height, width), optional
        The device's known screens as luma pictures, by name (`harness.run.screens`).

    Raises InputError when the file cannot be read on.

    """
    # Our pictures are small: more threads would only take the cores from the decoder and the recorder.
    cv2.setNumThreads(1)
    start_s = time.monotonic()
    context = Context(recording.format, screens=dict(screens or {}))
    marked = Recording.has_times(recording.path)
    engine = Engine([detector() for detector in DETECTORS], context, asked, marked=marked)
    try:
        with ahead(pictures(recording.items(follow))) as items:
            for item in items:
                engine.feed(item)
                if progress:
                    progress(getattr(item, "t_ns", 0))
    except (av.error.FFmpegError, OSError) as error:
        raise InputError(f"{recording.path}: cannot be read on: {' '.join(str(error).split())}") from error
    engine.context = replace(engine.context, timeline=recording.timeline)
    analysis = engine.finish()
    return Analyzed(
        recording=recording,
        format=recording.format,
        timeline=engine.context.timeline,
        analysis=analysis,
        criteria=criteria,
        judgement=judge(analysis.checks, analysis.findings, criteria),
        wall_s=time.monotonic() - start_s,
    )


def choose(names: str | None, criteria: Criteria) -> tuple[frozenset[str] | None, Criteria]:
    """Return the defects that `a,b` asks for, and the criteria that require these alone.

    None asks for everything. Raises InputError for a name that is not in the contract.
    """
    if names is None:
        return None, criteria
    asked = [name.strip() for name in names.split(",") if name.strip()]
    for name in asked:
        if name not in DEFECTS:
            raise InputError(f"no defect {name!r}{nearest(name, list(DEFECTS))}; known: {', '.join(DEFECTS)}")
    if not asked:
        raise InputError("--detectors names no defect; write for instance --detectors freeze_frame,silence")
    return frozenset(asked), criteria.model_copy(update={"require": tuple(dict.fromkeys(asked)), "note": ()})


def find_criteria(name: str) -> Criteria:
    """Return the criteria of that name; raises InputError, naming those that are known."""
    return load_criteria(name, CRITERIA_FOLDERS)


def contract(done: Analyzed) -> dict[str, Any]:
    """Return the JSON object `harness.analysis/1`."""
    analysis = done.analysis
    media_s = ns_to_seconds(analysis.end_ns)
    return {
        "schema": SCHEMA,
        "source": _source(done),
        "verdict": str(done.judgement.verdict),
        "checks": [
            {
                "defect": check.defect,
                "status": str(check.status),
                "reason": check.reason,
                "detector": check.detector,
            }
            for check in analysis.checks
        ],
        "findings": [_finding(finding) for finding in analysis.findings],
        "av_sync": _av_sync(analysis.av_sync),
        "timing": {
            "wall_s": round(done.wall_s, 3),
            "media_s": round(media_s, 3),
            "speed": round(media_s / done.wall_s, 2) if done.wall_s > 0 else None,
            "cost_ms": {name: round(value, 4) for name, value in analysis.cost_ms.items()},
        },
    }


def _source(done: Analyzed) -> dict[str, Any]:
    video, audio = done.format.video, done.format.audio
    return {
        "path": str(done.recording.path),
        "duration_s": round(ns_to_seconds(done.analysis.end_ns), 6),
        "video": video
        and {
            "width": video.width_px,
            "height": video.height_px,
            "fps": f"{video.fps.numerator}/{video.fps.denominator}",
            "frames": done.analysis.frames,
        },
        "audio": audio and {"rate_hz": audio.rate_hz, "channels": audio.channels},
        "criteria": done.criteria.name,
        "reasons": list(done.judgement.reasons),
        "decoding_errors": done.recording.errors,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "defect": finding.defect,
        "start_s": round(ns_to_seconds(finding.start_ns), 6),
        "end_s": round(ns_to_seconds(finding.end_ns), 6),
        "confidence": _number(min(1.0, max(0.0, finding.confidence))),
        "metric": finding.metric.name,
        "unit": finding.metric.unit,
        "peak": _number(finding.peak),
        "limit": _number(finding.limit),
        "region": list(finding.region) if finding.region else None,
        "channel": finding.channel,
        "explained_by": finding.explained_by,
        "inconclusive": finding.inconclusive,
        "detector": finding.detector,
    }


def _av_sync(found: AvSync | None) -> dict[str, Any] | None:
    if found is None:
        return None
    told = {
        "status": found.status,
        "offset_ms": _number(found.offset_ms),
        "interval_ms": [_number(value) for value in found.interval_ms] if found.interval_ms else None,
        "method": found.method,
    }
    taken_off = found.rig_offset_ms
    return told if taken_off is None else {**told, "rig_offset_ms": _number(taken_off)}


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 6)
