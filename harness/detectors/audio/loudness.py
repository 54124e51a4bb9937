"""Loudness: the level of the sound jumps from one moment to the next, and stays there."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from harness.analysis.bands import mono
from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger
from harness.clock import NS_PER_MS, seconds_to_ns
from harness.detectors.audio.gain_step import Step, steps_of
from harness.detectors.audio.r128 import Loudness as Meter
from harness.detectors.audio.stretches import SoundStretch, Stretches
from harness.findings import Metric

HOPS: Final = 10
MARGIN: Final = 2
"""So many hops are looked at together, when those beside them are known."""

LEAST_DB: Final = 5.0
"""A jump of 6 dB is clearly heard by everybody; the gain is measured to a few tenths of a decibel."""

MOST_DB: Final = 15.0
"""More than that is sound that goes or comes: a dropout, silence, or a beep that is switched on."""

OFF_DB: Final = 6.0
"""The level changes by the gain within this at 95 in 100 planted steps (median 1 dB off); where speech or a
drum ends or sets in it is 9 dB off and more. What is beyond counts against the healing."""

LONE_DB: Final = 18.0
"""A jump is taken for one by itself that heals by so much, as four in five planted steps do."""

ALONE_DB, ALONE_HEALED_DB, ALONE_OFF_DB = 3.5, 8.0, 9.0
"""So does one that heals by less, if nothing beside it is so badly predicted: each pulse of a voice is like
the others, and where a vowel ends it had others before it."""

LEAST_HEALED_DB: Final = 4.0
PAIR_DB: Final = 16.0
"""Of a jump and of the one that undoes it, together: two breaks are hardly inverse by accident."""

SOFTEST_LUFS: Final = -50.0
"""A jump in softer sound is not heard as one."""

BACK_DB: Final = 1.0
"""So nearly undone, a jump is over."""

SURE_DB: Final = 20.0
NOTHING: Final = (0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Jump:
    t_ns: int
    gain_db: float
    healed_db: float
    alone: bool


class Loudness(AudioDetector):
    """The listener reaches for the volume: the programme is 6 dB or more louder, or softer, at once.

    Music and cuts change what is heard; a device changes the gain. So a jump is a place at which the
    sound, divided by one factor from there on, goes on as linear prediction from what came before says,
    and the other way round with the inverse factor (`gain_step`). It is over when a jump undoes it. A gain
    that glides takes no such step and is not found.

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
    )
    trigger = Trigger(enter=LEAST_DB, leave=LEAST_DB, min_s=1.0)
    explains: ClassVar[frozenset[str]] = frozenset({"clicks", "distortion", "hiss"})

    def __init__(self) -> None:
        self._meter = Meter()
        self._stretches = Stretches(HOPS, MARGIN)
        self._steps: deque[tuple[float, ...]] = deque()

    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return the loudness so far, and the step of the gain in the hop that is due, if there is one."""
        meter = self._meter
        meter.take(view)
        loudness = (meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs, meter.true_peak_dbtp)
        if view.after_gap:
            self._steps.clear()
        stretch = self._stretches.take(view, view.of(mono)[:, None])
        if stretch is not None:
            self._steps.extend(_plainest(stretch))
        return (*loudness, *(self._steps.popleft() if self._steps else NOTHING))

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return the stretches from each jump until it is undone, or to the end."""
        found: list[Interval] = []
        jumps = list(_jumps(series))
        while jumps:
            jump = jumps.pop(0)
            back = next((at for at, other in enumerate(jumps) if _undoes(other, jump)), None)
            if back is None and jump.healed_db < LONE_DB and not jump.alone:
                continue
            end_ns = series.end_ns if back is None else jumps.pop(back).t_ns
            if end_ns - jump.t_ns >= seconds_to_ns(self.trigger.min_s):
                found.append(_interval(jump, end_ns))
        return found


def _plainest(stretch: SoundStretch) -> list[tuple[float, ...]]:
    """Return one row for each hop of a stretch that is due: its plainest step."""
    plainest: list[Step | None] = [None] * HOPS
    owned = range(MARGIN, MARGIN + HOPS)
    for step in steps_of(stretch.samples[0].astype(np.float64), stretch.hop, owned):
        hop = step.at // stretch.hop - MARGIN
        if not 0 <= hop < HOPS:
            continue
        known = plainest[hop]
        if known is None or step.healed_db > known.healed_db:
            plainest[hop] = step
    return [_row(step, stretch) for step in plainest]


def _row(step: Step | None, stretch: SoundStretch) -> tuple[float, ...]:
    if step is None:
        return NOTHING
    ago = stretch.hop * (HOPS + MARGIN) - step.at % stretch.hop
    return step.gain_db, step.healed_db, step.off_db, step.alone_db, 1000 * ago / stretch.rate_hz


def _jumps(series: Series) -> Iterator[_Jump]:
    edges = np.append(series.t_ns[1:], series.end_ns)
    columns = series.columns
    gains_db = np.abs(columns["jump_db"])
    heard = np.nan_to_num(columns["momentary_lufs"], nan=0.0) >= SOFTEST_LUFS
    healed_db = columns["healed_db"] - np.maximum(columns["off_db"] - OFF_DB, 0)
    alone = (columns["healed_db"] >= ALONE_HEALED_DB) & (columns["alone_db"] >= ALONE_DB)
    alone &= columns["off_db"] <= ALONE_OFF_DB
    plain = (gains_db >= LEAST_DB) & (gains_db <= MOST_DB) & ((healed_db >= LEAST_HEALED_DB) | alone) & heard
    for row in np.flatnonzero(plain).tolist():
        ago_ns = round(float(columns["ago_ms"][row]) * NS_PER_MS)
        yield _Jump(
            int(edges[row]) - ago_ns, float(columns["jump_db"][row]), float(healed_db[row]), bool(alone[row])
        )


def _undoes(other: _Jump, jump: _Jump) -> bool:
    plain = other.healed_db + jump.healed_db >= PAIR_DB
    return plain and abs(other.gain_db + jump.gain_db) <= BACK_DB


def _interval(jump: _Jump, end_ns: int) -> Interval:
    return Interval(
        start_ns=jump.t_ns,
        end_ns=end_ns,
        peak=jump.gain_db,
        confidence=0.5 + min(jump.healed_db, 2 * SURE_DB) / (4 * SURE_DB),
        limit=LEAST_DB if jump.gain_db > 0 else -LEAST_DB,
    )
