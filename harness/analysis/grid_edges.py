"""Edges on the coding grid, and off it for comparison: what a damaged block leaves at its border."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from harness.analysis.frame_view import FrameView
from harness.analysis.picture import Picture
from harness.analysis.rows import steps
from harness.media import Plane

GRID_PX: Final = 8
"""Side of the smallest block of MPEG-2, H.264 and HEVC whose border can show; larger ones are multiples."""

OFFSETS: Final = ((0, 0), (3, 5), (6, 2))
"""Where the grids begin, (down, across) in px: the first is that of all coders, the others of none. What
shows on those is the picture's own."""

LENGTHS: Final = (2, 4, 8)
"""Over so many cells in a row the edges are averaged."""

ROW_STEP_PX: Final = 4
"""Of so many rows one is looked at for upright edges."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Strength of the edges on the cells of a grid, code values, by the number of cells they run along.

    `top[n]` is the mean over the borders above n cells from each cell on, going right; `left[n]` over the
    borders left of n cells, going down. Shapes are (offsets, cells down, cells across), one more across the
    edge, as the last lies behind the last cell, and in `new_sides` n - 1 less along it. At the border of the
    picture they are 0.
    """

    top: dict[int, Plane]
    left: dict[int, Plane]


def sides(picture: Picture) -> Sides:
    """Return how far the borders of cells stand out from the steps beside them.

    A step between two px that is steeper than those on both sides of it is an edge within one px: borders
    of blocks are, edges in a photographed scene are softer.
    """
    down, across = (-(-side // GRID_PX) for side in (picture.height_px, picture.width_px))
    top = np.zeros((len(OFFSETS), down + 1, across), np.uint8)
    left = np.zeros((len(OFFSETS), down, across + 1), np.uint8)
    upright, step = _upright(picture.luma), picture.of(steps)
    for layer, (y, x) in enumerate(OFFSETS):
        level = _level(step, GRID_PX - 1 + y)
        top[layer, 1 : len(level) + 1, : level.shape[1]] = level
        some = upright[:, GRID_PX - 2 + x :: GRID_PX]
        left[layer, : len(some), 1 : some.shape[1] + 1] = some
    return Sides(_means(top, 2), _means(left, 1))


def new_sides(view: FrameView) -> Sides | None:
    """Return by how much each is stronger than in the previous picture, or None without one."""
    if view.previous is None:
        return None
    now, before = view.picture.of(sides), view.previous.picture.of(sides)
    top, left = (
        {count: _more(one[count], other[count]) for count in LENGTHS}
        for one, other in ((now.top, before.top), (now.left, before.left))
    )
    return Sides(
        {count: each[:, :, : 1 - count] for count, each in top.items()},
        {count: each[:, : 1 - count] for count, each in left.items()},
    )


def _more(now: Plane, before: Plane) -> Plane:
    # In two dimensions, as OpenCV takes a third one for colours.
    flat = cv2.subtract(now.reshape(len(now), -1), before.reshape(len(now), -1)) if now.size else now
    return np.asarray(flat, dtype=np.uint8).reshape(now.shape)


def _upright(luma: Plane) -> Plane:
    """Return the edges between columns, one row for each 8 rows; column c is between px c + 1 and c + 2."""
    some = luma[::ROW_STEP_PX]
    some = some[: some.shape[0] // 2 * 2]
    step = cv2.absdiff(some[:, 1:], some[:, :-1])
    edge = cv2.subtract(step[:, 1:-1], cv2.max(step[:, :-2], step[:, 2:]))
    return _mean(edge[0::2], edge[1::2])


def _level(step: Plane, first: int) -> Plane:
    """Return the edges below rows `first`, `first` + 8 and so on, one column for each 8."""
    count = max(0, (len(step) - first - 2) // GRID_PX + 1)
    before, here, behind = (step[first + by :: GRID_PX][:count] for by in (-1, 0, 1))
    edge = cv2.subtract(here, cv2.max(before, behind))
    pairs = np.ascontiguousarray(edge[:, : edge.shape[1] // 2 * 2]).view("<u2")
    return (((pairs & 0xFF) + (pairs >> 8) + 1) >> 1).astype(np.uint8)


def _mean(one: Plane, other: Plane) -> Plane:
    return np.asarray(cv2.addWeighted(one, 0.5, other, 0.5, 0), dtype=np.uint8)


def _means(edges: Plane, axis: int) -> dict[int, Plane]:
    """Return the mean of so many neighbours along an axis; the last ones of a row or column are void."""
    apart = edges.shape[2] if axis == 1 else 1
    found, means = edges.ravel(), {}
    for length in LENGTHS:
        # One long row: what lies behind the end of a layer's row or column is of the next, hence void.
        shifted = np.zeros_like(found)
        some = length // 2 * apart
        shifted[: found.size - some] = found[some:]
        found = (found >> 1) + (shifted >> 1)
        means[length] = found.reshape(edges.shape)
    return means
