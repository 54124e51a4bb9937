"""block_corruption: blocks of the coded picture are misplaced, repeated, of one colour, or lost."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import motion
from harness.analysis.block_borders import SHAPES, borders, new_borders
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.motion import Motion
from harness.analysis.rows import moves
from harness.analysis.sliding import sliding_maximum
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

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

TOGETHER_S: Final = 0.6
"""Damaged pictures less than this apart make one finding."""

MANY: Final = 2.5
LEAST_MANY: Final = 8
"""A picture is also damaged where it has so many times as many new borders on the grid as off it and as
pictures usually have, and so many more: a decoder that conceals what it lost leaves faint ones."""

BESIDE_PICTURES: Final = 5
"""What moves shows its borders now on the grid and now off it: so many pictures are looked at for those."""

BEFORE_S: Final = 1.0
KNOWN_S: Final = 0.3
"""What the picture's own borders are is learnt from so long before, from so much at least."""

OWN_PERCENT: Final = 95.0
OWN_SHARE: Final = 0.5
MORE: Final = 1.3
"""Borders are the picture's own if 1 in 20 earlier pictures has half as many on the grid, or 1 in 20 pictures
around nearly as many off it."""

LEAST_PICTURES: Final = 3
"""A cut, and a caption that pops up on the grid after it, are two; damage changes from picture to picture."""


class BlockCorruption(VideoDetector):
    """The viewer sees blocks where they do not belong: pieces of another place, the same piece again and
    again, green or grey squares, a strip across the picture.

    Measures edges one px wide that were not there in the picture before and that close around squares or
    strips of whole blocks of the coding grid, against the same on grids that no coder uses. Edges of a
    moving scene, of text and of a new shot lie anywhere. Where a decoder conceals what it lost, borders are
    faint and close around nothing, but there are many more on the grid than off it. A mosaic, a wall of tiles
    and pixel art have such borders from the start of their shot, or as many off the grid a picture later.

    Limit: three such pictures, each within 0.6 s of the next. The area does not matter: one block of 64 px,
    or a strip of 64 by 16, is enough (the learned detector that Prime Video published asks for 7 %).
    """

    defect = "block_corruption"
    every_picture = False
    metric = Metric("new block borders, as a multiple of the least that counts", "x")
    columns = ("borders", "on_grid", "off_grid", *motion.COLUMNS)
    trigger = Trigger(enter=DAMAGED, leave=DAMAGED)
    explains = frozenset({"tearing", "stutter"})

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return how strongly new edges close around blocks, 1 where that counts."""
        if view.previous is None:
            return (float("nan"),) * 3 + motion.measure(view)
        found = view.of(borders) if moves(view) else None
        if found is None:
            return (0.0,) * 3 + motion.measure(view)
        small = max(1.0, SMALL_ROWS / view.height_px)
        strongest = max(
            on / max(small * least, OFF_GRID * off)
            for on, off, least in zip(*found, LEAST_CODES.values(), strict=True)
        )
        return (strongest, *new_borders(view), *motion.measure(view))

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where damaged pictures follow each other closely, in a picture that had no such borders."""
        seen = Motion.of(series)
        value, on, off = (series.columns[name].astype(np.float64) for name in self.columns[:3])
        value = np.fmax(np.nan_to_num(value), _many(on, off, seen.rows(BEFORE_S)))
        damaged = value >= DAMAGED
        stretches = _Stretches(damaged, on, off, seen)
        return [
            Interval(
                int(seen.edges_ns[group[0]]),
                int(seen.edges_ns[group[-1] + 1]),
                peak=float(value[group].max()),
                confidence=confidence(len(group), LEAST_PICTURES),
                limit=DAMAGED,
                region=context.whole_picture,
            )
            for group in _groups(damaged, seen)
            if len(group) >= LEAST_PICTURES and stretches.foreign(group)
        ]


def _many(on: Values, off: Values, before: int) -> Values:
    """Return how many borders there are on the grid, as a multiple of what is many there; 0 for most.

    Many is by comparison with those off the grid, and with what there was before. A picture that is shown
    again has no new border and does not tell what is usual: of 60 a second, 24 do.
    """
    least = MANY * sliding_maximum(np.nan_to_num(off), BESIDE_PICTURES) + LEAST_MANY
    times = np.zeros_like(on)
    for row in np.flatnonzero(on >= least).tolist():
        since = slice(max(0, row - before), row + 1)
        fresh = on[since][on[since] + off[since] > 0]
        times[row] = on[row] / max(least[row], MANY * float(np.median(fresh)) + LEAST_MANY)
    return times


def _groups(damaged: Mask, seen: Motion) -> list[list[int]]:
    groups: list[list[int]] = []
    for row in np.flatnonzero(damaged).tolist():
        if groups and seen.edges_ns[row] - seen.edges_ns[groups[-1][-1]] < TOGETHER_S * NS_PER_S:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


@dataclass(frozen=True, slots=True)
class _Stretches:
    """What the pictures around damaged ones have on the grid and off it."""

    damaged: Mask
    on: Values
    off: Values
    seen: Motion

    def foreign(self, group: list[int]) -> bool:
        """Return whether the borders of a group are none of the picture's own.

        What is drawn on the grid, such as a mosaic, has them from the start of its shot; and what moves
        has as many off the grid, if not in the same picture then in others.
        """
        before = self.seen.rows(BEFORE_S)
        first = max(0, group[0] - before)
        usual = float(np.median(self.on[group]))
        earlier = self._calm(first, group[0])
        around = self._calm(first, group[-1] + 1)
        if len(earlier) < self.seen.rows(KNOWN_S):
            return False
        if np.percentile(self.on[earlier], OWN_PERCENT) > OWN_SHARE * usual:
            return False
        return bool(usual > MORE * np.percentile(self.off[around], OWN_PERCENT))

    def _calm(self, first: int, end: int) -> NDArray[np.intp]:
        """Return the pictures of a stretch that are neither damaged nor the first of a shot."""
        calm = ~self.damaged[first:end] & ~self.seen.cut[first:end] & np.isfinite(self.on[first:end])
        return first + np.flatnonzero(calm)
