"""banding: smooth gradients fall into bands in the middle of a shot."""

from typing import Final

import numpy as np

from harness.analysis import motion
from harness.analysis.departures import Rules, departures
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.motion import Motion
from harness.analysis.tones import missing_tones
from harness.analysis.trigger import Interval, Trigger
from harness.findings import Metric

RULES: Final = Rules(rise=0.12, alone=0.2)
"""Shares of the levels."""


class Banding(VideoDetector):
    """The viewer sees a sky fall into bands, as on a map.

    Measures how many luma levels, of those between which the smooth areas lie, are used by nearly no px:
    a device that works with too few bits leaves them out all over the picture. Drawn pictures use few
    levels from the start of a shot.
    """

    defect = "banding"
    metric = Metric("share of luma levels that smooth areas lack", "ratio")
    columns = ("missing_tones", *motion.COLUMNS)
    trigger = Trigger(enter=RULES.rise, leave=RULES.rise / 2, min_s=RULES.shortest_s)
    explains = frozenset({"noise", "blur"})

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the share of missing levels, and the motion."""
        return (view.of(missing_tones), *motion.measure(view))

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where levels go missing abruptly."""
        seen = Motion.of(series)
        missing = series.columns["missing_tones"].astype(np.float64)
        return [
            item.interval(seen, item.before + item.height, RULES.rise, context.whole_picture)
            for item in departures(missing, seen, RULES)
        ]
