"""Distortion: tops that are cut or wrapped, a converter that has lost its bits."""

from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger
from harness.clock import NS_PER_MS, seconds_to_ns
from harness.detectors.audio.stretches import SoundStretch, Stretches
from harness.detectors.audio.waveform import Damage, damage_of
from harness.findings import Metric

HOPS: Final = 5
"""So many hops are looked at together (50 ms)."""

CUT: Final = 0.003
"""Share of samples in tops that were cut: 50 ms with 7 of them and more."""

MADE_SO: Final = 0.75
"""Waves that stay at one level for longer than this share are square by design."""

FULL_SCALE: Final = 0.985
LOUD_CUT: Final = 0.035
"""Masters are cut at full scale by intent: up to 2.1 % of the samples of a second in the clean half of the
media, and 4.5 % of 50 ms. At full scale more than this is needed, over half a second."""

LOUD_S: Final = 0.5

FULLNESS: Final = 0.5
"""Flatness of half-waves that counts where a codec has rounded the tops (a sine has 0.44)."""

CHANGE_DB: Final = 1.2
"""The level of the sound changes by so much while tops stay where they are: a note that is held has both."""

SAME_LEVEL: Final = 0.04
FEW: Final = 4
MANY: Final = 7
WITHIN_S: Final = 1.0
"""`FEW` stretches within this, or `MANY` within twice this, at one level, are no accident."""

FINE_STEP: Final = 1.0
CLEAN_SHARE: Final = 0.2
"""Where less of loud sound than this is whole, the title is made so: of few bits, or through a fuzz box."""

Row = tuple[float, ...]


class Distortion(AudioDetector):
    """The waveform is cut off, wraps around, or lies on the few steps of a converter that lost bits.

    The listener hears rasping, crashing or a rustle that follows the sound. Cut tops are runs of three
    samples and more at one level that nothing exceeds, with a kink at the edge; below full scale, four
    stretches of 50 ms within a second at the same level decide, as instruments, tubes and limiters do not
    keep a level to the bit. Full scale itself is reached by loud masters, so much more is needed there.
    After a codec tops ripple: then half-waves must be flat (a sine counts 0.44) at one level for long,
    although the sound grows and falls, with nothing above. A wrapped wave jumps by the whole scale and
    goes on by its slope. What is square, or of few bits, from beginning to end, is meant so. Piles in the
    histogram of levels, wherever they lie, are the idea of FFmpeg's adeclip.
    """

    defect = "distortion"
    metric = Metric("share of the sound that is damaged", "%")
    columns: ClassVar[tuple[str, ...]] = (
        "cut",
        "cut_level",
        "fullness",
        "pile_level",
        "wraps",
        "rail",
        "step",
        "rms_db",
        "ago_ms",
        "channel",
    )
    """One row of each `HOPS` tells of the stretch that ends with it: of its worst channel."""
    trigger = Trigger(enter=100 * CUT, leave=100 * CUT, merge_s=WITHIN_S)
    explains: ClassVar[frozenset[str]] = frozenset({"clicks", "audio_dropout"})

    def __init__(self) -> None:
        self._stretches = Stretches(HOPS)

    def measure(self, view: SoundView) -> Row:
        """Return the damage of the worst channel of the stretch that ends here."""
        stretch = self._stretches.take(view)
        return _row_of(stretch) if stretch else (np.nan,) * len(self.columns)

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return stretches of time that are damaged in one way for long enough."""
        heard = np.flatnonzero(np.isfinite(series.columns["cut"]))
        if not len(heard):
            return []
        columns = {name: column[heard].astype(np.float64) for name, column in series.columns.items()}
        ends_ns = np.append(series.t_ns[1:], series.end_ns)[heard]
        starts_ns = ends_ns - np.rint(columns["ago_ms"] * NS_PER_MS).astype(np.int64)
        suspected = _suspected(columns)
        certain = _certain(columns, suspected, starts_ns)
        spans = _spans(certain, _like(certain, columns), starts_ns)
        return [_interval(span, columns, starts_ns, ends_ns) for span in spans]


def _row_of(stretch: SoundStretch) -> Row:
    damages: list[tuple[Damage, int]] = []
    for channel, samples in enumerate(stretch.samples):
        if not channel or not np.array_equal(samples, stretch.samples[0]):
            damages.append((damage_of(samples), channel))
    worst, channel = max(
        damages, key=lambda item: (item[0].wraps, item[0].step, _cut(item[0]), _full(item[0]))
    )
    samples = stretch.samples[channel]
    rms_db = float(10 * np.log10(float(samples @ samples) / len(samples) + 1e-12))
    return (
        _cut(worst),
        worst.cut_level,
        _full(worst),
        worst.pile_level,
        float(worst.wraps),
        worst.rail,
        worst.step,
        rms_db,
        1000 * (len(samples) - worst.first) / stretch.rate_hz,
        float(channel),
    )


def _cut(damage: Damage) -> float:
    """Return the share of cut tops, 0 where the wave is square or in steps anyway."""
    return damage.cut if damage.cut <= MADE_SO and damage.plateaus <= damage.cut / 2 else 0.0


def _full(damage: Damage) -> float:
    return damage.fullness if damage.piled <= MADE_SO else 0.0


Columns = dict[str, NDArray[np.float64]]


def _suspected(columns: Columns) -> NDArray[np.bool_]:
    """Return which rows show any damage at all."""
    cut = (columns["cut"] > 0) & (columns["cut_level"] < FULL_SCALE) | (columns["cut"] > LOUD_CUT)
    coarse = columns["step"] > FINE_STEP
    loud = columns["rms_db"] > -50.0
    damaged = columns["wraps"] > 0
    for these in (cut, coarse):
        if np.count_nonzero(~these & loud) >= CLEAN_SHARE * np.count_nonzero(loud):
            damaged |= these
    return np.asarray(damaged)


def _certain(
    columns: Columns, suspected: NDArray[np.bool_], starts_ns: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which rows are damaged beyond doubt."""
    below = suspected & (columns["cut"] >= CUT) & (columns["cut_level"] < FULL_SCALE)
    certain = _alike(below, columns["cut_level"], starts_ns, FEW, WITHIN_S)
    certain |= _alike(suspected & (columns["wraps"] > 0), columns["rail"], starts_ns, FEW, WITHIN_S)
    certain |= _alike(suspected & (columns["step"] > FINE_STEP), columns["step"], starts_ns, FEW, WITHIN_S)
    full_scale = (columns["cut"] > 0) & (columns["cut_level"] >= FULL_SCALE)
    width = round(LOUD_S / (HOPS * SoundView.HOP_S))
    around = np.convolve(np.where(full_scale, columns["cut"], 0.0), np.ones(width) / width)
    mean = around[(width - 1) // 2 :][: len(full_scale)]
    certain |= full_scale & (mean >= LOUD_CUT)
    return certain | _flat(columns, starts_ns)


def _alike(
    these: NDArray[np.bool_],
    levels: NDArray[np.float64],
    starts_ns: NDArray[np.int64],
    count: int,
    within_s: float,
) -> NDArray[np.bool_]:
    """Return which of these rows have others of the same level near by, `count` in all."""
    alike = np.zeros_like(these)
    rows = np.flatnonzero(these)
    stops = np.searchsorted(starts_ns[rows], starts_ns[rows] + seconds_to_ns(within_s))
    for number, row in enumerate(rows.tolist()):
        near = rows[number : stops[number]]
        same = near[np.abs(levels[near] - levels[row]) <= SAME_LEVEL * levels[row]]
        if len(same) >= count:
            alike[same] = True
    return alike


def _flat(columns: Columns, starts_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return rows of flat half-waves at one level, with nothing above, in sound that comes and goes."""
    flat = np.zeros(len(starts_ns), dtype=bool)
    levels, loud_db = columns["pile_level"], columns["rms_db"]
    full = columns["fullness"] >= FULLNESS
    for row in np.flatnonzero(full).tolist():
        stop = int(np.searchsorted(starts_ns, starts_ns[row] + seconds_to_ns(2 * WITHIN_S)))
        ratio = levels[row:stop] / levels[row]
        same = row + np.flatnonzero(full[row:stop] & (np.abs(ratio - 1) <= SAME_LEVEL))
        above = int(np.count_nonzero(ratio > 1 + 2 * SAME_LEVEL))
        if len(same) - 3 * above >= MANY and np.ptp(loud_db[same]) >= CHANGE_DB:
            flat[same] = True
    return flat


def _like(certain: NDArray[np.bool_], columns: Columns) -> NDArray[np.bool_]:
    """Return rows that show the same damage as one that is certain, at the same level."""
    like = np.zeros_like(certain)
    for share, level in (("cut", "cut_level"), ("wraps", "rail"), ("step", "step")):
        shows = columns[share] > (FINE_STEP if share == "step" else 0.0)
        known = np.unique(columns[level][shows & certain])
        if known.size:
            off = np.abs(columns[level][:, None] - known).min(axis=1)
            like |= shows & (off <= SAME_LEVEL * columns[level])
    return like


def _spans(
    certain: NDArray[np.bool_], like: NDArray[np.bool_], starts_ns: NDArray[np.int64]
) -> list[NDArray[np.intp]]:
    """Return groups of damaged rows that are certain, with what is like them beside them."""
    rows = np.flatnonzero(certain | like)
    if not certain.any():
        return []
    apart = np.flatnonzero(np.diff(starts_ns[rows]) > seconds_to_ns(WITHIN_S)) + 1
    return [group for group in np.split(rows, apart) if certain[group].any()]


def _interval(
    rows: NDArray[np.intp], columns: Columns, starts_ns: NDArray[np.int64], ends_ns: NDArray[np.int64]
) -> Interval:
    channels = set(columns["channel"][rows].tolist())
    return Interval(
        start_ns=int(starts_ns[rows[0]]),
        end_ns=int(ends_ns[rows[-1]]),
        peak=100 * float(columns["cut"][rows].max()),
        confidence=1.0 - 1.0 / (1 + len(rows)),
        limit=100 * CUT,
        channel=int(channels.pop()) if len(channels) == 1 and channels != {0.0} else None,
    )
