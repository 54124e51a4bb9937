"""Dropouts: the sound goes for 10 to 600 ms, in one channel or in all, and comes back."""

from dataclasses import replace
from typing import ClassVar, Final

import numpy as np

from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.trigger import Interval, Trigger
from harness.analysis.views import SoundView
from harness.clock import NS_PER_MS, seconds_to_ns
from harness.detectors.audio.holes import HoleFinder
from harness.detectors.audio.slots import SLOT_MS
from harness.findings import Metric

SEVERAL_CHANNELS: Final = -1.0
"""What the column `channel` says when more than one channel has the hole, or there is but one."""

RISE_DB: Final = 12.0
"""So far must sound jump up again: a pause in speech or music ends with less, or starts with less."""

SURE_DB: Final = 20.0
"""Edges that go so far beyond their limits leave no doubt."""

TOGETHER_SLOTS: Final = 5
"""Holes that begin this close together are one, in several channels."""


class AudioDropout(AudioDetector):
    """A hole in the sound, that falls and returns too fast for anything that is played or spoken.

    The listener hears a stutter, or a word with a piece missing. Each channel is cut into slots of 1 ms;
    a hole begins where the level falls by `trigger.enter` within 4 ms, stays down for 8 ms or more, and
    ends where it jumps up by `RISE_DB`. Zeros and held samples count as no sound at all. Plosives and
    staccato fall by 21 dB at most in 15 minutes of speech and music that were measured; cuts, also after
    AAC or MPEG audio coding, by 25 dB and more. Up to 600 ms; what is longer is `silence`. The idea of a
    hole between two loud contexts is that of Essentia's GapsDetector (Alonso-Jimenez et al., AES 2019).
    """

    defect = "audio_dropout"
    metric = Metric("fall of the level within 4 ms", "dB")
    columns: ClassVar[tuple[str, ...]] = ("fall_db", "rise_db", "length_ms", "ago_ms", "channel")
    """One hole a row, written where it was known to be over: `ago_ms` is how long before the row's end."""
    trigger = Trigger(enter=24.0, leave=24.0)

    def __init__(self) -> None:
        self._finder = HoleFinder()

    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return the deepest hole that was over in this hop, or zeros."""
        if view.after_gap:
            self._finder = HoleFinder()
        slots = max(1, round(1000 * len(view.samples) / view.rate_hz / SLOT_MS))
        holes = self._finder.take(view.samples, slots)
        if not holes:
            return (0.0, 0.0, 0.0, 0.0, 0.0)
        worst = max(holes, key=lambda hole: min(hole.fall_db, hole.rise_db))
        channels = {hole.channel for hole in holes if abs(hole.start - worst.start) <= TOGETHER_SLOTS}
        channel = float(worst.channel) if len(channels) == 1 < view.channels else SEVERAL_CHANNELS
        ago_ms = (self._finder.slots - worst.end) * SLOT_MS
        return worst.fall_db, worst.rise_db, (worst.end - worst.start) * SLOT_MS, ago_ms, channel

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return the holes whose edges are steep enough; one in several channels is one."""
        columns = series.columns
        steep = (columns["fall_db"] > self.trigger.enter) & (columns["rise_db"] > RISE_DB)
        found: list[Interval] = []
        for row in np.flatnonzero(steep).tolist():
            hole = self._interval(series, row)
            if found and hole.start_ns < found[-1].end_ns:
                found[-1] = _joined(found[-1], hole)
            else:
                found.append(hole)
        return found

    def _interval(self, series: Series, row: int) -> Interval:
        fall_db, rise_db, length_ms, ago_ms, channel = (
            float(series.columns[name][row]) for name in self.columns
        )
        row_end_ns = min(int(series.t_ns[row]) + seconds_to_ns(SoundView.HOP_S), series.end_ns)
        end_ns = row_end_ns - round(ago_ms * NS_PER_MS)
        return Interval(
            start_ns=end_ns - round(length_ms * NS_PER_MS),
            end_ns=end_ns,
            peak=fall_db,
            confidence=min(fall_db - self.trigger.enter, rise_db - RISE_DB, SURE_DB) / (2 * SURE_DB) + 0.5,
            limit=self.trigger.enter,
            channel=None if channel == SEVERAL_CHANNELS else int(channel),
        )


def _joined(one: Interval, other: Interval) -> Interval:
    return replace(
        one,
        start_ns=min(one.start_ns, other.start_ns),
        end_ns=max(one.end_ns, other.end_ns),
        peak=max(one.peak, other.peak),
        confidence=max(one.confidence, other.confidence),
        channel=one.channel if one.channel == other.channel else None,
    )
