"""Where a series leaves its usual level from one frame to the next, within a shot, and comes back.

A device fault begins and ends at a frame; what a programme does to its picture (focus, fades, grain,
weather) comes gradually or with a cut. So this is what tells them apart for whatever is measured.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.motion import Motion
from harness.analysis.sliding import sliding_maximum, sliding_median
from harness.analysis.trigger import Interval, confidence
from harness.clock import NS_PER_S

LEAST_BEFORE: Final = 4
"""So many frames of the shot must have been measured before it departs."""

LEAST_NEAR: Final = 2
HIGH: Final = 2.5
"""What is so many times as high as need be, and comes back as abruptly, may begin closer to a cut."""

HALF: Final = 0.5
"""A departure is told where it passes this share of its height, and lasts while it keeps as much.

It climbs as much within one step: a coder that spends little on a faint change spreads the rest.
"""

BACK: Final = 0.35
"""It comes back by this share within one step: a coder takes its time to restore faint detail."""

SIGN: Final = 0.2
"""It begins no earlier than where this share is reached."""

TOP: Final = 0.75
"""From this share on, a level is as high as the departure."""

SPREAD_S: Final = 0.2
"""So long a coder may take to show half of a faint change."""

CLEAR: Final = 5.0
"""A step is this many times as high as what the level usually moves by from frame to frame."""

NEAR_ROWS: Final = 4
"""Another series is compared over so many frames before and after a step."""

SETTLED_ROWS: Final = 3
"""So many frames after the step the series has settled: its height is measured from there on."""

JOLT_CODES: Final = 6.0
"""A frame that differs by this motion, and by `JOLT` times what is usual around it, begins a new shot."""

JOLT: Final = 3.0

JOLT_FRAMES: Final = 5
"""What is usual around a frame is the median of so many."""

REPEATED_CODES: Final = 1.0
REPEATED_SHARE: Final = 0.05
"""A frame that changes by less than this, and by so little beside the frames around it, shows the same."""

UNLIKE: Final = 0.6
"""So is a frame that is less like the one before than this, -1..1."""

OFTEN: Final = 0.2
"""A level at which the shot was for this share of its time before is its own."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as a departure.

    Parameters
    ----------
    rise : float
        How much higher than before, at least, where the series comes back as abruptly as it left.
    alone : float
        The same where a cut or the end of the recording comes first, so that one step is all there is.
    shortest_s : float
        How long it lasts at least.
    step_s : float
        Within so long, or two frames, it climbs half of its height, and comes down as fast.
    memory_s : float
        How much of the shot before tells its usual level.
    reach_s : float
        How far beyond a cut the way back is looked for.

    """

    rise: float
    alone: float
    shortest_s: float = 0.2
    step_s: float = 0.16
    memory_s: float = 0.4
    reach_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Departure:
    """Rows `[start, stop)` lie `height` above what was `before`.

    `shot` is the first row of the shot. `returned` says whether the series came back as abruptly as it
    left.
    """

    shot: int
    start: int
    stop: int
    before: float
    height: float
    returned: bool

    def sides(self, values: NDArray[np.float64]) -> tuple[float, float]:
        """Return the usual value of another series just before and just after the step."""
        before, after = slice(self.start - NEAR_ROWS, self.start), slice(self.start, self.start + NEAR_ROWS)
        return float(np.median(values[before])), float(np.median(values[after]))

    def interval(
        self, seen: Motion, peak: float, limit: float, region: tuple[int, int, int, int] | None
    ) -> Interval:
        """Return the finding, at more confidence the longer it lasts."""
        start_ns, end_ns = int(seen.edges_ns[self.start]), int(seen.edges_ns[self.stop])
        sure = confidence(end_ns - start_ns, NS_PER_S // 20)
        return Interval(start_ns, end_ns, peak, sure, limit, region)


def departures(level: NDArray[np.float64], seen: Motion, rules: Rules) -> list[Departure]:
    """Return where `level` rises abruptly within a shot; for falls, hand in the negative.

    A level that is NaN was not measured, and ends a shot as a cut does. What climbs or comes down
    gradually is the programme's own, and so is a level that the shot had before.
    """
    return _Search(level, seen, rules).all()


class _Search:
    """Goes through one series and remembers what it found."""

    def __init__(self, level: NDArray[np.float64], seen: Motion, rules: Rules) -> None:
        self.broken = _jolts(seen) | np.isnan(level)
        self.level = _steadied(level, self.broken)
        self.rules = rules
        lengths_s = (rules.shortest_s, rules.memory_s, rules.reach_s, rules.step_s, SPREAD_S)
        self.shortest, self.memory, self.reach, step, self.spread = map(seen.rows, lengths_s)
        self.step = max(2, step)
        self.found: list[Departure] = []
        self._breaks = np.flatnonzero(self.broken)

    def all(self) -> list[Departure]:
        for start in self._steps():
            if self.found and start < self.found[-1].stop:
                continue
            departure = self._at(start)
            if departure and departure.height >= (
                self.rules.rise if departure.returned else self.rules.alone
            ):
                self.found.append(departure)
        return self.found

    def _steps(self) -> list[int]:
        """Return the rows where the level may leave: there or a frame later it is higher than before."""
        if len(self.level) < LEAST_BEFORE + 2:
            return []
        after = np.append(self.level[1:], self.level[-1])
        climbed = np.fmax(after, self.level)[1:] - self.level[:-1]
        return (1 + np.flatnonzero((climbed >= SIGN * self.rules.rise) & ~self.broken[1:])).tolist()

    def _at(self, row: int) -> Departure | None:
        """Return the departure that passes half of its height at a row."""
        first = self._shot_start(row)
        since = max(first, row - self.memory, self.found[-1].stop if self.found else 0)
        earlier, inside = self.level[since:row], self.level[row : row + self.shortest]
        if earlier.size < LEAST_NEAR or inside.size < self.shortest:
            return None
        near = earlier.size < LEAST_BEFORE or self.broken[row + 1 : row + self.shortest].any()
        before = float(np.median(earlier))
        height = self._settled(row) - before
        if near and height < HIGH * self.rules.rise:
            return None
        half = before + HALF * height
        if height < self.rules.rise or inside.min() < half or self.level[row - 1] >= half:
            return None
        if _unsteady(earlier, height) or self._usual(first, row, before + TOP * height):
            return None
        if not self._steep(self.level[since : row + self.step], row - since, HALF * height):
            return None
        start = self._begins(row, since, before + SIGN * height)
        ended = self._ended(Departure(first, start, row, before, height, False))
        return None if near and ended and not ended.returned else ended

    def _shot_start(self, row: int) -> int:
        first = int(self._breaks[np.searchsorted(self._breaks, row) - 1])
        return first + bool(np.isnan(self.level[first]))

    def _begins(self, row: int, since: int, sign: float) -> int:
        """Return where the climb begins that passes half of the height at a row."""
        since = max(since + 1, row - self.spread)
        low = np.flatnonzero(self.level[since:row] < sign)
        since += int(low[-1]) + 1 if low.size else row - since
        climbs = np.diff(self.level[since - 1 : row + 1])
        return since + int(np.argmax(climbs >= HALF * climbs.max()))

    def _steep(self, level: NDArray[np.float64], row: int, climb: float) -> bool:
        """Return whether a level climbs so far within one step, around a row."""
        return any(
            level[last] - level[max(0, last - self.step) : row].min(initial=np.inf) >= climb
            for last in range(row, min(row + self.step, len(level)))
        )

    def _settled(self, start: int) -> float:
        """Return the usual level once the step is over, as far as the shot goes."""
        later = slice(start + SETTLED_ROWS, start + SETTLED_ROWS + self.shortest)
        rows = np.flatnonzero(self.broken[later])
        whole = self.level[later][: rows[0]] if rows.size else self.level[later]
        return float(np.median(whole if whole.size else self.level[start : start + self.shortest]))

    def _usual(self, first: int, start: int, high: float) -> bool:
        """Return whether the shot was at that height before, other than in what was found there."""
        own = np.ones(start - first, dtype=bool)
        for item in self.found:
            own[max(0, item.start - first) : max(0, item.stop - first)] = False
        rows = self.level[first:start][own]
        return bool(rows.size and np.mean(rows >= high) > OFTEN)

    def _ended(self, item: Departure) -> Departure | None:
        """Return the departure with its end, or None where it came back gradually."""
        half = item.before + HALF * item.height
        low = np.flatnonzero(~(self.level[item.stop :] >= half))
        stop = item.stop + int(low[0]) if low.size else len(self.level)
        cuts = self._breaks[(self._breaks > item.stop) & (self._breaks < stop)]
        cut = int(cuts[0]) if cuts.size else stop
        if stop < len(self.level) and not self.broken[stop] and stop - cut <= self.reach:
            around = self.level[max(0, stop - self.step) : stop + self.step][::-1]
            if self._steep(around, len(around) - min(stop, self.step), BACK * item.height):
                return replace(item, stop=stop, returned=True)
            if cut == stop:
                return None
        return replace(item, stop=cut)


def _unsteady(earlier: NDArray[np.float64], height: float) -> bool:
    """Return whether a height is nothing special beside how the level moved before."""
    usual = float(np.median(np.abs(np.diff(earlier))))
    return bool(height < CLEAR * usual or np.ptp(np.percentile(earlier, (10, 90))) > HALF * height)


def _jolts(seen: Motion) -> NDArray[np.bool_]:
    """Return the frames that are another picture: cuts, also those between shots that are alike or fast."""
    motion = np.nan_to_num(seen.motion)
    new = np.flatnonzero(~_repeats(seen))
    if new.size < JOLT_FRAMES:
        return seen.cut
    around = sliding_median(motion[new], JOLT_FRAMES)
    jolts = (seen.alike < UNLIKE) | seen.cut
    jolts[new] |= motion[new] > np.maximum(JOLT_CODES, JOLT * around)
    return np.asarray(jolts)


def _repeats(seen: Motion) -> NDArray[np.bool_]:
    """Return the frames that show the picture before again: of 60 a second 24 are new."""
    change = np.nan_to_num(seen.change)
    beside = sliding_maximum(change, 5)
    return np.asarray((change < REPEATED_CODES) & (change < REPEATED_SHARE * beside))


def _steadied(level: NDArray[np.float64], broken: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the median of three neighbours within a shot: frames of a coder's kinds alternate."""
    steady = level.copy()
    inner = np.flatnonzero(~(broken[1:-1] | broken[2:])) + 1
    steady[inner] = np.median(np.stack([level[inner - 1], level[inner], level[inner + 1]]), axis=0)
    return np.where(np.isnan(steady), level, steady)
