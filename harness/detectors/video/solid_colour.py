"""solid_colour: one colour, or colour bars, fill the screen instead of the programme."""

from typing import Final

import numpy as np

from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.emptiness import off_bars, off_one_colour
from harness.analysis.explaining import MARRED
from harness.analysis.frame_view import FrameView
from harness.analysis.outage import Across, abrupt, same_scene
from harness.analysis.trigger import Interval, Trigger
from harness.clock import NS_PER_S
from harness.findings import Metric

SURE_S: Final = 0.5
"""An empty screen for so long is no transition, even if another scene follows."""

LONG_S: Final = 2.0
"""So long nothing but a colour is none either, however it ends."""


class SolidColour(VideoDetector):
    """The viewer sees a colour instead of the programme: the blue, green, grey or bars of a lost input.

    Measures how far the picture strays from one colour, or from colour bars. What a device generates
    strays by coding noise alone; sky, fog and walls have a gradient above 2 code values in every clip that
    was measured, and a title card has letters in its middle. Films fade or cut through a colour by
    design: so it must begin from one frame to the next, and unless it lasts for half a second, the same
    scene must be there before and after it.

    Limit: 2 code values, and 0.2 s as for `black_frames`.
    """

    defect = "solid_colour"
    metric = Metric("how far the picture strays from one colour or from bars", "8-bit code value")
    columns = ("stray", "spread", "likeness_across")
    trigger = Trigger(enter=2.0, leave=2.0, min_s=0.18, above=False)
    explains = MARRED | {"freeze_frame", "stutter", "stalling"}

    def __init__(self) -> None:
        self._across = Across()

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return how far the picture strays, its contrast, and how alike the scenes around an outage are."""
        stray = min(off_one_colour(view), off_bars(view))
        return stray, view.spread, self._across.measure(view, gone=stray <= self.trigger.leave)

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where the programme was replaced from one frame to the next."""
        found = super().find(series, context)
        return [item for item in found if _replaces(series, item)]


def _replaces(series: Series, item: Interval) -> bool:
    start, stop = (int(np.searchsorted(series.t_ns, t_ns)) for t_ns in (item.start_ns, item.end_ns))
    at_start, at_end = start == 0, stop == len(series.t_ns)
    length_s = (item.end_ns - item.start_ns) / NS_PER_S
    if not at_start and not abrupt(series, start - 1, -1, {"spread": 0.0}):
        return False
    if length_s >= LONG_S:
        return True
    if at_start or not (at_end or abrupt(series, stop, 1, {"spread": 0.0})):
        return False
    return length_s >= SURE_S or same_scene(series, start, stop)
