"""Hum: the mains in the sound."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger, confidence, runs
from harness.clock import NS_PER_S, seconds_to_ns
from harness.detectors.audio.hum_edges import Edge, tone_at
from harness.detectors.audio.mains import FAMILIES_HZ, LINES_HZ, MainsLines, columns_of
from harness.detectors.audio.steadiness import (
    OFF_BY,
    STEP_HOPS,
    WINDOW_FRAMES,
    WINDOW_HOPS,
    Complexes,
    Floats,
    Frames,
    Steady,
    change,
    frames_of,
    steady,
    tuned,
    turned,
)
from harness.findings import Metric

SOFTEST_DBFS: Final = -64.0
"""A line softer than this is not heard at the level at which a programme is listened to."""

LEAD: Final = 0.8
"""Coherence of the mains themselves, or of twice their frequency: without either it is some other tone."""

MOST_OF_A_LINE: Final = 1.8
STEADINESS: Final = 4.0
"""Sum over the lines of -ln(1 - coherence), each at most `MOST_OF_A_LINE`; noise alone has 1.1."""

COHERENT: Final = 0.6
LIKELY: Final = 450.0
"""Energy over that of the noise beside it, of all lines that are `COHERENT`, in the clearest window."""

WINDOWS: Final = 3
"""So many windows, 0.1 s apart, must agree."""

CHANGE: Final = 0.25
"""In one window at least amplitude and phase are the same in both halves, within this (the mean of the lines
that are `COHERENT`, each by its likelihood): a note that is struck decays, one that is held beats."""

NEAR_OFF_BY: Final = 0.0015
CLEAR_STEADINESS: Final = 4.8
CLEAR_LEAD, NEAR_LEAD = 0.985, 0.95
"""Grids keep their frequency within 0.1 % (ENTSO-E: 50 mHz) but for a few hours a year. So near, one window
must have lines as steady as this together, or a lead as coherent as `NEAR_LEAD`; elsewhere `CLEAR_LEAD`."""

INNER_HOPS: Final = 10
TURN_HOPS: Final = 2
PAUSE: Final = 0.25
PAUSES_SHARE: Final = 0.05
"""A hum goes on through the pauses: where, more often than this, less than `PAUSE` of its power is there, in
all of its lines at once, it is played."""

DOMINANT_DB: Final = 9.0
AROUND_HOPS: Final = 1000
SECOND_HOPS: Final = 100
REST_DB: Final = 20.0
"""Nor is it so loud beside the loudest second within 10 s, unless nothing else sounds: that is a bass."""

MANY, SPREAD_DB = 5, 6.0
"""So many spells at levels so far apart are notes: a hum has one level, whatever plays over it."""

CONTRAST_DB: Final = 9.0
"""Of a hum that was there from the first moment or to the last, so much louder is the programme at times at
the same lines: else the hum is what is played, a machine in the picture. One that is there from the first
moment and then ends is that of a guitar's amplifier, in a note that fades: a device that hums, hums on."""

EARLY_HOPS: Final = 300
"""How far before the first window (after the last) the edge is looked for: loud sound hides it there."""

AT_EDGE_HOPS: Final = 30
"""A tone that begins or ends so near to the recording's own edge is taken to be there all along."""

SETTLED_WINDOWS: Final = 15
"""Among so many windows the one that shows the tone most clearly gives its phase and level."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Windows `[first, stop)` in which one family stands."""

    family_hz: float
    frames: Frames
    found: Steady
    first: int
    stop: int


class Hum(AudioDetector):
    """The listener hears the mains: 50 or 60 Hz with multiples, or the 100 or 120 Hz of a rectifier.

    Nothing that plays or speaks stands so still: over two seconds the phase of each line is compared with
    a tone whose harmonics are exact multiples of one frequency, within half a per cent of the mains.
    What pauses, breathes or bends leaves little of it, and no note of equal temperament lies so near
    (49.0 and 51.9 Hz, 58.3 and 61.7 Hz; A4 at 440 Hz). Each line gives -ln(1 - coherence), at most
    `MOST_OF_A_LINE`, so that one held tone is never enough. A bass that is tuned to the mains begins and ends
    with its notes and is most of what is heard; a hum goes on through the pauses, well below the programme.
    """

    defect = "hum"
    metric = Metric("level at the lines of the mains", "dBFS")
    columns: ClassVar[tuple[str, ...]] = (
        "level_dbfs",
        "programme_dbfs",
        *(f"{part}_{line_hz:.0f}_hz" for line_hz in LINES_HZ for part in ("re", "im")),
    )
    trigger = Trigger(enter=SOFTEST_DBFS, leave=SOFTEST_DBFS, min_s=WINDOW_HOPS / 100)

    def __init__(self) -> None:
        self._lines = MainsLines()
        self._nothing = (float("nan"),) * len(self.columns)

    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return the level and the complex amplitude of each line."""
        values = self._lines.take(view)
        if values is None:
            return self._nothing
        level_dbfs = 10 * float(np.log10(np.dot(values, values) / 2 + 1e-12))
        return (level_dbfs, view.rms_dbfs, *values.tolist())

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where one family stands for two seconds or longer."""
        names = self.columns[2:]
        flat = np.stack([series.columns[name] for name in names], axis=1).astype(np.float64)
        lines: Complexes = np.ascontiguousarray(flat).view(np.complex128)
        frames = frames_of(lines, series.t_ns)
        if len(frames.t_s) < WINDOW_FRAMES:
            return []
        t_s: Floats = series.t_ns / NS_PER_S
        lines = turned(lines, t_s)
        found: list[tuple[Interval, _Stretch]] = []
        for family_hz in FAMILIES_HZ:
            windows = steady(frames, family_hz)
            spells = [
                _Stretch(family_hz, frames, windows, first, stop) for first, stop in runs(stands(windows))
            ]
            clear = [spell for spell in spells if _is_clear(spell)]
            if not _are_notes(clear):
                found += [(_interval(spell, lines, series), spell) for spell in clear if _is_unchanged(spell)]
        shortest_ns = round(0.8 * seconds_to_ns(self.trigger.min_s))
        return [
            item
            for item, spell in _apart(found)
            if item.end_ns - item.start_ns >= shortest_ns
            and item.peak >= SOFTEST_DBFS
            and not _is_all_there_is(item, series)
            and not _dominates(item, series)
            and not _is_played(item, spell, lines, t_s)
        ]


def stands(windows: Steady) -> NDArray[np.bool_]:
    """Return for each window whether the tone of the mains stands in it."""
    loud = np.abs(windows.amplitude).max(axis=1) > 10 ** (SOFTEST_DBFS / 20)
    lead = windows.coherence[:, :2].max(axis=1) > LEAD
    inside = np.abs(windows.off_by) < 0.999 * OFF_BY[-1]
    return np.asarray((_steadiness(windows.coherence) > STEADINESS) & loud & lead & inside)


def _steadiness(coherence: Floats) -> Floats:
    each = np.minimum(-np.log(np.maximum(1 - coherence, 1e-6)), MOST_OF_A_LINE)
    return np.asarray(np.sum(each, axis=-1))


def _is_clear(spell: _Stretch) -> bool:
    likely = _likelihood(spell.found)[spell.first : spell.stop]
    return len(likely) >= WINDOWS and float(likely.max()) >= LIKELY


def _are_notes(spells: list[_Stretch]) -> bool:
    if len(spells) < MANY:
        return False
    levels = [_level_dbfs(spell) for spell in spells]
    return float(np.quantile(levels, 0.9) - np.quantile(levels, 0.1)) > SPREAD_DB


def _is_unchanged(spell: _Stretch) -> bool:
    """Return whether the tone is the same from beginning to end of one window."""
    found = spell.found
    for window in range(spell.first, spell.stop):
        coherence = found.coherence[window]
        lead, near = float(coherence[:2].max()), abs(found.off_by[window]) <= NEAR_OFF_BY
        if lead < (NEAR_LEAD if near else CLEAR_LEAD) and not (
            near and _steadiness(coherence) >= CLEAR_STEADINESS
        ):
            continue
        off_by, _ = tuned(spell.frames, spell.family_hz, window, float(found.off_by[window]))
        changes = change(spell.frames, spell.family_hz, window, off_by)
        weights = np.where(coherence > COHERENT, found.likelihood[window], 0.0)
        if float(changes @ weights) < CHANGE * float(weights.sum()):
            return True
    return False


def _is_played(interval: Interval, spell: _Stretch, lines: Complexes, t_s: Floats) -> bool:
    """Return whether the tone is away at times between its beginning and its end."""
    best = spell.first + int(np.argmax(_likelihood(spell.found)[spell.first : spell.stop]))
    start, stop = (int(np.searchsorted(t_s, at / NS_PER_S)) for at in (interval.start_ns, interval.end_ns))
    off_by, amplitude = tuned(spell.frames, spell.family_hz, best, float(spell.found.off_by[best]))
    columns = spell.found.coherence[best] > COHERENT
    tone = tone_at(t_s[start:stop], spell.family_hz, off_by, amplitude)[:, columns]
    heard = lines[start:stop, columns_of(spell.family_hz)][:, columns]
    inner = slice(INNER_HOPS, -INNER_HOPS)
    there, expected = (
        np.convolve(np.sum(np.abs(part[inner]) ** 2, axis=1), np.ones(TURN_HOPS), "valid")
        for part in (heard, tone)
    )
    return bool(np.mean(there < PAUSE * expected) > PAUSES_SHARE)


def _level_dbfs(spell: _Stretch) -> float:
    powers = np.sum(np.abs(spell.found.amplitude[spell.first : spell.stop]) ** 2, axis=1) / 2
    return 10 * float(np.log10(np.median(powers)))


def _is_all_there_is(interval: Interval, series: Series) -> bool:
    from_start, to_end = interval.start_ns <= series.t_ns[0], interval.end_ns >= series.end_ns
    loud = float(np.nanquantile(series.columns["level_dbfs"], 0.9))
    return (from_start and not to_end) or (to_end and loud - interval.peak < CONTRAST_DB)


def _dominates(interval: Interval, series: Series) -> bool:
    """Return whether the tone is as loud as the programme is around it, and more than the tone is heard."""
    start, stop = (int(np.searchsorted(series.t_ns, at)) for at in (interval.start_ns, interval.end_ns))
    programme = 10 ** (np.nan_to_num(series.columns["programme_dbfs"], nan=-120.0).astype(np.float64) / 10)
    around = programme[max(0, start - AROUND_HOPS) : stop + AROUND_HOPS]
    second = np.ones(SECOND_HOPS) / SECOND_HOPS
    loudest_db = 10 * np.log10(np.convolve(around, second, "same").max() + 1e-12)
    rest = float(np.mean(programme[start:stop])) - 10 ** (interval.peak / 10)
    alone = rest < 10 ** ((interval.peak - REST_DB) / 10)
    return bool(interval.peak > loudest_db - DOMINANT_DB and not alone)


def _likelihood(windows: Steady) -> Floats:
    return np.asarray(np.sum(windows.likelihood * (windows.coherence > COHERENT), axis=1))


def _interval(stretch: _Stretch, lines: Complexes, series: Series) -> Interval:
    found, first, stop = stretch.found, stretch.first, stretch.stop
    last = stop - 1
    likely = _likelihood(found)
    clearest_early = first + int(np.argmax(likely[first : min(stop, first + SETTLED_WINDOWS)]))
    clearest_late = max(first, last - SETTLED_WINDOWS)
    clearest_late += int(np.argmax(likely[clearest_late:stop]))
    middle = WINDOW_HOPS // 2
    begin = max(0, first * STEP_HOPS - EARLY_HOPS)
    rows = slice(begin, clearest_early * STEP_HOPS + middle)
    start = begin + _edge(stretch, clearest_early, lines, series, rows).begins()
    from_row = clearest_late * STEP_HOPS + middle
    rows = slice(from_row, min(len(lines), last * STEP_HOPS + WINDOW_HOPS + EARLY_HOPS))
    end = from_row + _edge(stretch, clearest_late, lines, series, rows).ends()
    start = start if start > AT_EDGE_HOPS else 0
    start_ns = int(series.t_ns[start])
    end_ns = int(series.t_ns[end]) if end < len(series.t_ns) - AT_EDGE_HOPS else series.end_ns
    return Interval(
        start_ns=start_ns,
        end_ns=end_ns,
        peak=_level_dbfs(stretch),
        confidence=confidence(end_ns - start_ns, seconds_to_ns(WINDOW_HOPS / 100)),
        limit=SOFTEST_DBFS,
    )


def _edge(stretch: _Stretch, window: int, lines: Complexes, series: Series, rows: slice) -> Edge:
    t_s: Floats = series.t_ns[rows] / NS_PER_S
    coarse = float(stretch.found.off_by[window])
    off_by, amplitude = tuned(stretch.frames, stretch.family_hz, window, coarse)
    return Edge(lines[rows], t_s, stretch.family_hz, off_by, amplitude)


def _apart(found: list[tuple[Interval, _Stretch]]) -> list[tuple[Interval, _Stretch]]:
    """Return what does not overlap; of two families at one time the louder."""
    kept: list[tuple[Interval, _Stretch]] = []
    for item, spell in sorted(found, key=lambda pair: pair[0].peak, reverse=True):
        if all(item.end_ns <= other.start_ns or item.start_ns >= other.end_ns for other, _ in kept):
            kept.append((item, spell))
    return sorted(kept, key=lambda pair: pair[0].start_ns)
