"""The benchmark's figures for people and for programs."""

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.bench.score import Score, Scores
from harness.findings import DEFECTS
from harness.impair.base import LEVELS

SCHEMA: Final = "harness.bench/1"
GOAL_F1: Final = {"easy": 0.95, "medium": 0.95, "hard": 0.85}
GOAL_FALSE_PER_HOUR: Final = 1.0
NOTHING: Final = "-"
SOUND: Final = frozenset(name for name, group in DEFECTS.items() if group == "sound")
MOST_LINES: Final = 12


def as_json(scores: Scores, about: dict[str, Any]) -> dict[str, Any]:
    """Return `harness.bench/1`; `about` says what was run on what."""
    return {
        "schema": SCHEMA,
        **about,
        "defects": {name: _defect(score) for name, score in scores.defects.items()},
        "clean": {
            "hours": round(scores.clean_s / 3600, 4),
            "false_alarms": scores.clean_false,
            "false_alarms_per_hour": _number(scores.false_per_hour),
        },
        "speed": _number(scores.speed),
        "not_visible": scores.hidden,
        "failures": scores.failures,
    }


def _defect(score: Score) -> dict[str, Any]:
    return {
        "levels": {
            name: {
                "planted": level.planted,
                "found": level.found,
                "recall": _number(level.recall),
                "f1": _number(score.f1(name)),
                "missed": level.missed,
            }
            for name, level in score.levels.items()
        },
        "precision": _number(score.precision),
        "false": score.false,
        "start_error_ms": [round(1000 * error, 1) for error in score.errors_s],
        "curve": [[round(recall, 4), round(precision, 4)] for recall, precision in score.curve()],
    }


def table(scores: Scores) -> RenderableType:
    """Return what to print."""
    rows = Table(box=None, padding=(0, 1), header_style="bold")
    titles = (
        "defect",
        "easy",
        "medium",
        "hard",
        "precision",
        "F1 easy",
        "F1 medium",
        "F1 hard",
        "start error",
    )
    for title in titles:
        rows.add_column(title, justify="left" if title == "defect" else "right", no_wrap=True)
    for score in scores.defects.values():
        if any(level.planted for level in score.levels.values()):
            rows.add_row(*_row(score))
    return Group(rows, *_lines(scores))


def _row(score: Score) -> Iterator[Text]:
    yield Text(score.defect)
    for level in score.levels.values():
        yield Text(f"{level.found}/{level.planted}")
    yield Text(_percent(score.precision))
    for name in LEVELS:
        value = score.f1(name)
        good = math.isnan(value) or value >= GOAL_F1[name]
        yield Text(NOTHING if math.isnan(value) else f"{value:.2f}", style="" if good else "red")
    yield Text(_start_error(score))


def _start_error(score: Score) -> str:
    """Return the median and the 95th percentile, in ms for sound and in frames for picture."""
    if not score.errors_s:
        return NOTHING
    size = np.abs(score.errors_s)
    median, most = (float(np.percentile(size, share)) for share in (50, 95))
    if score.defect in SOUND:
        return f"{1000 * median:.0f}, {1000 * most:.0f} ms"
    return f"{median / score.frame_s:.1f}, {most / score.frame_s:.1f} frames"


def _lines(scores: Scores) -> Iterator[Text]:
    alarms = len(scores.clean_false)
    hours = scores.clean_s / 3600
    good = alarms <= GOAL_FALSE_PER_HOUR * max(1.0, hours)
    yield Text(
        f"\nclean media: {alarms} false alarms in {hours:.2f} h ({scores.false_per_hour:.1f} an hour)",
        style="" if good else "red",
    )
    yield from _listed(scores.clean_false, "  ")
    missed = [
        miss for score in scores.defects.values() for level in score.levels.values() for miss in level.missed
    ]
    if missed:
        yield Text("missed:")
        yield from _listed(missed, "  ")
    others = [false for score in scores.defects.values() for false in score.false if "(planted" in false]
    if others:
        yield Text("found beside what was planted:")
        yield from _listed(others, "  ")
    yield from _listed(scores.failures, "not run: ")
    if scores.hidden:
        yield Text(f"{scores.hidden} trials do not count: what was planted does not show there")
    yield Text(f"speed: {scores.speed:.1f} x real time, one process")


def _listed(lines: list[str], before: str) -> Iterator[Text]:
    for line in lines[:MOST_LINES]:
        yield Text(f"{before}{line}")
    if len(lines) > MOST_LINES:
        yield Text(f"{before}and {len(lines) - MOST_LINES} more: see --json")


def _percent(value: float) -> str:
    return NOTHING if math.isnan(value) else f"{100 * value:.0f} %"


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
