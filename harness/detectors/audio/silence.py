"""Silence: the whole sound is gone while the programme goes on."""

from dataclasses import replace
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.checks import judged_window
from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.trigger import Interval, Trigger
from harness.analysis.views import SoundView
from harness.clock import NS_PER_MS, seconds_to_ns
from harness.detectors.audio.slots import DOWN_SLOTS, EDGE_SLOTS, SLOT_MS, falls, slot_levels
from harness.findings import Metric

SILENT_DBFS: Final = -60.0
"""Below this there is nothing to hear (FFmpeg's silencedetect has the same default)."""

CUT_DB: Final = 20.0
"""Sound that is cut falls this far within 4 ms; what dies away, or ends in a room, does not."""

NEAR_HOPS: Final = 3
"""The cut lies at most so many hops before the silence: codecs leave an echo of up to 25 ms after it."""

LONG_S: Final = 10.0
"""Silence that began gently, or from the start, is taken for a lead-in or a pause up to this long."""


class Silence(AudioDetector):
    """No channel sounds for half a second or more, after a cut.

    The listener hears the programme stop dead. What is judged is the loudest channel: below -60 dBFS for
    `trigger.min_s` or more (file QC commonly waits 2 s; on a device half a second is heard), after a fall
    of `CUT_DB` within 4 ms. Pauses in speech, decays of music and lead-ins come
    and go gently and are no defect, unless they last `LONG_S`. A recording that is silent from beginning
    to end is one: whoever listens to it says that it has no sound.
    """

    defect = "silence"
    metric = Metric("level of the loudest channel", "dBFS")
    columns: ClassVar[tuple[str, ...]] = ("level_dbfs", "quiet_ms", "fall_db")
    """`quiet_ms`: how long the hop has been silent at its end; `fall_db`: the steepest fall that it completes."""
    trigger = Trigger(enter=SILENT_DBFS, leave=SILENT_DBFS, min_s=0.5, above=False, merge_s=0.03)
    explains: ClassVar[frozenset[str]] = frozenset({"audio_dropout"})

    def __init__(self) -> None:
        self._levels = np.empty((0, 1))

    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return the level, how long the end of the hop is silent, and the steepest fall until its end."""
        if view.after_gap:
            self._levels = np.empty((0, 1))
        slots = max(1, round(1000 * len(view.samples) / view.rate_hz / SLOT_MS))
        levels = slot_levels(view.samples, slots).max(axis=1, keepdims=True)
        loud = np.flatnonzero(levels > SILENT_DBFS)
        quiet = slots - 1 - int(loud[-1]) if loud.size else slots
        level = 10 * np.log10(np.max(view.rms) ** 2 + 1e-12)
        return float(level), quiet * SLOT_MS, self._fall_db(levels)

    def _fall_db(self, levels: NDArray[np.float64]) -> float:
        """Return the steepest fall that the new slots complete."""
        known = np.concatenate((self._levels, levels))
        self._levels = known[-(EDGE_SLOTS + DOWN_SLOTS - 1) :]
        stop = len(known) - DOWN_SLOTS + 1
        return float(falls(known, EDGE_SLOTS, stop)[1].max()) if stop > EDGE_SLOTS else 0.0

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return the silences that began with a cut, that lasted long, or that nothing preceded."""
        found = self.trigger.intervals(series.t_ns, series.columns["level_dbfs"], series.end_ns)
        return [silence for span in found if (silence := self._judged(span, series, context))]

    def _judged(self, span: Interval, series: Series, context: Context) -> Interval | None:
        row = int(np.searchsorted(series.t_ns, span.start_ns))
        quiet_ns = self._quiet_before_ns(series, row)
        exact = replace(span, start_ns=span.start_ns - quiet_ns)
        from_ns, to_ns = judged_window(context.timeline, series.end_ns)
        heard_ns = min(exact.end_ns, to_ns) - max(exact.start_ns, from_ns)
        near = series.columns["fall_db"][max(0, row - NEAR_HOPS) : row + 2]
        cut = float(near.max()) > CUT_DB
        total = exact.start_ns <= max(from_ns, int(series.t_ns[0])) and exact.end_ns >= to_ns
        return exact if cut or total or heard_ns >= seconds_to_ns(LONG_S) else None

    def _quiet_before_ns(self, series: Series, row: int) -> int:
        """Return for how long the end of the hop before `row` is silent already."""
        if row == 0 or int(series.t_ns[row] - series.t_ns[row - 1]) > 2 * seconds_to_ns(SoundView.HOP_S):
            return 0
        return round(float(series.columns["quiet_ms"][row - 1]) * NS_PER_MS)
