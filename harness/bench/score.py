"""From results to figures: recall by level, precision, F1, start-time error, false alarms an hour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.bench.trial import Result, meant
from harness.detectors import DETECTORS
from harness.findings import DEFECTS
from harness.impair import IMPAIRMENTS
from harness.impair.base import LEVELS


@dataclass(slots=True)
class Level:
    """One defect at one level."""

    planted: int = 0
    found: int = 0
    errors_s: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Return the share that was found; NaN where nothing was planted."""
        return self.found / self.planted if self.planted else float("nan")


@dataclass(slots=True)
class Score:
    """One defect. `curve` holds (recall, precision) as the least confidence falls."""

    defect: str
    levels: dict[str, Level]
    false: list[str] = field(default_factory=list)
    sure: list[tuple[float, bool]] = field(default_factory=list)
    """Confidence of each finding, and whether it was meant; what was not found has none."""
    frame_s: float = 0.04

    @property
    def precision(self) -> float:
        """Return the share of its findings that were planted; NaN without findings."""
        found = sum(level.found for level in self.levels.values())
        return found / (found + len(self.false)) if found + len(self.false) else float("nan")

    def f1(self, level: str) -> float:
        """Return the harmonic mean of the level's recall and the precision over all levels and clips."""
        recall, precision = self.levels[level].recall, self.precision
        if np.isnan(recall):
            return float("nan")
        return 0.0 if not recall or np.isnan(precision) else 2 * recall * precision / (recall + precision)

    @property
    def errors_s(self) -> list[float]:
        """Return how late each began that was found, seconds; early is negative."""
        return [error for level in self.levels.values() for error in level.errors_s]

    def curve(self) -> list[tuple[float, float]]:
        """Return (recall, precision) at each confidence, the surest first."""
        planted = sum(level.planted for level in self.levels.values())
        points, right = [], 0
        for number, (_, good) in enumerate(sorted(self.sure, key=lambda item: -item[0])):
            right += good
            points.append((right / max(1, planted), right / (number + 1)))
        return points


@dataclass(slots=True)
class Scores:
    """All defects, and the clean clips."""

    defects: dict[str, Score]
    clean_s: float = 0.0
    clean_false: list[str] = field(default_factory=list)
    negatives: int = 0
    speed: float = float("nan")
    hidden: int = 0
    """Trials in which what was planted does not show."""
    failures: list[str] = field(default_factory=list)

    @property
    def false_per_hour(self) -> float:
        """Return all false alarms together, an hour of clean media."""
        return len(self.clean_false) / (self.clean_s / 3600) if self.clean_s else float("nan")


def score(results: Iterable[Result]) -> Scores:
    """Return the figures of all trials."""
    results = list(results)
    scores = Scores({name: Score(name, {level: Level() for level in LEVELS}) for name in _names()})
    own = {result.clip: result.found for result in results if result.spec is None}
    media_s = analysis_s = 0.0
    for result in results:
        if result.failure:
            scores.failures.append(f"{result.clip}: {result.failure}")
        elif not result.shows:
            scores.hidden += 1
        else:
            media_s, analysis_s = media_s + result.media_s, analysis_s + result.analysis_s
            if result.spec is None:
                scores.clean_s += result.media_s
                scores.clean_false += [
                    _where(result, finding) for finding in result.found if finding["judged"]
                ]
            else:
                _count(scores.defects[result.spec.defect], result)
            _note_false(scores, result, own.get(result.clip, []))
    scores.speed = media_s / analysis_s if analysis_s else float("nan")
    return scores


def _names() -> list[str]:
    """Return what can be planted or found, in the order of reports."""
    found = {detector.defect for detector in DETECTORS}
    return [name for name in DEFECTS if name in IMPAIRMENTS or name in found]


def _count(counted: Score, result: Result) -> None:
    assert result.spec is not None  # noqa: S101 - only planted trials come here
    level = counted.levels[result.spec.level]
    own = [finding for finding in result.found if meant(result, finding)]
    level.planted += 1
    counted.frame_s = max(counted.frame_s, result.frame_s)
    if not own:
        level.missed.append(f"{result.clip}: {result.spec}{f' ({result.kind})' if result.kind else ''}")
        return
    level.found += 1
    level.errors_s.append(_start_error_s(result, own))
    counted.sure.append((max(finding["confidence"] for finding in own), True))


def _start_error_s(result: Result, own: Sequence[dict[str, Any]]) -> float:
    first = min(finding["start_s"] for finding in own)
    errors_s = [float(first - start_s) for start_s, _ in result.events_s]
    return min(errors_s, key=abs)


def _note_false(scores: Scores, result: Result, own: Sequence[dict[str, Any]]) -> None:
    """Count what was not planted; what the clip has without any planting counts once, where it is clean."""
    for finding in result.found:
        name = finding["defect"]
        again = result.spec is not None and any(_same(finding, other) for other in own)
        if name in scores.defects and not meant(result, finding) and not again:
            scores.defects[name].false.append(_where(result, finding))
            scores.defects[name].sure.append((finding["confidence"], False))


def _same(finding: dict[str, Any], other: dict[str, Any]) -> bool:
    meet = finding["start_s"] < other["end_s"] and other["start_s"] < finding["end_s"]
    return bool(finding["defect"] == other["defect"] and meet)


def _where(result: Result, finding: dict[str, Any]) -> str:
    planted = f" (planted: {result.spec.defect} {result.spec.level})" if result.spec else ""
    span = f"{finding['start_s']:.2f}-{finding['end_s']:.2f} s"
    return f"{finding['defect']} at {span} of {result.clip}{planted}"
