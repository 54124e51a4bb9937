"""combing: fields of interlaced video woven into one picture."""

from typing import Final

import numpy as np

from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.fields import weave
from harness.analysis.frame_view import FrameView
from harness.analysis.rows import moves
from harness.analysis.trigger import Interval, Trigger
from harness.findings import Metric

LEAST_PERCENT: Final = 0.03
"""So much of the picture must be combed: 622 px of 1080p."""

COMBED_SHARE: Final = 0.04
"""Weaving rows of two progressive pictures combs what moves. A picture that came woven has at least this
share of that; in honest clips it was below 0.01, in planted ones of half strength above 0.08."""

ONE_SIDED: Final = 1.2
"""The rows of a woven picture are of two times, so one of them is nearer to the picture before: weaving it
with that combs less than weaving the other does, by this factor. Stripes comb alike either way."""

AS_MUCH: Final = 0.8
"""The other weaving combs about as much as this picture is combed, or more: its rows are further apart.
Stripes of two rows that move by one alternate, and comb in neither."""

NOT_COMBED: Final = 0.0


class Combing(VideoDetector):
    """The viewer sees horizontal teeth at the edges of whatever moves; what stands still is whole.

    A px is combed if its row and the next but one stand out from the even rows between and around them to
    the same side by more than 8 code values. Counts those in three pictures: this one, and this one with
    its odd or its even rows from the picture before. The last two say how much moves; that only one of
    them is better than this one says that the rows are of two times (what FFmpeg's idet compares, too).

    Limits: found by comparing clean and planted clips after H.264 at crf 18.
    """

    defect = "combing"
    every_picture = False
    metric = Metric("combed share of the picture", "%")
    columns = ("combed", "odd_before", "even_before")
    explains = frozenset({"noise"})
    trigger = Trigger(enter=COMBED_SHARE, leave=COMBED_SHARE / 2, min_s=0.1, merge_s=0.25)

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return how much is combed, and would be with odd or even rows of the picture before, in %."""
        if view.previous is None:
            return (float("nan"),) * 3
        found = view.of(weave) if moves(view) else None
        if found is None:
            return (NOT_COMBED,) * 3
        return 100 * found.combed, 100 * found.odd_before, 100 * found.even_before

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where what moves is combed, and the rows are of two times."""
        combed, odd, even = (series.columns[name].astype(np.float64) for name in self.columns)
        share = np.where(combed >= LEAST_PERCENT, combed / np.maximum(1e-9, np.maximum(odd, even)), 0.0)
        share[np.isnan(combed)] = np.nan
        found = []
        for interval in self.trigger.intervals(series.t_ns, share, series.end_ns):
            rows = slice(*np.searchsorted(series.t_ns, (interval.start_ns, interval.end_ns)))
            sums = sorted((float(np.nansum(odd[rows])), float(np.nansum(even[rows]))))
            now = float(np.nansum(combed[rows]))
            if sums[1] >= max(ONE_SIDED * sums[0], AS_MUCH * now):
                peak = float(np.nanmax(combed[rows]))
                found.append(
                    Interval(
                        interval.start_ns,
                        interval.end_ns,
                        peak=peak,
                        confidence=interval.confidence,
                        limit=LEAST_PERCENT,
                        region=context.whole_picture,
                    )
                )
        return found
