"""freeze_frame: the picture stops in the middle of motion."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import motion
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.motion import Motion
from harness.analysis.trigger import Interval, Trigger, confidence, runs
from harness.clock import NS_PER_MS, NS_PER_S
from harness.findings import Metric

NOISE_SHARE: Final = 0.2
"""In fast motion a coder still mends a frozen picture by this share of the change before."""

NOISE_MOST: Final = 3.5
"""But never by more than this, code values."""

MOVING: Final = 1.2
"""Least usual change, code values, of what counts as motion: a talking face."""

ABRUPT: Final = 3.0
"""Motion before a freeze is this many times what still changes within it."""

JUMP: Final = 1.25
"""After a freeze the title has gone on: the first change is this many times the motion before it."""

HELD_S: Final = 0.5
"""A picture that goes on where it stopped may be a held drawing, up to this long."""

ENDING_S: Final = 1.0
"""A scene may come to rest in the last moments of a recording, up to this long."""

MOVING_ROWS: Final = 3
"""So many frames of the shot must have moved just before."""

LATELY_ROWS: Final = 8
"""So many frames tell how fast it moved at last, where it had slowed down, ..."""

SLOWED: Final = 2.0
"""... if it stopped so many times more abruptly than it must: light that fades slows down, too."""

LAST_S: Final = 0.05
EASING_ROWS: Final = 6
EASED: Final = 0.25
"""A stop is eased when the last moment moved by less than this share of the frames before."""

LEAP: Final = 1.25
"""But not where the scene then leaps this many times as far as it moved in any frame before: a slide that
glides into place sets off as fast as the one before it did."""

STRUCTURE: Final = 3.0
"""A picture of less spread than this, code values, is flat: nobody sees it stand still."""


class FreezeFrame(VideoDetector):
    """The viewer sees a moving scene stop dead, and then jump to where it would be.

    Measures the luma change of the blocks that move most, in which camera noise and coding average out.
    A still picture alone is no freeze: title cards, quiet scenes, slides and held drawings stand still by
    design. So the motion just before, in the same shot, must stop from one frame to the next (a fade or a
    dissolve is not motion), and must go on as abruptly; where it goes on without a jump, only what is
    longer than `HELD_S` counts.

    Limit: the WebRTC statistics count a freeze when a frame stays for max(3 x average, average + 150 ms)
    (W3C webrtc-stats, `freezeCount`). 1.0 code value is where coded noise ends and a talking face begins,
    measured on clips of both.
    """

    defect = "freeze_frame"
    metric = Metric("luma change of the 2 % of blocks that change most", "8-bit code value")
    columns = (*motion.COLUMNS, "spread")
    trigger = Trigger(enter=1.0, leave=1.0, min_s=0.18, above=False)
    explains = frozenset({"stutter"})

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return change, motion and likeness to the previous frame, and how much structure there is."""
        return (*motion.measure(view), view.spread)

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where motion stopped dead."""
        seen = Motion.of(series)
        noise = np.clip(NOISE_SHARE * seen.usual(2.0, 60), self.trigger.enter, NOISE_MOST)
        still = (seen.change < noise) & (series.columns["spread"] >= STRUCTURE)
        found = [self._judge(seen, span, context) for span in runs(_bridged(still, seen.change))]
        return [interval for interval in found if interval] + self._held_by_time(seen, context)

    def _judge(self, seen: Motion, span: tuple[int, int], context: Context) -> Interval | None:
        start, stop = span
        length_ns = int(seen.edges_ns[stop] - seen.edges_ns[start])
        shortest_ns, before = _shortest_ns(seen, start, self.trigger.enter), _before(seen, start)
        if length_ns + seen.interval_ns / 2 < shortest_ns or not _stops_dead(seen, span, before):
            return None
        if length_ns < _least_s(seen, stop, before) * NS_PER_S:
            return None
        return Interval(
            int(seen.edges_ns[start]),
            int(seen.edges_ns[stop]),
            peak=float(np.median(seen.change[start:stop])),
            confidence=confidence(length_ns, shortest_ns // 4),
            limit=self.trigger.enter,
            region=context.whole_picture,
        )

    def _held_by_time(self, seen: Motion, context: Context) -> list[Interval]:
        """Return frames of a variable frame rate that stayed too long before a jump."""
        steps = np.diff(seen.edges_ns)
        found = []
        for row in np.flatnonzero(steps[:-1] >= 3 * seen.interval_ns):
            usual_ns = float(np.median(steps[max(0, row - 12) : row])) if row >= MOVING_ROWS else np.inf
            before = _before(seen, int(row) + 1)
            jumps = before >= MOVING and seen.change[row + 1] >= JUMP * before
            if jumps and steps[row] >= max(3 * usual_ns, usual_ns + 150 * NS_PER_MS):
                start_ns, end_ns = int(seen.edges_ns[row] + usual_ns), int(seen.edges_ns[row + 1])
                sure = confidence(end_ns - start_ns, 50 * NS_PER_MS)
                found.append(Interval(start_ns, end_ns, 0.0, sure, self.trigger.enter, context.whole_picture))
        return found


def _bridged(still: NDArray[np.bool_], change: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Count a single frame between two still ones as still: the coder refreshed the picture."""
    between = np.zeros_like(still)
    between[1:-1] = still[:-2] & still[2:] & (change[1:-1] < NOISE_MOST)
    return still | between


def _recent(seen: Motion, start: int) -> NDArray[np.float64]:
    """Return the changes in the second before a row, within its shot."""
    first = seen.shot_start(start - 1) if start else 0
    return seen.change[first + 1 : start]


def _before(seen: Motion, start: int) -> float:
    """Return the usual change just before a row, in its shot; 0 when too few frames moved."""
    recent = _recent(seen, start)
    moved = recent[recent >= 1.0]
    return float(np.median(moved)) if moved.size >= MOVING_ROWS else 0.0


def _shortest_ns(seen: Motion, start: int, still: float) -> int:
    fresh = np.flatnonzero(_recent(seen, start) >= still)
    usual_ns = float(np.median(np.diff(fresh))) * seen.interval_ns if fresh.size > 1 else seen.interval_ns
    return round(max(3 * usual_ns, usual_ns + 150 * NS_PER_MS))


def _stops_dead(seen: Motion, span: tuple[int, int], before: float) -> bool:
    start, stop = span
    first = seen.shot_start(start - 1) + 1
    last = slice(max(first, start - MOVING_ROWS), start)
    still, moves = np.median(seen.change[start:stop]), np.max(seen.motion[last], initial=0.0)
    rest = float(np.median(seen.motion[start:stop]))
    if last.start >= start or (_eases(seen, start) and not _leaps(seen, span)):
        return False
    usual = before
    if moves > SLOWED * ABRUPT * rest:
        usual = min(before, float(np.median(seen.change[max(first, start - LATELY_ROWS) : start])))
    return bool(
        before >= max(MOVING, ABRUPT * still)
        and np.mean(seen.change[start : start + 2]) <= before / 2
        and np.max(seen.change[last], initial=0.0) >= usual / 3
        and moves > max(0.25, ABRUPT * rest)
    )


def _eases(seen: Motion, start: int) -> bool:
    """Return whether the motion before a row had all but run out already: a slide that glides into place."""
    moved = seen.motion[seen.shot_start(start - 1) + 1 : start] if start else seen.motion[:0]
    last = max(1, round(LAST_S * NS_PER_S / max(seen.interval_ns, 1.0)))
    before = moved[-last - EASING_ROWS : -last]
    return bool(before.size >= MOVING_ROWS and np.max(moved[-last:]) < EASED * np.median(before))


def _leaps(seen: Motion, span: tuple[int, int]) -> bool:
    """Return whether the same scene goes on further ahead than it moved in any frame before it stopped."""
    start, stop = span
    moved = _recent(seen, start)
    if stop == len(seen.change) or seen.cut[stop] or not moved.size:
        return False
    return bool(seen.change[stop] >= LEAP * np.max(moved))


def _least_s(seen: Motion, stop: int, before: float) -> float:
    """Return how long a stop must last, by how it ends: with a jump, going on where it was, or at rest."""
    if stop == len(seen.change):
        return ENDING_S
    if seen.change[stop] < max(MOVING, before / 2):
        return float("inf")
    return HELD_S if seen.change[stop] < JUMP * before else 0.0
