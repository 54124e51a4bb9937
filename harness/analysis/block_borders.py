"""How strongly new edges close around rectangles of whole blocks, on the coding grid and off it."""

from typing import Final

import numpy as np

from harness.analysis.frame_view import FrameView
from harness.analysis.grid_edges import OFFSETS, new_sides
from harness.media import Plane

SQUARES: Final = (8, 2)
"""Sides of squares in cells of 8 px: a coding tree unit, and a macroblock."""

RUNS: Final = ((2, 8), (2, 4), (1, 8))
"""Height and width, in cells, of a piece of a row of blocks: only its upper and lower border count."""

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
