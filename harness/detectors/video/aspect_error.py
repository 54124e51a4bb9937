"""aspect_error: the picture is squeezed, stretched, shrunk or cut at its sides in the middle of a shot."""

from typing import Final

import numpy as np

from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.framing import shrunk, side_bars, stretched
from harness.analysis.trigger import Interval, Trigger, confidence
from harness.clock import NS_PER_MS, NS_PER_S
from harness.findings import Metric

ABRUPT: Final = 1.2
"""A stretch changes the picture so many times more than the frame before did."""

WORTH_CODES: Final = 1.5
"""And by this many code values on average."""

LIKE: Final = 0.98
"""Pictures that are more alike than this were not stretched: 0.974 at the least stretch of a talking head."""

KEPT: Final = 0.6
"""The bars are there while they keep this share of their width."""

STRETCHED: Final = (0.75, 0.95)
"""Least likeness of a stretch that is undone later, and of one that is not."""

SAME_FACTOR: Final = 0.05
"""A stretch is undone by a factor that differs by at most this."""


class AspectError(VideoDetector):
    """The viewer sees the picture change its shape: squeezed between bars, shrunk, cut off, or stretched.

    A title has the shape that it has: letterboxed, pillarboxed, or changing from one shot to the next. So
    what counts is a change within a shot. New bars left and right, equally wide, must hold what the frame
    before held, whole or cut; a stretched picture must be like the middle of the frame before, and far
    less like all of it, in nearly every part of it: figures move apart by themselves. A picture that is
    enlarged evenly is not judged: editors do that, too.

    Limit: a likeness of 0.85 behind bars, of 0.75 where a stretch is undone; bars from 1.2 % of the width, a
    stretch from 4 %: changes below 3 % were hardly seen in the planted clips.
    """

    defect = "aspect_error"
    every_picture = False
    metric = Metric("likeness to the frame before in its old shape", "correlation")
    columns = ("bars", "shrunk", "stretched", "stretched_by", "undone", "undone_by")
    trigger = Trigger(enter=0.85, leave=0.85, min_s=0.08)

    def __init__(self) -> None:
        self._last_change = 0.0

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the width of side bars, and how well a new shape explains the step to this frame."""
        onset, undone = (0.0, 1.0), (0.0, 1.0)
        change = float(np.nan_to_num(view.change))
        abrupt = change >= max(WORTH_CODES, ABRUPT * self._last_change) and view.likeness < LIKE
        if view.previous is not None and abrupt:
            onset, undone = stretched(view, view.previous), stretched(view.previous, view)
        self._last_change = change
        return (view.picture.of(side_bars), view.of(shrunk), *onset, *undone)

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where the picture has lost its shape."""
        edges_ns = np.append(series.t_ns, series.end_ns)
        spans = sorted(_shrunk(series, self.trigger.enter) + _stretched(series))
        found: list[Interval] = []
        for start, stop, likeness in spans:
            start_ns, end_ns = int(edges_ns[start]), int(edges_ns[stop])
            if (found and start_ns <= found[-1].end_ns) or end_ns - start_ns < self.trigger.min_s * NS_PER_S:
                continue
            sure = likeness * confidence(end_ns - start_ns, 40 * NS_PER_MS)
            found.append(
                Interval(start_ns, end_ns, likeness, sure, self.trigger.enter, context.whole_picture)
            )
        return found


def _shrunk(series: Series, least: float) -> list[tuple[int, int, float]]:
    """Return rows `[start, stop)` of each stretch of new bars, and the likeness at its start."""
    bars, spans = series.columns["bars"], []
    for start in np.flatnonzero(series.columns["shrunk"] >= least).tolist():
        gone = np.flatnonzero(bars[start:] < KEPT * bars[start])
        stop = start + int(gone[0]) if gone.size else len(bars)
        spans.append((start, stop, float(series.columns["shrunk"][start])))
    return spans


def _stretched(series: Series) -> list[tuple[int, int, float]]:
    likeness, factor = series.columns["stretched"], series.columns["stretched_by"]
    undone, undone_by = series.columns["undone"], series.columns["undone_by"]
    spans = []
    for start in np.flatnonzero(likeness >= STRETCHED[0]).tolist():
        back = (undone >= STRETCHED[0]) & (np.abs(undone_by - factor[start]) <= SAME_FACTOR)
        later = np.flatnonzero(back[start + 1 :])
        if later.size or likeness[start] >= STRETCHED[1]:
            stop = start + 1 + int(later[0]) if later.size else len(likeness)
            spans.append((start, stop, float(likeness[start])))
    return spans
