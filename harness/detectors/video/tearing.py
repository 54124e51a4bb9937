"""tearing: the screen shows parts of two pictures at once."""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.rows import moves, rows
from harness.analysis.tears import LATE_PICTURES, NOWHERE, find_break
from harness.analysis.trigger import Interval, Trigger, confidence, merge
from harness.clock import NS_PER_S
from harness.findings import Metric
from harness.media import Plane

SURE: Final = 0.35
"""A picture is torn when an earlier one explains this share of what moves along the line. Of 340 pictures of
honest clips 22 reach it, 14 of them of a crowd; their lines agree for no longer than 0.3 s."""

ALONE: Final = 1.8
"""The gain is so many times the largest elsewhere in the picture, but for the second border of a band."""

TOGETHER_S: Final = 0.6
"""Torn pictures less than this apart may make one finding."""

LEAST_TORN: Final = 5
TORN_SHARE: Final = 0.2
"""So many torn pictures make a finding, and such a share of those they span: a few may be accidents."""

STAYS_S: Final = 0.5
"""A line that stays is there for so long: a shadow may pass over a gap in the floor."""

SAME_ROW_SHARE: Final = 0.0005
"""A line that stays keeps its row to this share of the height."""

OFF_ROWS: Final = 2.5
STEADY_SHARE: Final = 0.0018
"""A line that wanders evenly is found as far from where it is due as that: lines lie between pairs of rows,
and its speed is only known to this share of the height a picture."""

SLOWEST_SHARE: Final = 0.003
FASTEST_SHARE: Final = 0.06
"""A line wanders by such a share of the height a picture: what creeps is an edge of a thing that grows."""


Values = NDArray[np.float64]
Rows = NDArray[np.intp]


class Tearing(VideoDetector):
    """The viewer sees a line across the whole width where moving things break off: above it is an earlier
    picture than below, or the other way round. The line stays, or wanders up or down steadily.

    Measures, for the row border where the picture breaks off most, along which share of what moves there
    the step is smaller when the row on one side is taken from one of the three pictures before. The edge of
    a ticker, of a split screen or of black bars is as large as ever then; and both sides must have been in
    the picture before, so that a wipe or a flash is none. A line that wanders may leave no earlier picture
    to compare with: then one side must have moved on further than the other.

    Limit: several such pictures within 0.6 s whose lines agree. trdrop (a frame rate analyser) looks for
    rows that repeat exactly; coded pictures never do, so this asks what goes on where.
    """

    defect = "tearing"
    metric = Metric("share of the line that an earlier picture explains", "x")
    columns = ("gain", "others", "row")
    trigger = Trigger(enter=SURE, leave=SURE, min_s=0.1)

    def __init__(self) -> None:
        self._earlier: deque[Plane] = deque(maxlen=LATE_PICTURES)

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the gain of the worst border, the third largest, and where the worst is (0..1)."""
        if view.previous is None:
            self._earlier.clear()
            self._earlier.append(view.picture.of(rows))
            return float("nan"), float("nan"), float("nan")
        found = NOWHERE
        if moves(view):
            # A picture that is shown again is none to compare with: 24 of 60 a second are new.
            found = find_break(view, self._earlier, SURE)
            self._earlier.append(view.picture.of(rows))
        return found.gain, found.others, found.row / view.height_px

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where the lines of several torn pictures agree."""
        gain, others, place = (series.columns[name].astype(np.float64) for name in self.columns)
        with np.errstate(invalid="ignore"):
            torn = np.flatnonzero((gain >= SURE) & (gain >= ALONE * others))
        edges = np.append(series.t_ns, series.end_ns)
        spans = []
        height = context.format.video.height_px if context.format.video else 1
        for line in _lines(torn, place * height, edges, height):
            spans.append((line[0], line[-1] + 1))
        spans = merge(sorted(spans), edges, round(TOGETHER_S * NS_PER_S))
        return [self._interval(span, gain, edges, context) for span in spans]

    def _interval(
        self,
        span: tuple[int, int],
        gain: NDArray[np.float64],
        edges: NDArray[np.int64],
        context: Context,
    ) -> Interval:
        start_ns, end_ns = int(edges[span[0]]), int(edges[span[1]])
        return Interval(
            start_ns,
            end_ns,
            peak=float(np.nanmax(gain[span[0] : span[1]])),
            confidence=confidence(end_ns - start_ns, round(self.trigger.min_s * NS_PER_S)),
            limit=SURE,
            region=context.whole_picture,
        )


def _lines(torn: Rows, place: Values, edges: NDArray[np.int64], height: int) -> list[list[int]]:
    """Return the rows of torn pictures whose lines agree with those before: they stay, or wander evenly."""
    open_lines: list[list[int]] = []
    done: list[list[int]] = []
    for row in torn.tolist():
        late = [line for line in open_lines if edges[row] - edges[line[-1]] > TOGETHER_S * NS_PER_S]
        done += late
        open_lines = [line for line in open_lines if line not in late]
        joined = [line for line in open_lines if _agrees(line, row, place, height)]
        for line in joined:
            line.append(row)
        open_lines.append([row])
    return [
        line
        for line in done + open_lines
        if len(line) >= max(LEAST_TORN, TORN_SHARE * (line[-1] - line[0]))
        and (_wanders(line, place, height) or edges[line[-1] + 1] - edges[line[0]] >= STAYS_S * NS_PER_S)
    ]


def _wanders(line: list[int], place: Values, height: int) -> bool:
    return bool(abs(place[line[-1]] - place[line[0]]) >= SLOWEST_SHARE * height * (line[-1] - line[0]))


def _agrees(line: list[int], row: int, place: Values, height: int) -> bool:
    """Return whether a torn picture goes on with a line: at the same row, or as far on as before."""
    moved, steps = place[row] - place[line[-1]], row - line[-1]
    stays = abs(moved) <= SAME_ROW_SHARE * height
    slowest, fastest = SLOWEST_SHARE * height, FASTEST_SHARE * height
    if len(line) == 1:
        return bool(stays or slowest <= abs(moved) / steps <= fastest)
    before = (place[line[-1]] - place[line[0]]) / (line[-1] - line[0])
    if abs(before) < slowest:
        return bool(stays)
    return bool(abs(moved - before * steps) <= OFF_ROWS + STEADY_SHARE * height * steps)
