"""Puts the clock of a sound card or an encoder on the computer's clock.

A source counts: samples at its rate, or the stamps of its packets. What it counted arrives some time later,
and never sooner, so the true line is the lower envelope of (arrival - count): its place is the offset, its
slope the drift. The line under all points that is nearest to them is an edge of their lower convex hull
(Moon, Skelly and Towsley, "Estimation and removal of clock skew from network delay measurements", 1999).
"""

from collections import deque
from dataclasses import dataclass

from harness.clock import NS_PER_S
from harness.media import RigEvent

BIN_NS = NS_PER_S
BINS = 120
"""Of each second the earliest arrival is kept, for two minutes: temperature moves a crystal slower."""

SLOPE_FROM_NS = 6 * NS_PER_S
"""Over less the slope is the jitter's, not the clock's; until then the clocks count as equal."""

KNOWN_FROM_NS = 30 * NS_PER_S
"""From here on the drift is good enough to be told."""

LARGEST_DRIFT = 2e-3
"""No crystal is worse by a factor of ten; a steeper line is a fault of the arrivals."""

SLEW = 2e-3
"""A better knowledge of the offset enters the stamps at 2 ms a second: nothing downstream sees a jump."""

TELL_PPM = 10
"""A change of the drift by so much is worth a line."""

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """`delay_ns` is arrival minus count at `at_ns` of the count; it grows by `slope` of the count."""

    at_ns: int
    delay_ns: float
    slope: float

    def delay_at(self, counted_ns: int) -> float:
        """Return the delay at a moment of the count."""
        return self.delay_ns + self.slope * (counted_ns - self.at_ns)


class ClockFit:
    """The lower envelope of arrivals over a running window of two minutes."""

    def __init__(self) -> None:
        self._bins: deque[Point] = deque(maxlen=BINS)
        self.line: Line | None = None

    def add(self, counted_ns: int, arrived_ns: int) -> Line:
        """Take the arrival of what was counted up to `counted_ns`; return the line through the lowest."""
        delay_ns = arrived_ns - counted_ns
        new = not self._bins or counted_ns // BIN_NS != self._bins[-1][0] // BIN_NS
        if new:
            self._bins.append((counted_ns, delay_ns))
        elif delay_ns < self._bins[-1][1]:
            self._bins[-1] = (counted_ns, delay_ns)
        if new or self.line is None or delay_ns < self.line.delay_at(counted_ns):
            self.line = self._fit()
        return self.line

    @property
    def span_ns(self) -> int:
        """Return over how much of the count the arrivals reach."""
        return self._bins[-1][0] - self._bins[0][0] if self._bins else 0

    def _fit(self) -> Line:
        at_ns = self._bins[-1][0]
        if self.span_ns < SLOPE_FROM_NS:
            return Line(at_ns, min(delay_ns for _, delay_ns in self._bins), 0.0)
        (left_ns, left), (right_ns, right) = _middle_edge(list(self._bins))
        slope = (right - left) / (right_ns - left_ns)
        slope = min(max(slope, -LARGEST_DRIFT), LARGEST_DRIFT)
        return Line(at_ns, left + slope * (at_ns - left_ns), slope)


class SteadyClock:
    """Gives what a source counted its time on the computer's clock, without a jump.

    `hear` what arrives, in order; ask `time_ns` for what lies near it. Before `start` the clock follows
    its estimate freely; from then on it is slewed.
    """

    def __init__(self) -> None:
        self._fit = ClockFit()
        self._line: Line | None = None
        self._started = False

    def start(self) -> None:
        """Stamp from now on: changes of the estimate are slewed."""
        self._started = True

    def hear(self, counted_ns: int, arrived_ns: int) -> None:
        """Take the arrival of what was counted up to `counted_ns`."""
        fitted = self._fit.add(counted_ns, arrived_ns)
        delay_ns = fitted.delay_at(counted_ns)
        if self._started and self._line is not None:
            largest = SLEW * max(0, counted_ns - self._line.at_ns)
            due_ns = self._line.delay_at(counted_ns)
            delay_ns = due_ns + min(max(delay_ns - due_ns, -largest), largest)
        self._line = Line(counted_ns, delay_ns, fitted.slope)

    def late_ns(self, counted_ns: int, arrived_ns: int) -> int:
        """Return by how much an arrival is later than the earliest ones were; 0 before the first."""
        line = self._fit.line
        return 0 if line is None else round(arrived_ns - counted_ns - line.delay_at(counted_ns))

    def time_ns(self, counted_ns: int) -> int:
        """Return the time of a moment of the count; the count itself before anything arrived."""
        return counted_ns if self._line is None else counted_ns + round(self._line.delay_at(counted_ns))

    @property
    def drift_ppm(self) -> float | None:
        """Return how much faster the source counts than the computer, None until it can be known."""
        line = self._fit.line
        if line is None or self._fit.span_ns < KNOWN_FROM_NS:
            return None
        return -line.slope / (1 + line.slope) * 1e6


class DriftNote:
    """Says once how a clock drifts, and again when that has changed by `TELL_PPM`."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._told_ppm: float | None = None

    def due(self, clock: SteadyClock, t_ns: int) -> list[RigEvent]:
        """Return the event, if there is one to tell."""
        ppm = clock.drift_ppm
        if ppm is None or (self._told_ppm is not None and abs(ppm - self._told_ppm) < TELL_PPM):
            return []
        self._told_ppm = ppm
        return [RigEvent(t_ns, "clock", drift_line(self._what, ppm))]


def drift_line(what: str, ppm: float) -> str:
    """Return in one line how a clock runs against the computer's."""
    if abs(ppm) < 0.5:
        return f"{what} keeps time with the computer's clock"
    way = "fast" if ppm > 0 else "slow"
    return f"{what} runs {abs(ppm):.0f} ppm {way} against the computer's clock; times are corrected"


def _middle_edge(points: list[Point]) -> tuple[Point, Point]:
    """Return the edge of the lower convex hull below the mean of the points' places."""
    hull: list[Point] = []
    for point in points:
        while len(hull) > 1 and not _turns_up(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    mean = sum(at for at, _ in points) / len(points)
    right = next(number for number, (at, _) in enumerate(hull) if number and at >= mean)
    return hull[right - 1], hull[right]


def _turns_up(first: Point, second: Point, third: Point) -> bool:
    return (second[0] - first[0]) * (third[1] - first[1]) > (second[1] - first[1]) * (third[0] - first[0])
