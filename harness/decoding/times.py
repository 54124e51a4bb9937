"""Turns a container's time stamps into nanoseconds: exact where the container is, repaired where not."""

from fractions import Fraction

from harness.clock import NS_PER_S

COARSE_S = Fraction(1, 10_000)
"""From this time base on a container rounds frame times so much (Matroska: 1 ms) that it shows."""

SLACK_S = Fraction(15, 1000)
"""So far may an audio time stamp stray from the count of samples before it means a hole: Vorbis stamps
stray by 10 ms of themselves, and the shortest hole that a muxer leaves is one packet, 20 ms of Opus."""

LEAP_S = 3600
"""A longer leap forward is a damaged time stamp, not a pause."""


class FrameTimes:
    """Gives each frame its time, strictly rising.

    Parameters
    ----------
    time_base : Fraction
        Seconds a tick.
    fps : Fraction
        The nominal rate, used where a stamp is missing or wrong, and to undo the container's rounding.
    zero_s : Fraction
        The stamp, in seconds, that becomes 0 ns.

    """

    def __init__(self, time_base: Fraction, fps: Fraction, zero_s: Fraction) -> None:
        self.repaired = 0
        self._tick_s = time_base
        self._period_s = 1 / fps
        self._offset_s = -zero_s
        self._first_s: Fraction | None = None
        self._last_s: Fraction | None = None

    def place(self, pts: int | None) -> int:
        """Return the time of the next frame in ns."""
        time_s = self._snap(self._plausible(pts))
        if self._last_s is not None and time_s <= self._last_s:
            time_s = self._last_s + self._tick_s
        self._last_s = time_s
        return round(time_s * NS_PER_S)

    def _plausible(self, pts: int | None) -> Fraction:
        due_s = Fraction(0) if self._last_s is None else self._last_s + self._period_s
        if pts is None:
            self.repaired += 1
            return due_s
        time_s = pts * self._tick_s + self._offset_s
        backward = self._last_s is not None and time_s <= self._last_s
        if backward or time_s < 0 or time_s - due_s > LEAP_S:
            # The stream's stamps start anew: those that follow count from here.
            self.repaired += 1
            self._offset_s += due_s - time_s
            self._first_s = None
            return due_s
        return time_s

    def _snap(self, time_s: Fraction) -> Fraction:
        if self._first_s is None:
            self._first_s = time_s
        if self._tick_s <= COARSE_S:
            return time_s
        steps = round((time_s - self._first_s) / self._period_s)
        on_grid_s = self._first_s + steps * self._period_s
        near = abs(on_grid_s - time_s) <= self._tick_s
        return on_grid_s if near and (self._last_s is None or on_grid_s > self._last_s) else time_s


class SampleTimes:
    """Gives each block of sound its time and its place in the count of samples.

    Samples are counted, since containers round; where a stamp strays from the count by more than the
    slack, sound is missing and the count jumps with it.
    """

    def __init__(self, time_base: Fraction, rate_hz: int, zero_s: Fraction) -> None:
        self.repaired = 0
        self._tick_s = time_base
        self._rate_hz = rate_hz
        self._offset_s = -zero_s
        self._start_s: Fraction | None = None
        self._samples = 0

    def place(self, pts: int | None, samples: int) -> tuple[int, int]:
        """Return (t_ns, first_sample) of a block of so many samples."""
        if self._start_s is None:
            self._start_s = max(Fraction(0), (pts or 0) * self._tick_s + self._offset_s)
        due_s = self._start_s + Fraction(self._samples, self._rate_hz)
        if pts is not None:
            self._follow(pts * self._tick_s + self._offset_s, due_s)
        first = self._samples
        self._samples += samples
        return round((self._start_s + Fraction(first, self._rate_hz)) * NS_PER_S), first

    def _follow(self, time_s: Fraction, due_s: Fraction) -> None:
        stray_s = time_s - due_s
        if abs(stray_s) <= SLACK_S + self._tick_s:
            return
        if 0 < stray_s <= LEAP_S:
            self._samples += round(stray_s * self._rate_hz)
        else:
            self._offset_s -= stray_s
            self.repaired += 1
