"""tearing: the screen shows parts of two pictures at once."""

from collections import deque
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.rows import moves, rows
from harness.analysis.tears import LATE_PICTURES, NOWHERE, STRAIGHT, TURNS, find_break
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

TORN_SHARE: Final = 0.2
"""Such a share of the pictures that a line spans are torn: a few may be accidents."""

SAME_SIDE: Final = 0.9
SAME_LATE: Final = 0.7
"""Where an earlier picture goes on at a line, it is the same side that lags in this share of its pictures,
and by the same time in this share: by chance, either may."""

FEW: Final = 5
MANY: Final = 8
MANY_LATE: Final = 0.5
"""Fewer pictures than the first need not agree by how much; of the second, this share is enough: in slow
motion two earlier pictures fit all but equally well."""

LEAST_LINES: Final = 144
"""A picture of fewer lines is too small to tell rows apart."""

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


class Least(NamedTuple):
    """What makes a line: so many torn pictures that stay, and for how long; so many that wander."""

    stay: int
    stays_s: float
    wander: int


EXPLAINED: Final = Least(stay=5, stays_s=0.5, wander=5)
"""A shadow may pass over a gap in the floor."""

TURNED: Final = Least(stay=5, stays_s=0.35, wander=6)
"""Lines of credits come and go as fast as they roll."""


class Tearing(VideoDetector):
    """The viewer sees a line across the whole width where moving things break off: above it is an earlier
    picture than below, or the other way round. The line stays, or wanders up or down steadily.

    Measures, for the row border where the picture breaks off most, along which share of what moves there
    the step is smaller when the row on one side is taken from one of the three pictures before. The edge of
    a ticker, of a split screen or of black bars is as large as ever then; and both sides must have been in
    the picture before, so that a wipe or a flash is none. A line that wanders may leave no earlier picture
    to compare with: then one side must have moved on further than the other. In fast motion an earlier
    picture explains little of a line, but it fits better there and worse at the borders beside it: where the
    same side lags by the same time, that is a line, too.

    Limit: several such pictures within 0.6 s whose lines agree. trdrop (a frame rate analyser) looks for
    rows that repeat exactly; coded pictures never do, so this asks what goes on where.
    """

    defect = "tearing"
    metric = Metric("share of the line that an earlier picture explains", "x")
    columns = ("gain", "others", "row", "late", "turn", "turn_row", "turn_late")
    trigger = Trigger(enter=SURE, leave=SURE, min_s=0.1)

    def __init__(self) -> None:
        self._earlier: deque[Plane] = deque(maxlen=LATE_PICTURES)

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the gain of the worst border, the third largest, where the worst is (0..1), by how many
        pictures a side lags there, and the turn: how large, where, and again by how many.
        """
        if view.previous is None:
            self._earlier.clear()
            self._earlier.append(view.picture.of(rows))
            return (float("nan"),) * len(self.columns)
        found, turn = NOWHERE, STRAIGHT
        if moves(view):
            # A picture that is shown again is none to compare with: 24 of 60 a second are new.
            # All are remembered; of 60 a second, every other one is searched.
            if view.due:
                found, turn = find_break(view, self._earlier, SURE)
            self._earlier.append(view.picture.of(rows))
        if not view.due:
            return (float("nan"),) * len(self.columns)
        height = view.height_px
        worst = found.gain, found.others, found.row / height, found.late
        return *worst, turn.amount, turn.row / height, turn.late

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where the lines of several torn pictures agree."""
        told = np.isfinite(series.columns["gain"])
        gain, others, place, late, turn, turn_place, turn_late = (
            series.columns[name][told].astype(np.float64) for name in self.columns
        )
        edges = np.append(series.t_ns[told], series.end_ns)
        height = context.format.video.height_px if context.format.video else 1
        with np.errstate(invalid="ignore"):
            explained = np.flatnonzero((gain >= SURE) & (gain >= ALONE * others))
            turned = np.flatnonzero((turn >= TURNS) & (height >= LEAST_LINES))
        lines = [
            line
            for torn, row, by, least in (
                (explained, place, late, EXPLAINED),
                (turned, turn_place, turn_late, TURNED),
            )
            for line in _lines(torn, row * height, edges, height, least)
            if _consistent(by[line])
        ]
        spans = [(line[0], line[-1] + 1) for line in lines]
        spans = merge(sorted(spans), edges, round(TOGETHER_S * NS_PER_S))
        return [self._interval(span, np.fmax(gain, turn), edges, context) for span in spans]

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


def _consistent(late: Values) -> bool:
    """Return whether it is the same side that lags, by the same time, where an earlier picture tells."""
    told = late[late != 0]
    if not told.size:
        return True
    same_side = max(np.mean(told > 0), np.mean(told < 0))
    same_late = np.unique(told, return_counts=True)[1].max() / told.size
    least_late = 0.0 if told.size < FEW else SAME_LATE if told.size < MANY else MANY_LATE
    return bool(same_side >= SAME_SIDE and same_late >= least_late)


def _lines(torn: Rows, place: Values, edges: NDArray[np.int64], height: int, least: Least) -> list[list[int]]:
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
    return [line for line in done + open_lines if _lasts(line, place, edges, height, least)]


def _lasts(line: list[int], place: Values, edges: NDArray[np.int64], height: int, least: Least) -> bool:
    if len(line) < TORN_SHARE * (line[-1] - line[0]):
        return False
    if _wanders(line, place, height):
        return len(line) >= least.wander
    lasts_s = (edges[line[-1] + 1] - edges[line[0]]) / NS_PER_S
    return len(line) >= least.stay and bool(lasts_s >= least.stays_s)


def _wanders(line: list[int], place: Values, height: int) -> bool:
    return len(line) > 1 and bool(
        abs(place[line[-1]] - place[line[0]]) >= SLOWEST_SHARE * height * (line[-1] - line[0])
    )


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
