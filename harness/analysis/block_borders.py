"""How strongly new edges close around rectangles of whole blocks, on the coding grid and off it."""

from typing import Final

import cv2
import numpy as np

from harness.analysis.frame_view import FrameView
from harness.analysis.grid_edges import OFFSETS, new_sides, sides
from harness.media import Plane

SQUARES: Final = (8, 2)
"""Sides of squares in cells of 8 px: a coding tree unit, and a macroblock."""

RUNS: Final = ((2, 8), (2, 4), (1, 8))
"""Height and width, in cells, of a piece of a row of blocks: only its upper and lower border count."""

CLEAR_CODES: Final = 16
GONE_CODES: Final = 4
"""A border of 16 px counts where it is as strong as that, and was no stronger than this: what faint coding
leaves at its blocks is weaker, and the edge of a panel before a moving scene only varies."""

SHAPES: Final = (*[f"square{side}" for side in SQUARES], *[f"run{high}x{wide}" for high, wide in RUNS])


def borders(view: FrameView) -> tuple[list[float], list[float]] | None:
    """Return the strongest new border for each of `SHAPES`, code values: on the grid, and off it."""
    found = view.of(new_sides)
    if found is None:
        return None
    maps = [_squares(found.left[side], found.top[side], side) for side in SQUARES]
    maps += [_runs(found.top[wide], high) for high, wide in RUNS]
    strongest = [_most(each) for each in maps]
    return [float(each[0]) for each in strongest], [float(each[1:].max()) for each in strongest]


def new_borders(view: FrameView) -> tuple[int, int]:
    """Return how many borders of 16 px came about on the coding grid, and on the busiest grid off it."""
    if view.previous is None:
        return 0, 0
    now, before = view.picture.of(sides), view.previous.picture.of(sides)
    counts = [
        _clear(now.top[2][layer], before.top[2][layer]) + _clear(now.left[2][layer], before.left[2][layer])
        for layer in range(len(OFFSETS))
    ]
    return counts[0], max(counts[1:])


def _clear(now: Plane, before: Plane) -> int:
    if not now.size:
        return 0
    there = cv2.compare(now, CLEAR_CODES, cv2.CMP_GE)
    return cv2.countNonZero(cv2.bitwise_and(there, cv2.compare(before, GONE_CODES, cv2.CMP_LE)))


def _most(found: Plane) -> Plane:
    """Return the largest value on each of the grids."""
    if not found.size:
        return np.zeros(len(OFFSETS), np.uint8)
    return np.asarray(found.reshape(len(found), -1).max(axis=1))


def _squares(left: Plane, top: Plane, side: int) -> Plane:
    """Return, for each cell where a square may begin, its second weakest side: one may blend in."""
    high, wide = left.shape[1], top.shape[2]
    above, below = top[:, :high], top[:, side : side + high]
    before, behind = left[:, :, :wide], left[:, :, side : side + wide]
    weak = np.maximum(np.minimum(above, below), np.minimum(before, behind))
    strong = np.minimum(np.maximum(above, below), np.maximum(before, behind))
    return np.minimum(weak, strong, out=weak)


def _runs(top: Plane, high: int) -> Plane:
    """Return, for each cell where a run may begin, its weaker border; at the edge the only one."""
    if top.shape[1] <= 2 * high:
        return top[:, :0]
    inside = np.minimum(top[:, high : -2 * high], top[:, 2 * high : -high])
    return np.concatenate([top[:, high : high + 1], inside, top[:, -1 - high : -high]], axis=1)
