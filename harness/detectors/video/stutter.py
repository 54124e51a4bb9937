"""stutter: the picture sticks for moments and jumps to catch up."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import motion
from harness.analysis.checks import judged_window
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.motion import Motion
from harness.analysis.trigger import Interval, Trigger, confidence
from harness.clock import NS_PER_MS, NS_PER_S
from harness.findings import Metric

ENOUGH_MOTION: Final = 2.5
"""Where less than this changes, code values, a repeated frame cannot be told from a quiet one."""

REPEAT_SHARE: Final = 0.06
"""A repeated frame changes by less than this share of the motion around it, by coding alone."""

REPEAT_RANGE: Final = (0.85, 2.5)
"""Within these code values."""

JUMP: Final = 1.35
"""After a hold that was not meant, the picture moves this many times its usual step."""

JUMP_LONG: Final = 1.15
"""The same after a hold that no cadence has: two frames more than usual (large steps saturate)."""

JUMP_LEAST: Final = 1.1
"""So far it moves after a hold of one frame that others follow: where they are sure, it is one of them."""

JUMP_DRAWN: Final = 1.5
"""The same where holds come again in the same order: then the longer ones are the title's own."""

LARGEST: Final = 1.08
"""A jump is larger than the large steps around it that came in time: a picture that scrolls in steps has
those without a hold, too."""

LONGEST_PERIOD: Final = 6
PERIODIC_SHARE: Final = 0.9

STICKS: Final = 2.5
"""The last step before a hold is this many times what still changes within it."""

TOGETHER_S: Final = 0.6
"""Holds less than this apart make one stutter."""

ALONE_S: Final = 0.1
"""A single hold counts from this long, if the shot goes on after it."""

LONGEST_S: Final = 0.6
"""What stands still for longer is a freeze or a quiet scene."""

CADENCE_S: Final = 1.0
"""The cadence is what holds this long on either side of a frame."""

STEP_S: Final = 0.5
"""The usual step is that of this long on either side."""

REGULAR_FRAMES: Final = 1.2
"""Pictures of a regular cadence keep this close to a straight line, in frames (a whole frame, rounded)."""


class Stutter(VideoDetector):
    """The viewer sees motion that sticks and jumps, again and again, where it should be even.

    A held frame is a repeat that lasts longer than the regular cadence of the content, followed by a jump
    to where the title has gone on to. Regular repeats are no stutter: 24 pictures a second in 60 Hz repeat
    2 and 3 times, 25 in 50 twice, 24 in 25 once a second, animation is drawn on twos and threes; in none
    of them does a longer hold go with a longer step. A picture that hardly moves is not judged.

    Limit: two such holds within 0.6 s, or one of 100 ms. Repeats and jumps are the two halves of a dropped
    frame in Wolf's reduced-reference test (NTIA TM-11-475); the cadence condition is ours.
    """

    defect = "stutter"
    metric = Metric("longest hold beyond the cadence", "ms")
    columns = motion.COLUMNS
    trigger = Trigger(enter=ENOUGH_MOTION, leave=ENOUGH_MOTION, min_s=0.03)
    explains = frozenset({"freeze_frame"})

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return change, motion and likeness to the previous frame."""
        return motion.measure(view)

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where holds and jumps come together."""
        seen = Motion.of(series, judged_window(context.timeline, series.end_ns)[0])
        groups: list[list[_Hold]] = []
        faint: list[_Hold] = []
        for hold in _holds(seen):
            if hold.faint:
                faint.append(hold)
                continue
            last = groups[-1][-1].stop if groups else 0
            if groups and seen.edges_ns[hold.start] - seen.edges_ns[last] < TOGETHER_S * NS_PER_S:
                groups[-1].append(hold)
            else:
                groups.append([hold])
        judged = [self._judge(seen, group, faint, context) for group in groups]
        return [found for found in judged if found]

    def _judge(
        self, seen: Motion, group: list["_Hold"], faint: list["_Hold"], context: Context
    ) -> Interval | None:
        sure = [hold for hold in group if hold.jumps]
        lasts_ns = [int(seen.edges_ns[hold.stop] - seen.edges_ns[hold.start]) for hold in sure]
        if not sure or (len(sure) < 2 and (lasts_ns[0] < ALONE_S * NS_PER_S or seen.cut[sure[0].stop])):
            return None
        start = group[0].start
        for hold in reversed(faint):
            if hold.stop <= start and seen.edges_ns[start] - seen.edges_ns[hold.stop] < TOGETHER_S * NS_PER_S:
                start = hold.start
        return Interval(
            int(seen.edges_ns[start]),
            int(seen.edges_ns[sure[-1].stop]),
            peak=max(lasts_ns) / NS_PER_MS,
            confidence=confidence(len(sure) * max(lasts_ns), 50 * NS_PER_MS),
            region=context.whole_picture,
        )


@dataclass(frozen=True, slots=True)
class _Hold:
    """Rows `[start, stop)` that repeat beyond the cadence, and whether a jump follows.

    A faint one is too short and too near to even motion to tell anything but where others began.
    """

    start: int
    stop: int
    jumps: bool
    faint: bool


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The pictures that are not repeats: the row where each begins, how long it lasts, how far it moved."""

    row: NDArray[np.intp]
    lasts: NDArray[np.int64]
    step: NDArray[np.float64]

    @classmethod
    def of(cls, seen: Motion, around: NDArray[np.float64]) -> "_Pictures":
        repeated = seen.change < np.clip(REPEAT_SHARE * around, *REPEAT_RANGE)
        row = np.flatnonzero(~repeated)
        ticks = np.rint(np.diff(seen.edges_ns[row]) / max(seen.interval_ns, 1.0)).astype(np.int64)
        return cls(row, ticks, seen.change[row])

    def near(self, number: int, rows: int) -> NDArray[np.intp]:
        """Return the numbers of the pictures within so many rows of one, but for the last of all."""
        start = np.searchsorted(self.row, self.row[number] - rows)
        return np.arange(start, min(np.searchsorted(self.row, self.row[number] + rows), len(self.lasts)))


def _holds(seen: Motion) -> list[_Hold]:
    """Return where frames repeat beyond the cadence."""
    around = seen.usual(1.0, 85)
    shown = _Pictures.of(seen, around)
    holds = []
    moving = around[shown.row[:-1]] >= ENOUGH_MOTION
    for number in np.flatnonzero((shown.lasts > 1) & moving).tolist():
        row, after = int(shown.row[number]), int(shown.row[number + 1])
        near = shown.near(number, seen.rows(CADENCE_S))
        cadence = int(np.median(shown.lasts[near]))
        beyond = int(shown.lasts[number]) - cadence
        if beyond < 1 or (after - row) * seen.interval_ns > LONGEST_S * NS_PER_S:
            continue
        if beyond == 1 and _by_design(shown, number, near, cadence):
            continue
        usual = _usual_step(shown, shown.near(number, seen.rows(STEP_S)), cadence)
        still = np.median(seen.change[row + 1 : after]) if after > row + 1 else 0.0
        if shown.step[number] >= STICKS * still:
            jump = (JUMP if beyond == 1 else JUMP_LONG) * usual.median
            if _periodic(shown.lasts[near]):
                jump = max(jump, JUMP_DRAWN * usual.median)
            jump = max(jump, LARGEST * usual.large)
            jumps = bool(shown.step[number + 1] >= jump > 0) and _faster(shown, number, cadence)
            # Without a jump, one frame too many may be the title's own.
            faint = not jumps and beyond == 1
            if not faint or shown.step[number + 1] >= JUMP_LEAST * usual.median > 0:
                holds.append(_Hold(row + cadence, after, jumps, faint))
    return holds


def _by_design(shown: _Pictures, number: int, near: NDArray[np.intp], cadence: int) -> bool:
    """Return whether a hold one frame longer than usual belongs to a cadence such as 3:2 or 24 in 25."""
    long = near[shown.lasts[near] > cadence]
    short = near[shown.lasts[near] <= cadence]
    if short.size and np.median(shown.step[long + 1]) < JUMP * np.median(shown.step[short + 1]):
        return True
    sides = (near, near[near <= number], near[near >= number])
    return any(_regular(shown, side) for side in sides if np.isin(long, side).sum() >= 3)


def _regular(shown: _Pictures, side: NDArray[np.intp]) -> bool:
    begins = np.cumsum(shown.lasts[side])
    if len(begins) < 5:
        return False
    count = np.arange(len(begins))
    rest = begins - np.polyval(np.polyfit(count, begins, 1), count)
    return bool(np.ptp(rest) <= REGULAR_FRAMES)


def _periodic(lasts: NDArray[np.int64]) -> bool:
    """Return whether holds come again in the same order, as of two figures on twos and threes."""
    for period in range(2, LONGEST_PERIOD + 1):
        if len(lasts) >= 3 * period and np.mean(lasts[period:] == lasts[:-period]) >= PERIODIC_SHARE:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Step:
    """The change of pictures that come in time: the usual one, and a large one."""

    median: float
    large: float


def _usual_step(shown: _Pictures, near: NDArray[np.intp], cadence: int) -> _Step:
    """Return the change of pictures that come after one that lasted as the cadence says."""
    steps = shown.step[near[shown.lasts[near] <= cadence] + 1]
    if steps.size < 3:
        return _Step(0.0, 0.0)
    return _Step(float(np.median(steps)), float(np.percentile(steps, 75)))


def _faster(shown: _Pictures, number: int, cadence: int) -> bool:
    """Return whether the picture after a hold moved further than the one before it, if that came in time.

    At the height of a movement all steps are larger than those around, without a jump among them.
    """
    late = number > 0 and shown.lasts[number - 1] > cadence
    return bool(late or shown.step[number + 1] > shown.step[number])
