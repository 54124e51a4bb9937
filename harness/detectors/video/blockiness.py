"""blockiness: the squares of a block coder show."""

from typing import Final

import numpy as np

from harness.analysis import motion
from harness.analysis.block_grid import grid_contrast
from harness.analysis.departures import Rules, departures
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.motion import Motion
from harness.analysis.trigger import Interval, Trigger
from harness.findings import Metric

RULES: Final = Rules(rise=0.09, alone=0.2)
"""Contrast of the grid: faint squares make 0.1 to 0.2 after coding, strong ones more than 0.6."""


class Blockiness(VideoDetector):
    """The viewer sees the squares of a block coder, as at far too low a bit rate or without deblocking.

    Measures how much steeper the picture is on the lines of a grid of 8 or 16 px (or the same after it was
    scaled up) than beside them, in both directions (Muijs and Kirenko, EUSIPCO 2005). A title that was
    coded coarsely has some of it from its start; what a device does to it appears within a shot.

    Limit: in 17 minutes of clean clips, among them MPEG-1 at a low bit rate, drawn tiles and pixel art, no
    shot gains this contrast at once.
    """

    defect = "blockiness"
    every_picture = False
    metric = Metric("how much steeper the picture is on a block grid than beside it", "ratio less 1")
    columns = ("grid_contrast", *motion.COLUMNS)
    trigger = Trigger(enter=RULES.rise, leave=RULES.rise / 2, min_s=RULES.shortest_s)
    explains = frozenset({"block_corruption", "blur", "banding", "noise", "tearing"})

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the contrast of the strongest grid, and the motion."""
        return (view.picture.of(grid_contrast), *motion.measure(view))

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where a grid appears abruptly."""
        seen = Motion.of(series)
        contrast = series.columns["grid_contrast"].astype(np.float64)
        return [
            item.interval(seen, item.before + item.height, RULES.rise, context.whole_picture)
            for item in departures(contrast, seen, RULES)
        ]
