"""Clicks: impulses that last a millisecond at most."""

from collections import deque
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger
from harness.clock import NS_PER_MS, seconds_to_ns
from harness.detectors.audio.impulses import CELL_MS, Impulse, impulses_of
from harness.detectors.audio.stretches import SoundStretch, Stretches
from harness.findings import Metric

HOPS: Final = 10
"""So many hops are looked at together, when the next is known."""

SHARP_DB: Final = 14.0
SHARP_LEVEL_DB: Final = 3.0
"""A wrong sample. In the clean half of the media few reach this, and never two within a second."""

SURE_DB: Final = 24.0
SURE_LEVEL_DB: Final = 12.0
SURE_LOST_MS: Final = 0.9
"""So plain, one is enough."""

ROUND_DB: Final = 14.0
ROUND_LEVEL_DB: Final = 5.0
"""What a codec leaves of a click. Lips and pops of vinyl come near: only many together count."""

SEVERAL: Final = 2
MANY: Final = 3
WITHIN_S: Final = 1.0

WEAK_DB, LIKE_DB = 9.0, 6.0
"""Where clicks are certain, others this plain belong to them, if they are as high within `LIKE_DB`, or lose
samples, too: what is merely struck is not."""

LESS_PLAIN, PLAIN = 0.5, 0.75
FIRST_S: Final = 0.4
"""Nor does what is less plain than this share of what is usual among them; the first, if the next comes
no sooner than `FIRST_S`, needs `PLAIN`."""

CHANNEL_ALL: Final = -1.0
Row = tuple[float, ...]
NOTHING: Final[Row] = (0.0, 0.0, 0.0, 0.0, 0.0, CHANNEL_ALL)
UNKNOWN: Final[Row] = (np.nan,) * 6


class Clicks(AudioDetector):
    """Impulses of 1 to 48 samples that stand alone: ticks, crackle, splices, lost samples.

    The listener hears ticking or crackling over the programme. Each channel is compared with what linear
    prediction from both sides expects; an impulse is an error that towers over all errors 1.5 to 10 ms
    before and after it, and over the sound there. What is struck, plucked or spoken has a body that
    follows, which the errors after it show; its attack takes more than a sample. Lost samples are a run of
    zeros in loud sound. An impulse counts when a second one follows within a second, or when nothing but
    an error can be so plain; what has been through a codec is rounder, so three of those are needed. A
    lone wrong sample 9 dB over the programme is the least that is heard (a listening note with MTG's
    Essentia); it reads 9 dB here, a step that is held reads 6 dB less than its height. The idea of a
    prediction error over a robust neighbourhood is that of Essentia's ClickDetector (Alonso-Jimenez et
    al., AES 2019).
    """

    defect = "clicks"
    metric = Metric("height of an impulse over the sound beside it", "dB")
    columns: ClassVar[tuple[str, ...]] = (
        "level_db",
        "sharpness_db",
        "isolation_db",
        "lost_ms",
        "ago_ms",
        "channel",
    )
    """The plainest impulse of a hop that lies `HOPS` hops back; `ago_ms` is from the row's end."""
    trigger = Trigger(enter=SHARP_LEVEL_DB, leave=SHARP_LEVEL_DB, merge_s=WITHIN_S)

    def __init__(self) -> None:
        self._stretches = Stretches(HOPS, margin=1)
        self._rows: deque[Row] = deque()

    def measure(self, view: SoundView) -> Row:
        """Return the plainest impulse of the hop that is due."""
        if view.after_gap:
            self._rows.clear()
        stretch = self._stretches.take(view)
        if stretch is not None:
            self._rows.extend(_rows_of(stretch))
        return self._rows.popleft() if self._rows else UNKNOWN

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return stretches of time in which it clicks, from the first click to the last."""
        columns = series.columns
        level, lost = columns["level_db"], columns["lost_ms"]
        sharp = (columns["sharpness_db"] >= SHARP_DB) & (level >= SHARP_LEVEL_DB) | (lost > 0)
        sure = (columns["sharpness_db"] >= SURE_DB) & (level >= SURE_LEVEL_DB) | (lost >= SURE_LOST_MS)
        rounded = (columns["isolation_db"] >= ROUND_DB) & (level >= ROUND_LEVEL_DB)
        ends_ns = np.append(series.t_ns[1:], series.end_ns)
        starts_ns = ends_ns - np.nan_to_num(columns["ago_ms"] * NS_PER_MS).astype(np.int64)
        certain = sure | _together(sharp, starts_ns, SEVERAL) | _together(rounded | sharp, starts_ns, MANY)
        weak = (np.maximum(columns["sharpness_db"], columns["isolation_db"]) >= WEAK_DB) | (lost > 0)
        found = []
        for rows in _groups(np.flatnonzero(certain | weak), starts_ns):
            if certain[rows].any():
                found.append(self._interval(series, _alike(rows, certain, columns, starts_ns), starts_ns))
        return found

    def _interval(self, series: Series, rows: NDArray[np.intp], starts_ns: NDArray[np.int64]) -> Interval:
        columns = series.columns
        channels = set(columns["channel"][rows].tolist())
        last_ms = max(2 * CELL_MS, float(columns["lost_ms"][rows[-1]]))
        return Interval(
            start_ns=int(starts_ns[rows[0]]),
            end_ns=int(starts_ns[rows[-1]]) + round(last_ms * NS_PER_MS),
            peak=float(columns["level_db"][rows].max()),
            confidence=1.0 - 0.5 / len(rows),
            limit=self.trigger.enter,
            channel=int(channels.pop()) if len(channels) == 1 and CHANNEL_ALL not in channels else None,
        )


def _rows_of(stretch: SoundStretch) -> list[Row]:
    """Return one row for each hop of a stretch: its plainest impulse."""
    plainest: list[Impulse | None] = [None] * HOPS
    for impulse in impulses_of(stretch):
        hop = impulse.at // stretch.hop
        known = plainest[hop]
        if known is None or impulse.rank > known.rank:
            plainest[hop] = impulse
    return [_row(impulse, stretch) for impulse in plainest]


def _row(impulse: Impulse | None, stretch: SoundStretch) -> Row:
    if impulse is None:
        return NOTHING
    rest = stretch.hop - impulse.at % stretch.hop + HOPS * stretch.hop
    return (
        impulse.level_db,
        impulse.sharpness_db,
        impulse.isolation_db,
        impulse.lost_ms,
        1000 * rest / stretch.rate_hz,
        float(impulse.channel),
    )


def _together(these: NDArray[np.bool_], starts_ns: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Return which of these rows lie with others, `count` in all, within `WITHIN_S`."""
    rows = np.flatnonzero(these)
    together = np.zeros_like(these)
    for first in range(len(rows) - count + 1):
        some = rows[first : first + count]
        if starts_ns[some[-1]] - starts_ns[some[0]] <= seconds_to_ns(WITHIN_S):
            together[some] = True
    return together


def _alike(
    rows: NDArray[np.intp],
    certain: NDArray[np.bool_],
    columns: dict[str, NDArray[np.float32]],
    starts_ns: NDArray[np.int64],
) -> NDArray[np.intp]:
    """Return those of a group that are as the certain ones are."""
    sure = rows[certain[rows]]
    level, plain = columns["level_db"], columns["sharpness_db"]
    if np.median(plain[sure]) < SHARP_DB:
        plain = columns["isolation_db"]
    plain = np.where(columns["lost_ms"] > 0, np.inf, plain / max(float(np.median(plain[sure])), WEAK_DB))
    near = np.abs(level[rows] - np.median(level[sure])) <= LIKE_DB
    own = rows[(near | certain[rows] | np.isinf(plain[rows])) & (plain[rows] >= LESS_PLAIN)]
    soon = np.diff(starts_ns[own]) < seconds_to_ns(FIRST_S)
    first = np.flatnonzero((plain[own] >= PLAIN) | np.append(soon, False))
    return own[first[0] :] if first.size else sure


def _groups(rows: NDArray[np.intp], starts_ns: NDArray[np.int64]) -> list[NDArray[np.intp]]:
    """Return the rows in groups that lie `WITHIN_S` apart."""
    if not len(rows):
        return []
    apart = np.flatnonzero(np.diff(starts_ns[rows]) > seconds_to_ns(WITHIN_S)) + 1
    return [np.asarray(group) for group in np.split(rows, apart)]
