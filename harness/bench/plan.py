"""Which defects are planted in which clips: the same plan for the same seed."""

import zlib
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from harness.bench.clips import Clip
from harness.bench.trial import LEAD_S, TAIL_S, Trial
from harness.errors import InputError
from harness.impair import IMPAIRMENTS
from harness.impair.base import LEVELS, FaultSpec
from harness.media import StreamFormat

SHORTEST_S: Final = LEAD_S + TAIL_S


def plan(
    clips: Sequence[Clip], defects: Sequence[str], per_level: int, seed: int, lasts_s: dict[str, float]
) -> list[Trial]:
    """Return the trials: each clip clean, then each defect at each level in `per_level` clips.

    Parameters
    ----------
    clips : sequence of Clip
        Clean media.
    defects : sequence of defect names
        What to plant.
    per_level : int
        How many trials of a defect at a level; clips are taken in turn, each source as often as another.
    seed : int
        Picks clips and moments.
    lasts_s : dict of str to float
        How long each clip is, by name; clips that are not in it cannot be read.

    """
    readable = [clip for clip in clips if clip.name in lasts_s]
    trials = [Trial(clip) for clip in readable]
    for defect in defects:
        trials += _planted(readable, defect, per_level, seed, lasts_s)
    return trials


def _planted(
    clips: Sequence[Clip], defect: str, per_level: int, seed: int, lasts_s: dict[str, float]
) -> Iterator[Trial]:
    kind = IMPAIRMENTS[defect]
    random = np.random.default_rng([seed, zlib.crc32(defect.encode())])
    fit = [
        clip
        for clip in clips
        if not clip.negative and lasts_s[clip.name] >= SHORTEST_S + kind.usual_s and _has(clip, kind.medium)
    ]
    turn = _in_turn(fit, random)
    for level in LEVELS:
        for number in range(per_level if fit else 0):
            clip = next(turn)
            latest_s = lasts_s[clip.name] - kind.usual_s - TAIL_S
            start_s = round(float(random.uniform(LEAD_S, min(latest_s, LEAD_S + 20.0))), 3)
            yield Trial(clip, FaultSpec(defect, start_s, kind.usual_s, level, seed + number))


def _in_turn(clips: Sequence[Clip], random: np.random.Generator) -> Iterator[Clip]:
    """Yield clips for ever, one of each source after the other."""
    by_source: dict[str, list[Clip]] = {}
    for clip in clips:
        by_source.setdefault(clip.source, []).append(clip)
    while by_source:
        for source in random.permutation(sorted(by_source)).tolist():
            yield by_source[source][int(random.integers(len(by_source[source])))]


def _has(clip: Clip, medium: str) -> bool:
    stream = shape(clip)
    return stream is not None and bool(stream.video if medium == "picture" else stream.audio)


_SHAPES: dict[str, StreamFormat | None] = {}


def shape(clip: Clip) -> StreamFormat | None:
    """Return what a clip delivers; None where it cannot be read. Asked once a clip."""
    if clip.name not in _SHAPES:
        try:
            _SHAPES[clip.name] = clip.open()[0]
        except InputError:
            _SHAPES[clip.name] = None
    return _SHAPES[clip.name]
