"""Dropouts: the sound goes for 10 to 600 ms, in one channel or in all, and comes back."""

from dataclasses import replace
from typing import ClassVar, Final

import numpy as np

from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger
from harness.clock import NS_PER_MS
from harness.detectors.audio.hole import SHARP_DB, worst_of
from harness.detectors.audio.holes import HoleFinder
from harness.detectors.audio.slots import SLOT_MS, slot_powers
from harness.findings import Metric

SEVERAL_CHANNELS: Final = -1.0
"""What the column `channel` says when more than one channel has the hole, or there is but one."""

LONGEST_MS: Final = 600.0
"""What lasts longer is not a dropout but `silence`, or in one channel of several a matter of its own."""

LONGEST_FOLLOWED_MS: Final = 640.0
"""Edges that a codec has smeared may be found a little further apart."""

RISE_DB: Final = 10.0
"""So far must sound jump up within 4 ms: a pause in speech or music ends with less, or starts with less."""

SURE_DB: Final = 20.0
"""Holes that go so far beyond the limit leave no doubt."""


class AudioDropout(AudioDetector):
    """A hole in the sound, that falls and returns too fast for anything that is played or spoken.

    The listener hears a stutter, or a word with a piece missing. Each channel is cut into slots of 1 ms;
    a hole begins where the level falls within 4 ms, stays down for 7 ms or more, and ends where it jumps
    up again. Zeros, held samples and what a codec makes of them count as no sound at all. How steep the
    fall is, and how deep the hole, make up its sharpness; what had become quiet before the hole anyway,
    and is after it, counts against it, as pauses are like that. The weights were fitted on planted holes
    and on clean speech and music (natural holes there reach 31 dB; planted ones have 50 dB and more as
    PCM, 40 dB on average after AAC). From half a second on a hole in all channels is a `silence` too,
    which then explains it; holes above 600 ms are not found. The idea of a hole between two loud contexts
    is that of Essentia's GapsDetector (Alonso-Jimenez et al., AES 2019).
    """

    defect = "audio_dropout"
    metric = Metric("sharpness of a hole in the sound", "dB")
    columns: ClassVar[tuple[str, ...]] = ("sharpness_db", "rise_db", "length_ms", "ago_ms", "channel")
    """One hole a row, written where it was known to be over: `ago_ms` is how long before the row's end."""
    trigger = Trigger(enter=SHARP_DB, leave=SHARP_DB)

    def __init__(self) -> None:
        self._restart()

    def _restart(self) -> None:
        self._finder = HoleFinder(longest_slots=round(LONGEST_FOLLOWED_MS / SLOT_MS))

    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return the sharpest hole that was found to be over in this hop, or zeros."""
        if view.after_gap:
            self._restart()
        holes = [hole for hole in self._finder.take(slot_powers(view)) if not hole.meant]
        if not holes:
            return (0.0, 0.0, 0.0, 0.0, 0.0)
        worst = worst_of(holes)
        same = {hole.channel for hole in holes if hole.start < worst.end and hole.end > worst.start}
        return (
            worst.sharpness_db,
            worst.rise_db,
            (worst.end - worst.start) * SLOT_MS,
            (self._finder.slots - worst.end) * SLOT_MS,
            float(worst.channel) if len(same) == 1 < view.channels else SEVERAL_CHANNELS,
        )

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return the holes that are sharp enough; one in several channels is one."""
        columns = series.columns
        sharp = (columns["sharpness_db"] > self.trigger.enter) & (columns["rise_db"] >= RISE_DB)
        sharp &= columns["length_ms"] <= LONGEST_MS
        holes = [self._interval(series, row) for row in np.flatnonzero(sharp).tolist()]
        found: list[Interval] = []
        for hole in sorted(holes, key=lambda item: item.start_ns):
            if found and hole.start_ns < found[-1].end_ns:
                found[-1] = _joined(found[-1], hole)
            else:
                found.append(hole)
        return found

    def _interval(self, series: Series, row: int) -> Interval:
        sharpness_db, _, length_ms, ago_ms, channel = (
            float(series.columns[name][row]) for name in self.columns
        )
        row_end_ns = int(series.t_ns[row + 1]) if row + 1 < len(series.t_ns) else series.end_ns
        end_ns = row_end_ns - round(ago_ms * NS_PER_MS)
        return Interval(
            start_ns=end_ns - round(length_ms * NS_PER_MS),
            end_ns=end_ns,
            peak=sharpness_db,
            confidence=0.5 + min(sharpness_db - self.trigger.enter, SURE_DB) / (2 * SURE_DB),
            limit=self.trigger.enter,
            channel=None if channel == SEVERAL_CHANNELS else int(channel),
        )


def _joined(one: Interval, other: Interval) -> Interval:
    return replace(
        one,
        end_ns=max(one.end_ns, other.end_ns),
        peak=max(one.peak, other.peak),
        confidence=max(one.confidence, other.confidence),
        channel=one.channel if one.channel == other.channel else None,
    )
