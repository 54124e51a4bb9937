"""The benchmark as a picture: how precision falls as recall rises."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from harness.bench.score import Score, Scores

PANEL_PX: Final = 190
MARGIN_PX: Final = 34
COLUMNS: Final = 5


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
