"""The benchmark as pictures: how precision falls as recall rises, and what each planted defect looks like."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.bench.score import Score, Scores
from harness.impair import IMPAIRMENTS
from harness.impair.base import LEVELS, FaultSpec, Picture
from harness.media import VideoFormat
from harness.simulator.titles.library import Library

PANEL_PX: Final = 190
MARGIN_PX: Final = 34
COLUMNS: Final = 5
EXAMPLE: Final = VideoFormat(640, 360, Fraction(25))
EXAMPLE_TITLE: Final = "nature"
EXAMPLE_S: Final = 2.0
THUMB_PX: Final = (320, 180)
LABEL_PX: Final = 22
IN_TIME_ALONE: Final = frozenset({"freeze_frame", "stutter", "flicker"})
"""What a still cannot show."""


def draw_curves(scores: Scores, path: Path) -> None:
    """Write the precision-recall curve of each defect as one SVG."""
    shown = [
        score for score in scores.defects.values() if any(level.planted for level in score.levels.values())
    ]
    cell = PANEL_PX + MARGIN_PX
    rows = -(-len(shown) // COLUMNS)
    size = (COLUMNS * cell + MARGIN_PX, rows * cell + MARGIN_PX)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{size[0]}" height="{size[1]}" fill="#fff"/>',
    ]
    for number, score in enumerate(shown):
        x, y = MARGIN_PX + number % COLUMNS * cell, MARGIN_PX + number // COLUMNS * cell
        parts += _panel(score, x, y)
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def _panel(score: Score, x: int, y: int) -> Iterator[str]:
    side = PANEL_PX - 24
    yield f'<text x="{x}" y="{y - 6}" font-weight="bold">{escape(score.defect)}</text>'
    yield f'<rect x="{x}" y="{y}" width="{side}" height="{side}" fill="#f7f8fa" stroke="#ccd"/>'
    for share in (0.25, 0.5, 0.75):
        line = y + round(side * share)
        yield f'<line x1="{x}" x2="{x + side}" y1="{line}" y2="{line}" stroke="#e3e6ea"/>'
    curve = score.curve()
    if curve:
        points = [(0.0, curve[0][1]), *curve]
        path = " ".join(f"{x + side * recall:.1f},{y + side * (1 - good):.1f}" for recall, good in points)
        yield f'<polyline points="{path}" fill="none" stroke="#0b57a4" stroke-width="2"/>'
        end_x, end_y = path.split(" ")[-1].split(",")
        yield f'<circle cx="{end_x}" cy="{end_y}" r="3" fill="#0b57a4"/>'
    else:
        yield f'<text x="{x + 8}" y="{y + side // 2}" fill="#b0201a">nothing found</text>'
    yield f'<text x="{x}" y="{y + side + 13}" fill="#566">recall 0 to 1; precision upwards</text>'


def draw_examples(path: Path) -> None:
    """Write a sheet of what the planted picture defects look like, one row a defect, one column a level."""
    names = [
        name for name, kind in IMPAIRMENTS.items() if kind.medium == "picture" and name not in IN_TIME_ALONE
    ]
    clean = _thumb(_shown(None)[-1], "clean")
    rows = [
        np.hstack([clean, *(_thumb(_example(name, level), f"{name}, {level}") for level in LEVELS)])
        for name in names
    ]
    if rows:
        cv2.imwrite(str(path), np.vstack(rows))


def _example(name: str, level: str) -> Picture:
    return _shown(FaultSpec(name, EXAMPLE_S - 0.4, 1.0, level, seed=1))[-1]


def _shown(spec: FaultSpec | None) -> Sequence[Picture]:
    reel = Library().title(EXAMPLE_TITLE).open(EXAMPLE)
    impairment = IMPAIRMENTS[spec.defect](spec, EXAMPLE.fps, None) if spec else None
    shown = []
    for index in range(round(EXAMPLE_S * EXAMPLE.fps)):
        picture = reel.picture(index / EXAMPLE.fps)
        shown.append(impairment.picture(picture, float(index / EXAMPLE.fps)) if impairment else picture)
    reel.close()
    return shown


def _thumb(picture: Picture, label: str) -> NDArray[np.uint8]:
    y, u, v = picture
    planes = np.concatenate([np.ascontiguousarray(plane).ravel() for plane in (y, u, v)])
    colour = cv2.cvtColor(planes.reshape(y.shape[0] * 3 // 2, y.shape[1]), cv2.COLOR_YUV2BGR_I420)
    thumb = cv2.resize(colour, THUMB_PX, interpolation=cv2.INTER_AREA)
    strip = np.full((LABEL_PX, THUMB_PX[0], 3), 255, np.uint8)
    cv2.putText(strip, label, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (30, 25, 21), 1, cv2.LINE_AA)
    return np.vstack([strip, thumb])
