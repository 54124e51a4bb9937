"""banding: smooth gradients fall into bands in the middle of a shot."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import motion
from harness.analysis.departures import Departure, Rules, departures
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.motion import Motion
from harness.analysis.tones import missing_tones
from harness.analysis.trigger import Interval, Trigger
from harness.findings import Metric

RULES: Final = Rules(rise=0.12, alone=0.2)
"""Shares of the levels: real clips have 0.01 to 0.1, a step of 6 code values makes 0.2 to 0.5."""

SAME_CONTRAST: Final = 0.1
"""The contrast of the whole picture stays the same to this share: a fade to white also loses levels."""


class Banding(VideoDetector):
    """The viewer sees a sky fall into bands, as on a map.

    Measures how many luma levels, of those between which the smooth areas lie, are used by nearly no px:
    a device that works with too few bits leaves them out all over the picture. Drawn pictures use few
    levels from the start of a shot.
    """

    defect = "banding"
    every_picture = False
    metric = Metric("share of luma levels that smooth areas lack", "ratio")
    columns = ("missing_tones", "spread", *motion.COLUMNS)
    trigger = Trigger(enter=RULES.rise, leave=RULES.rise / 2, min_s=RULES.shortest_s)
    explains = frozenset({"noise", "blur"})

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the share of missing levels, the contrast, and the motion."""
        return (view.picture.of(missing_tones), view.spread, *motion.measure(view))

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where levels go missing abruptly."""
        seen = Motion.of(series)
        missing, spread = (series.columns[name].astype(np.float64) for name in ("missing_tones", "spread"))
        return [
            item.interval(seen, item.before + item.height, RULES.rise, context.whole_picture)
            for item in departures(missing, seen, RULES)
            if _same(spread, item)
        ]


def _same(spread: NDArray[np.float64], item: Departure) -> bool:
    before, after = item.sides(spread)
    return abs(after - before) <= SAME_CONTRAST * before + 0.5
