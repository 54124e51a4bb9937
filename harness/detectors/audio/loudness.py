"""Loudness: the level of the sound jumps from one moment to the next, and stays there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger
from harness.clock import NS_PER_MS, seconds_to_ns
from harness.detectors.audio.gain_step import GainSteps
from harness.detectors.audio.r128 import Loudness as Meter
from harness.findings import Metric

LEAST_DB: Final = 5.0
"""A jump of 6 dB is clearly heard by everybody; the gain is measured to a few tenths of a decibel."""

MOST_DB: Final = 20.0
"""More than that is sound that goes or comes: a dropout, silence, or a beep that is switched on."""

BACK_DB: Final = 1.5
"""So nearly undone, a jump is over."""

SURE_DB: Final = 20.0


@dataclass(frozen=True, slots=True)
class _Jump:
    t_ns: int
    gain_db: float
    healed_db: float


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
        "ago_ms",
    )
    trigger = Trigger(enter=LEAST_DB, leave=LEAST_DB, min_s=1.0)
    explains: ClassVar[frozenset[str]] = frozenset({"clicks", "distortion", "hiss"})

    def __init__(self) -> None:
        self._meter = Meter()
        self._steps = GainSteps()

    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return the loudness so far, and the step of the gain in the hop before, if there is one."""
        meter = self._meter
        meter.take(view)
        loudness = (meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs, meter.true_peak_dbtp)
        step = self._steps.take(view)
        if step is None:
            return (*loudness, 0.0, 0.0, 0.0)
        return (*loudness, step.gain_db, step.healed_db, 1000 * step.ago / view.rate_hz)

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return the stretches from each jump until it is undone, or to the end."""
        found: list[Interval] = []
        jumps = list(_jumps(series))
        while jumps:
            jump = jumps.pop(0)
            back = next((at for at, other in enumerate(jumps) if _undoes(other, jump)), None)
            end_ns = series.end_ns if back is None else jumps.pop(back).t_ns
            if end_ns - jump.t_ns >= seconds_to_ns(self.trigger.min_s):
                found.append(_interval(jump, end_ns))
        return found


def _jumps(series: Series) -> Iterator[_Jump]:
    edges = np.append(series.t_ns[1:], series.end_ns)
    gains_db = np.abs(series.columns["jump_db"])
    for row in np.flatnonzero((gains_db >= LEAST_DB) & (gains_db <= MOST_DB)).tolist():
        ago_ns = round(float(series.columns["ago_ms"][row]) * NS_PER_MS)
        gain_db, healed_db = (float(series.columns[name][row]) for name in ("jump_db", "healed_db"))
        yield _Jump(int(edges[row]) - ago_ns, gain_db, healed_db)


def _undoes(other: _Jump, jump: _Jump) -> bool:
    return abs(other.gain_db + jump.gain_db) <= BACK_DB


def _interval(jump: _Jump, end_ns: int) -> Interval:
    return Interval(
        start_ns=jump.t_ns,
        end_ns=end_ns,
        peak=jump.gain_db,
        confidence=0.5 + min(jump.healed_db, 2 * SURE_DB) / (4 * SURE_DB),
        limit=LEAST_DB if jump.gain_db > 0 else -LEAST_DB,
    )
