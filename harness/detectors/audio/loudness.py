"""Loudness: the level of the sound jumps from one moment to the next, and stays there."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.bands import band_powers, mono
from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger
from harness.clock import NS_PER_MS, seconds_to_ns
from harness.detectors.audio.even_step import HOPS as BAND_HOPS
from harness.detectors.audio.even_step import Shift, shifts_of, unevenness
from harness.detectors.audio.gain_step import Step, steps_of, unpredicted
from harness.detectors.audio.r128 import Loudness as Meter
from harness.detectors.audio.stretches import SoundStretch, Stretches
from harness.findings import Metric

HOPS: Final = 10
MARGIN: Final = 2
"""So many hops are looked at together, when those beside them are known."""

LAG: Final = HOPS + MARGIN - 1
"""A row tells of the hop that lies so far back."""

LEAST_DB: Final = 5.0
"""A jump of 6 dB is clearly heard by everybody; the gain is measured to a few tenths of a decibel."""

MOST_DB: Final = 15.0
"""More than that is sound that goes or comes: a dropout, silence, or a beep that is switched on."""

OFF_DB: Final = 6.0
"""The level changes by the gain within this at 95 in 100 planted steps (median 1 dB off); where speech or a
drum ends or sets in it is 9 dB off and more. What is beyond counts against the healing."""

LONE_DB: Final = 18.0
"""A jump is taken for one by itself that heals by so much, as four in five planted steps do."""

OTHERWISE_DB, STANDS_OUT_DB = 9.0, 10.0
"""Where the level does otherwise by more than `OTHERWISE_DB`, a burst may have been taken for a step: then
nothing within 10 ms is so badly predicted, by `STANDS_OUT_DB`."""

LIKEWISE_HEALED_DB, LIKEWISE_DB = 8.0, 4.0
"""So does one that heals by less, if the level does just as the gain, within `LIKEWISE_DB`."""

ALONE_DB, ALONE_BOTH_DB = 3.5, 22.0
"""Or if nothing beside it is so badly predicted, by `ALONE_DB` (each pulse of a voice is like the others, and
where a vowel ends it had others before it), and by what it heals and stands out together."""

SPLICE_HEALED_DB, SPLICE_ALONE_DB = 16.0, 14.0
"""Where both are so plain it does not matter what the level does. In 1.3 hours of clean speech, music and
films none of these was found."""

EVEN_DB: Final = 1.1
"""Steady sound, the room in a pause, that shifts in all bands by the same within this (mean deviation) was
shifted: in the same hours the most even shift was 1.2 dB uneven."""

LEAST_HEALED_DB: Final = 4.0
NEARLY_EVEN_DB, EVEN_WORTH_DB = 2.0, 8.0
PAIR_DB: Final = 16.0
"""Of a jump and of the one that undoes it, together: two breaks are hardly inverse by accident. What shifts
nearly evenly counts as if it healed by `EVEN_WORTH_DB`."""

SOFTEST_LUFS: Final = -50.0
"""A jump in softer sound is not heard as one; nor is a pair of them if nothing between them is louder."""

BACK_DB, EVEN_BACK_DB = 1.0, 1.5
"""So nearly undone, a jump is over; by how much a shift of noise is, is known less well."""

SURE_DB: Final = 20.0
NOTHING: Final = (0.0, 0.0, 0.0, 0.0, 0.0, float("nan"))

Row = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Jump:
    """A step or a shift; `worth_db` is what it heals by, `lone` tells that it needs no other to undo it."""

    t_ns: int
    row: int
    gain_db: float
    worth_db: float
    lone: bool
    even: bool


class Loudness(AudioDetector):
    """The listener reaches for the volume: the programme is 6 dB or more louder, or softer, at once.

    Music and cuts change what is heard; a device changes the gain. So a jump is a place at which the
    sound, divided by one factor from there on, goes on as linear prediction from what came before says,
    and the other way round with the inverse factor (`gain_step`). Of noise, which nothing
    predicts, it is where steady sound shifts within 2.5 ms, in all bands by the same (`even_step`). It is
    over when a jump undoes it. A gain that glides takes no such step and is not found.

    The series hold what EBU R 128 defines, for reports and for other limits: momentary, short-term and
    integrated loudness and the true peak so far. None of them is a defect by itself: titles are delivered
    at many levels.
    """

    defect = "loudness"
    metric = Metric("jump of the level", "dB")
    columns: ClassVar[tuple[str, ...]] = (
        "momentary_lufs",
        "short_term_lufs",
        "integrated_lufs",
        "true_peak_dbtp",
        "jump_db",
        "healed_db",
        "off_db",
        "alone_db",
        "ago_ms",
        "uneven_db",
    )
    trigger = Trigger(enter=LEAST_DB, leave=LEAST_DB, min_s=1.0)

    def __init__(self) -> None:
        self._meter = Meter()
        self._stretches = Stretches(HOPS, MARGIN)
        self._due: deque[tuple[Step | None, Shift | None]] = deque()
        self._powers: deque[NDArray[np.float32]] = deque(maxlen=LAG + 1 + BAND_HOPS)

    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return the loudness so far, and the step of the gain in the hop that is due, if there is one."""
        meter = self._meter
        meter.take(view)
        loudness = (meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs, meter.true_peak_dbtp)
        if view.after_gap:
            self._due.clear()
            self._powers.clear()
        self._powers.append(view.of(band_powers))
        stretch = self._stretches.take(view, view.of(mono)[:, None])
        if stretch is not None:
            self._due.extend(_plainest(stretch))
        return (*loudness, *self._row(len(view.samples), view.rate_hz))

    def _row(self, hop: int, rate_hz: int) -> Row:
        step, shift = self._due.popleft() if self._due else (None, None)
        uneven_db = float("nan")
        if shift is not None and len(self._powers) == self._powers.maxlen:
            shifted_db, uneven_db = unevenness(np.stack(self._powers), BAND_HOPS, shift.gain_db)
            if not np.isnan(uneven_db) and (step is None or abs(step.gain_db - shifted_db) > EVEN_BACK_DB):
                step = Step(shift.at, shifted_db, 0.0, 0.0, 0.0)
        if step is None:
            return NOTHING
        ago = hop * (HOPS + MARGIN) - step.at % hop
        return step.gain_db, step.healed_db, step.off_db, step.alone_db, 1000 * ago / rate_hz, uneven_db

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return the stretches from each jump until it is undone, or to the end."""
        found: list[Interval] = []
        heard = np.nan_to_num(series.columns["momentary_lufs"], nan=0.0) >= SOFTEST_LUFS
        jumps = list(_jumps(series))
        while jumps:
            jump = jumps.pop(0)
            back = next((at for at, other in enumerate(jumps) if _undoes(other, jump)), None)
            if back is None:
                if not (jump.lone and heard[jump.row]):
                    continue
                end_ns = series.end_ns
            else:
                other = jumps.pop(back)
                if not heard[jump.row : other.row + 1].any():
                    continue
                end_ns = other.t_ns
            if end_ns - jump.t_ns >= seconds_to_ns(self.trigger.min_s):
                found.append(_interval(jump, end_ns))
        return found


def _plainest(stretch: SoundStretch) -> list[tuple[Step | None, Shift | None]]:
    """Return for each hop of a stretch that is due its plainest step, and its even shift."""
    steps: list[Step | None] = [None] * HOPS
    shifts: list[Shift | None] = [None] * HOPS
    samples, owned = stretch.samples[0].astype(np.float64), range(MARGIN, MARGIN + HOPS)
    left = unpredicted(samples)
    if left is None:
        return list(zip(steps, shifts, strict=True))
    for step in steps_of(samples, *left, stretch.hop, owned):
        hop = step.at // stretch.hop - MARGIN
        if 0 <= hop < HOPS:
            known = steps[hop]
            if known is None or step.healed_db > known.healed_db:
                steps[hop] = step
    for shift in shifts_of(samples, left[0], stretch.hop, owned):
        shifts[shift.at // stretch.hop - MARGIN] = shift
    return list(zip(steps, shifts, strict=True))


def _jumps(series: Series) -> Iterator[_Jump]:
    edges = np.append(series.t_ns[1:], series.end_ns)
    columns = {name: series.columns[name].astype(np.float64) for name in Loudness.columns[4:]}
    gains_db, off_db, healed_db = np.abs(columns["jump_db"]), columns["off_db"], columns["healed_db"]
    alone_db, uneven_db = columns["alone_db"], np.nan_to_num(columns["uneven_db"], nan=np.inf)
    worth_db = healed_db - np.maximum(off_db - OFF_DB, 0)
    lone = (worth_db >= LONE_DB) & ((off_db <= OTHERWISE_DB) | (alone_db >= STANDS_OUT_DB))
    lone |= (healed_db >= LIKEWISE_HEALED_DB) & (off_db <= LIKEWISE_DB)
    lone |= (alone_db >= ALONE_DB) & (healed_db + alone_db >= ALONE_BOTH_DB) & (off_db <= OTHERWISE_DB)
    lone |= (healed_db >= SPLICE_HEALED_DB) & (alone_db >= SPLICE_ALONE_DB)
    lone |= uneven_db <= EVEN_DB
    even = uneven_db <= NEARLY_EVEN_DB
    worth_db = np.where(even, np.maximum(worth_db, EVEN_WORTH_DB), worth_db)
    plain = (gains_db >= LEAST_DB) & (gains_db <= MOST_DB) & ((worth_db >= LEAST_HEALED_DB) | lone)
    for row in np.flatnonzero(plain).tolist():
        yield _Jump(
            int(edges[row]) - round(float(columns["ago_ms"][row]) * NS_PER_MS),
            row,
            float(columns["jump_db"][row]),
            float(worth_db[row]),
            bool(lone[row]),
            bool(even[row]),
        )


def _undoes(other: _Jump, jump: _Jump) -> bool:
    back_db = EVEN_BACK_DB if other.even or jump.even else BACK_DB
    return other.worth_db + jump.worth_db >= PAIR_DB and abs(other.gain_db + jump.gain_db) <= back_db


def _interval(jump: _Jump, end_ns: int) -> Interval:
    return Interval(
        start_ns=jump.t_ns,
        end_ns=end_ns,
        peak=jump.gain_db,
        confidence=0.5 + min(jump.worth_db, 2 * SURE_DB) / (4 * SURE_DB),
        limit=LEAST_DB if jump.gain_db > 0 else -LEAST_DB,
    )
