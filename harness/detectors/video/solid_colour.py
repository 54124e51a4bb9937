"""solid_colour: one colour, or colour bars, fill the screen instead of the programme."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.emptiness import generated, ground, off_bars, off_one_colour, usual_colour
from harness.analysis.explaining import MARRED
from harness.analysis.frame_view import FrameView
from harness.analysis.outage import Across, abrupt, same_scene
from harness.analysis.trigger import Interval, Trigger
from harness.clock import NS_PER_S
from harness.findings import Metric

SURE_S: Final = 0.5
"""A colour that generators show is no transition if it lasts so long, even if another scene follows."""

LONG_S: Final = 2.0
"""So long nothing but a colour, whichever it is, is none either, however it ends."""

CARD: Final = 0.5
"""Where so much of the frame before or after has the colour, too, it is a card that words come upon."""


class SolidColour(VideoDetector):
    """The viewer sees a colour instead of the programme: the blue, green, grey or bars of a lost input.

    Measures how far the picture strays from one colour, or from colour bars. What a device generates
    strays by coding noise alone; sky, fog and walls have a gradient above 2 code values in every clip that
    was measured, and a title card has letters in its middle. Films fade or cut through a colour by
    design, and a card may be empty before words come upon it: so a colour must begin from one frame to the
    next, and not stay as the ground of what follows. Unless it lasts for two seconds, or is the colour of a
    generator and lasts for half a second, the same scene must be there before and after it.

    Limit: 2 code values, and 0.2 s as for `black_frames`.
    """

    defect = "solid_colour"
    every_picture = False
    metric = Metric("how far the picture strays from one colour or from bars", "8-bit code value")
    columns = ("stray", "spread", "likeness_across", "generated", "ground")
    trigger = Trigger(enter=2.0, leave=2.0, min_s=0.18, above=False)
    explains = MARRED | {"freeze_frame", "stutter", "stalling"}

    def __init__(self) -> None:
        self._across = Across()
        self._colour: NDArray[np.float32] | None = None

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return how far the picture strays, its contrast, and what tells an outage from a card.

        That is how alike the scenes around it are, whether it is as a generator makes it, and how much of
        the frame before the first and of the frame after the last has its colour, too.
        """
        one, bars = off_one_colour(view.picture), off_bars(view.picture)
        gone = min(one, bars) <= self.trigger.leave
        across = self._across.measure(view, gone)
        made = float("nan") if not gone else 1.0 if bars < one else generated(view.picture)
        return min(one, bars), view.spread, across, made, self._ground(view, gone)

    def _ground(self, view: FrameView, gone: bool) -> float:
        before, self._colour = self._colour, usual_colour(view.picture) if gone else None
        if before is None and self._colour is not None:
            return ground(view.previous.picture, self._colour) if view.previous else 0.0
        return ground(view.picture, before) if before is not None and not gone else float("nan")

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
    if np.nan_to_num(series.columns["ground"][start : stop + 1]).max() >= CARD:
        return False
    if length_s >= LONG_S:
        return True
    if at_start or not (at_end or abrupt(series, stop, 1, {"spread": 0.0})):
        return False
    made = length_s >= SURE_S and bool(series.columns["generated"][start])
    return made or same_scene(series, start, stop)
