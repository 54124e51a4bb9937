"""Silence: the whole sound is gone while the programme goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.checks import judged_window
from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger, confidence
from harness.clock import NS_PER_MS, seconds_to_ns
from harness.detectors.audio.hole import Hole, worst_of
from harness.detectors.audio.holes import HoleFinder
from harness.detectors.audio.slots import SLOT_MS, decibels, slot_powers
from harness.findings import Metric

SILENT_DBFS: Final = -60.0
"""Below this there is nothing to hear (FFmpeg's silencedetect has the same default)."""

CUT_DB: Final = 24.0
"""Sharpness of the hole from which it was cut. Sound that stays away for long and had gone within
milliseconds was not found at all in 1.6 hours of clean speech and music, so this is less than a dropout
needs: enough for a soft title of -50 dBFS that is cut to the noise of an analogue stage."""

SOFT_DBFS: Final = -50.0
STEADY_DB: Final = 15.0
"""A cut from below `SOFT_DBFS` counts where the sound had been so soft all along; the room tone at the end
of a word, which an editor took away, had not."""

RISE_DB, BACK_DBFS = 30.0, -40.0
"""Unless sound is back by so much, as loud as this, within 4 ms: in the midst of another word."""

ECHO_MS: Final = 30.0
"""For so long after the cut, and before the return, a codec may leave an echo."""

LONG_S: Final = 10.0
"""Silence that began gently, or from the start, is taken for a lead-in or a pause up to this long."""


@dataclass(slots=True)
class _Cut:
    """One cut, from rows that speak of it; `end_ns` is None while it was not seen to be over."""

    start_ns: int
    sharpness_db: float
    end_ns: int | None


class Silence(AudioDetector):
    """No channel sounds for half a second or more, after a cut.

    The listener hears the programme stop dead. What is judged is the loudest channel: below -60 dBFS for
    half a second (less the 20 ms by which codecs smear the edges), after a cut. File QC commonly waits 2 s;
    on a device half a second is heard. Pauses in speech, decays of music and lead-ins come and go gently
    and are no defect, unless they last `LONG_S`. A recording that is silent from beginning to end is one:
    whoever listens to it says that it has no sound. A hole of 480 to 600 ms is found by `audio_dropout`
    too; silence explains it, so that one finding counts.
    """

    defect = "silence"
    metric = Metric("level of the loudest channel", "dBFS")
    columns: ClassVar[tuple[str, ...]] = ("level_dbfs", "sharpness_db", "length_ms", "ago_ms")
    """The sharpest hole of half a second or more, over or not; `ago_ms` is -1 while it is not."""
    trigger = Trigger(enter=SILENT_DBFS, leave=SILENT_DBFS, min_s=0.48, above=False, merge_s=0.03)
    explains: ClassVar[frozenset[str]] = frozenset({"audio_dropout"})

    def __init__(self) -> None:
        self._restart()

    def _restart(self) -> None:
        self._finder = HoleFinder()

    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return the level, and the sharpest cut that is open or was found to be over."""
        if view.after_gap:
            self._restart()
        powers = slot_powers(view)
        level = float(decibels(powers.mean(axis=0).max()))
        shortest = round(seconds_to_ns(self.trigger.min_s) / NS_PER_MS / SLOT_MS)
        over = self._finder.take(powers.max(axis=1, keepdims=True))
        over = [hole for hole in over if hole.end - hole.start >= shortest and _missed(hole)]
        holes = over or [hole for hole in self._finder.lasting(shortest) if _missed(hole)]
        if not holes:
            return level, 0.0, 0.0, 0.0
        worst = worst_of(holes)
        ago_ms = (self._finder.slots - worst.end) * SLOT_MS if over else -1.0
        return level, worst.sharpness_db, (worst.end - worst.start) * SLOT_MS, ago_ms

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return the silences that began with a cut, that lasted long, or that nothing preceded."""
        found = list(self._after_cuts(series))
        from_ns, to_ns = judged_window(context.timeline, series.end_ns)
        for span in self.trigger.intervals(series.t_ns, series.columns["level_dbfs"], series.end_ns):
            heard_ns = min(span.end_ns, to_ns) - max(span.start_ns, from_ns)
            total = span.start_ns <= max(from_ns, int(series.t_ns[0])) and span.end_ns >= to_ns
            if (total or heard_ns >= seconds_to_ns(LONG_S)) and not any(
                _meet(span, other) for other in found
            ):
                found.append(span)
        return sorted(found, key=lambda item: item.start_ns)

    def _after_cuts(self, series: Series) -> Iterator[Interval]:
        edges = np.append(series.t_ns, series.end_ns)
        loud = series.columns["level_dbfs"] >= SILENT_DBFS
        for cut in _cuts_of(series, edges):
            last_ns = series.end_ns if cut.end_ns is None else cut.end_ns
            inside = np.flatnonzero(loud & (edges[1:] > cut.start_ns + round(ECHO_MS * NS_PER_MS)))
            back_ns = int(edges[inside[0]]) if inside.size else series.end_ns
            # The hop in which sound returns is loud as a whole; the cut's own end is exact.
            end_ns = last_ns if last_ns <= back_ns + round(ECHO_MS * NS_PER_MS) else back_ns
            length_ns = end_ns - cut.start_ns
            if length_ns < seconds_to_ns(self.trigger.min_s):
                continue
            rows = slice(*np.searchsorted(series.t_ns, (cut.start_ns + round(ECHO_MS * NS_PER_MS), end_ns)))
            yield Interval(
                start_ns=cut.start_ns,
                end_ns=end_ns,
                peak=float(np.min(series.columns["level_dbfs"][rows])),
                confidence=confidence(length_ns, seconds_to_ns(self.trigger.min_s)),
                limit=SILENT_DBFS,
            )


def _missed(hole: Hole) -> bool:
    """Return whether a listener misses what was cut."""
    soft = hole.lead < SOFT_DBFS
    back = hole.rise_db >= RISE_DB and hole.after >= BACK_DBFS
    return not hole.meant and (back or not (soft and hole.recent - hole.lead > STEADY_DB))


def _cuts_of(series: Series, edges: NDArray[np.int64]) -> Iterator[_Cut]:
    """Yield each sharp cut once."""
    columns = series.columns
    cut: _Cut | None = None
    for row in np.flatnonzero(columns["sharpness_db"] > CUT_DB).tolist():
        ago_ms = float(columns["ago_ms"][row])
        row_end_ns = int(edges[row + 1])
        end_ns = None if ago_ms < 0 else row_end_ns - round(ago_ms * NS_PER_MS)
        length_ns = round(float(columns["length_ms"][row]) * NS_PER_MS)
        start_ns = (row_end_ns if end_ns is None else end_ns) - length_ns
        if cut and abs(start_ns - cut.start_ns) > round(ECHO_MS * NS_PER_MS):
            yield cut
            cut = None
        cut = cut or _Cut(start_ns, float(columns["sharpness_db"][row]), None)
        cut.end_ns = end_ns
    if cut:
        yield cut


def _meet(one: Interval, other: Interval) -> bool:
    return one.start_ns < other.end_ns and other.start_ns < one.end_ns
