"""block_corruption: blocks of the coded picture are misplaced, repeated, of one colour, or lost."""

from typing import Final

import numpy as np

from harness.analysis.block_borders import SHAPES, borders
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.rows import moves
from harness.analysis.trigger import Interval, Trigger, confidence
from harness.clock import NS_PER_S
from harness.findings import Metric

LEAST_CODES: Final = dict(zip(SHAPES, (12.0, 45.0, 20.0, 32.0, 20.0), strict=True))
"""From here on a new border is one, code values: half as much again as the largest in clean clips. The more
px it runs along, the less of it comes about by chance."""

OFF_GRID: Final = 2.5
"""It is so many times what the same shapes show off the grid: text and cuts do not know the grid."""

SMALL_ROWS: Final = 360
"""In pictures of fewer rows the limits grow: a line on a playing field soon runs along a block's 64 px."""

DAMAGED: Final = 1.0

TOGETHER_S: Final = 0.6
"""Damaged pictures less than this apart make one finding."""

LEAST_PICTURES: Final = 3
"""A cut, and a caption that pops up on the grid after it, are two; damage changes from picture to picture."""


class BlockCorruption(VideoDetector):
    """The viewer sees blocks where they do not belong: pieces of another place, the same piece again and
    again, green or grey squares, a strip across the picture.

    Measures edges one px wide that were not there in the picture before and that close around squares or
    strips of whole blocks of the coding grid, against the same on grids that no coder uses. Edges of a
    moving scene, of text and of a new shot lie anywhere; mosaics, walls of tiles and panels stay.

    Limit: three such pictures, each within 0.6 s of the next. The area does not matter: one block of 64 px,
    or a strip of 64 by 16, is enough (the learned detector that Prime Video published asks for 7 %).
    """

    defect = "block_corruption"
    metric = Metric("new block borders, as a multiple of the least that counts", "x")
    columns = ("borders",)
    trigger = Trigger(enter=DAMAGED, leave=DAMAGED)
    explains = frozenset({"tearing", "stutter"})

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return how strongly new edges close around blocks, 1 where that counts."""
        if view.previous is None:
            return (float("nan"),)
        found = view.of(borders) if moves(view) else None
        if found is None:
            return (0.0,)
        small = max(1.0, SMALL_ROWS / view.height_px)
        return (
            max(
                on / max(small * least, OFF_GRID * off)
                for on, off, least in zip(*found, LEAST_CODES.values(), strict=True)
            ),
        )

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where damaged pictures follow each other closely."""
        value = series.columns["borders"].astype(np.float64)
        edges = np.append(series.t_ns, series.end_ns)
        with np.errstate(invalid="ignore"):
            damaged = np.flatnonzero(value >= DAMAGED)
        groups: list[list[int]] = []
        for row in damaged.tolist():
            if groups and edges[row] - edges[groups[-1][-1]] < TOGETHER_S * NS_PER_S:
                groups[-1].append(row)
            else:
                groups.append([row])
        return [
            Interval(
                int(edges[group[0]]),
                int(edges[group[-1] + 1]),
                peak=float(value[group].max()),
                confidence=confidence(len(group), LEAST_PICTURES),
                limit=DAMAGED,
                region=context.whole_picture,
            )
            for group in groups
            if len(group) >= LEAST_PICTURES
        ]
