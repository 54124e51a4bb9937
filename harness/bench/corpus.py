"""A corpus that somebody labelled: media files, and beside each planted one what was planted where."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.bench.clips import FileClip, media_clips
from harness.bench.trial import Result, events, look
from harness.errors import InputError
from harness.findings import DEFECTS
from harness.impair.base import LEVELS, FaultSpec
from harness.recording.recording import Recording


@dataclass(frozen=True, slots=True)
class Labelled:
    """A file and its truth; None for a clean one."""

    clip: FileClip
    truth: dict[str, Any] | None


def read_corpus(folder: Path) -> list[Labelled]:
    """Return the files of a corpus: `a.mkv` is planted if `a.truth.json` lies beside it, else clean.

    The truth is what `harness impair --truth` writes; `defect` and `intervals_s` are enough. Raises
    InputError for a truth that says something else.
    """
    clips = [clip for clip in media_clips(folder) if isinstance(clip, FileClip)]
    return [Labelled(clip, _truth(clip.path)) for clip in clips]


def judge_file(labelled: Labelled) -> Result:
    """Analyse one file as it is, and set it beside its truth."""
    clip, truth = labelled.clip, labelled.truth
    result = Result(clip.name, clip.source, _spec(truth) if truth else None)
    try:
        recording = Recording(clip.path, threads=1)
        video = recording.format.video
        result.frame_s = float(1 / video.fps) if video else 0.0
        if truth:
            result.kind = truth.get("kind")
            result.events_s = events([(float(start), float(end)) for start, end in truth["intervals_s"]])
        look(recording, result)
    except Exception as error:  # noqa: BLE001, RUF100 - one bad file must not end the others
        result.failure = f"{type(error).__name__}: {error}"
    return result


def _truth(path: Path) -> dict[str, Any] | None:
    beside = path.with_suffix(".truth.json")
    if not beside.is_file():
        return None
    try:
        truth = json.loads(beside.read_text(encoding="utf-8"))
        intervals: Sequence[Any] = truth["intervals_s"]
        right = truth["defect"] in DEFECTS and all(float(end) > float(start) for start, end in intervals)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"{beside}: is no truth ({type(error).__name__}: {error})") from None
    if not right or truth.get("level", "easy") not in LEVELS:
        raise InputError(f"{beside}: give a known defect, a level, and intervals_s as [[start, end], ...]")
    return dict(truth)


def _spec(truth: dict[str, Any]) -> FaultSpec:
    start_s, end_s = truth["intervals_s"][0][0], truth["intervals_s"][-1][1]
    level, seed = truth.get("level", "easy"), int(truth.get("seed", 0))
    return FaultSpec(truth["defect"], start_s, end_s - start_s, level, seed, truth.get("kind") or "")
