"""Hiss: noise that comes over the programme, or goes, from one moment to the next."""

from dataclasses import dataclass, replace
from math import log10
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.bands import EDGES_HZ, band_powers
from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger, confidence
from harness.clock import seconds_to_ns
from harness.detectors.audio.noise_floor import BANDS_NEEDED, LOW, Floor, floors, needed
from harness.findings import Metric

FIRST_BAND: Final = EDGES_HZ.index(4000)
"""Hiss is looked for above 4 kHz: there the programme leaves room, and the ear is most open to it."""

FLOOR: Final = 10**-11
"""Mean square added to each: less than 16 bits hold in any band, and its logarithm is finite."""

SOFTEST_DBFS: Final = -86.0
"""A floor softer than this in each band is not heard at the level at which a programme is listened to."""

BELOW_PROGRAMME_DB: Final = 52.0
"""Nor is one that lies so far below the programme around it."""

STEP_DB, OTHER_STEP_DB, LONE_STEP_DB = 6.0, 5.0, 9.0
"""By so much the floor rises or falls at an edge: `STEP_DB` at one and `OTHER_STEP_DB` at the other, or
`LONE_STEP_DB` where one edge is hidden by loud sound or lies outside of the recording, or where the sampling
rate holds few bands."""

DIP_DB: Final = 3.0
BESIDE_HOPS: Final = 50
EDGE_HOPS: Final = 3
QUIET_SHARE: Final = 0.3
"""Of the half second beside the edge so much is below the floor: the programme has its pauses there."""

AT_FLOOR_DB: Final = 1.5
COVERED, LONE_COVERED = 0.5, 0.62
ABOVE_DB, LONE_ABOVE_DB = 4.2, 3.8
LONE_SOFTEST_DBFS: Final = -69.0
"""In at least `COVERED` of the half seconds the quiet moments lie at the floor within `AT_FLOOR_DB`, and the
median of all moments is no further above it than `ABOVE_DB` (steady noise alone: 2 dB). Sustained strings
and cymbals wander more. With one edge alone it must be steadier, and louder."""

MIDDLE: Final = slice(EDGES_HZ.index(600), FIRST_BAND)
MIDDLE_HOPS: Final = 20
ALONG_DB, LONE_ALONG_DB = 10.0, 5.0
NOISE_MIDDLE_DB: Final = 8.0
"""A drum roll, a rocket, a gate that opens for a voice: where the middle of the programme (0.6 to 4 kHz)
steps along at both edges, the noise is part of it; with one edge alone, at that edge, by less. What the noise
itself has there (pink: 4 dB more than above 4 kHz) is no programme."""


@dataclass(frozen=True, slots=True)
class _Spell:
    """Hops `[start, stop)` above one floor; by how much it steps at the edges, how steadily it is there.

    `along_db` is by how much the middle of the programme comes and goes with it, `middle_db` how much louder
    than the noise it is just inside.
    """

    start: int
    stop: int
    level_dbfs: float
    steps_db: tuple[float, float] = (0.0, 0.0)
    along_db: tuple[float, float] = (0.0, 0.0)
    middle_db: float = 0.0
    covered: float = 0.0
    above_db: float = np.inf
    few_bands: bool = False

    @property
    def is_hiss(self) -> bool:
        """Return whether the noise is steady and was switched."""
        less, more = sorted(self.steps_db)
        steady = self.covered >= COVERED and self.above_db <= ABOVE_DB
        if self.few_bands and more < LONE_STEP_DB:
            return False
        if more >= STEP_DB and less >= OTHER_STEP_DB:
            return steady and (min(self.along_db) < ALONG_DB or self.middle_db < NOISE_MIDDLE_DB)
        along_db = self.along_db[int(np.argmax(self.steps_db))]
        sure = self.covered >= LONE_COVERED and self.above_db <= LONE_ABOVE_DB
        sure &= along_db < LONE_ALONG_DB and self.level_dbfs >= LONE_SOFTEST_DBFS
        return more >= LONE_STEP_DB and sure


class Hiss(AudioDetector):
    """The listener hears noise set in over the programme, and often stop again.

    What tells added noise from rain, applause, breath or a brush: it is exactly steady, so that for seconds
    no 10 ms lie below one level in any band above 4 kHz and the quiet ones lie at it; and it is switched,
    so that the floor steps within `EDGE_HOPS`. Noise that is there from the first to
    the last moment may be the room, and is no finding.
    """

    defect = "hiss"
    metric = Metric("level from 4 kHz up", "dBFS")
    columns: ClassVar[tuple[str, ...]] = (
        "level_dbfs",
        *(f"power_from_{edge_hz}_hz" for edge_hz in EDGES_HZ[:-1]),
    )
    trigger = Trigger(enter=SOFTEST_DBFS, leave=SOFTEST_DBFS, min_s=1.9)

    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return the level from 4 kHz up, and the mean square in each band."""
        powers = view.of(band_powers).tolist()
        high = sum(power for power in powers[FIRST_BAND:] if power == power)  # noqa: PLR0124 - not NaN
        return (10 * log10(high + FLOOR), *powers)

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return the spells of steady noise that begin or end with a step."""
        powers = np.stack([series.columns[name] for name in self.columns[1:]], axis=1)
        programme = 10 * np.log10(np.nansum(powers, axis=1) + FLOOR)
        held = FIRST_BAND + int(np.isfinite(powers[:1, FIRST_BAND:]).sum())
        high = 10 * np.log10(powers[:, FIRST_BAND:held] + FLOOR)
        middle = 10 * np.log10(np.nansum(powers[:, MIDDLE], axis=1) + FLOOR)
        spells: list[_Spell] = []
        for floor in floors(high):
            if spells and floor.stop <= spells[-1].stop:
                continue
            spell = _spell(floor, high, middle)
            loud = programme[max(0, spell.start - 300) : spell.stop + 300]
            audible = spell.level_dbfs > np.quantile(loud, 0.9) - BELOW_PROGRAMME_DB
            if spell.is_hiss and audible:
                spells.append(spell)
        shortest_ns = seconds_to_ns(self.trigger.min_s)
        intervals = [_interval(spell, series, shortest_ns) for spell in _joined(spells)]
        return [item for item in intervals if item.end_ns - item.start_ns >= shortest_ns]


def _spell(floor: Floor, levels: NDArray[np.float32], middle: NDArray[np.float32]) -> _Spell:
    """Return the floor out to the first moments on either side that lie below it."""
    bands = np.isfinite(floor.level_db) & (floor.level_db > SOFTEST_DBFS)
    level_dbfs = float(10 * np.log10(np.sum(10 ** (floor.level_db[bands] / 10)) + 1e-12))
    if bands.sum() < needed(levels):
        return _Spell(floor.start, floor.stop, level_dbfs)
    above = levels[:, bands] - floor.level_db[bands]
    dips = np.flatnonzero(np.sum(above < -DIP_DB, axis=1) >= 2)
    centre = (floor.start + floor.stop) // 2
    earlier, later = dips[dips < centre], dips[dips >= centre]
    start = int(earlier[-1]) + 1 if earlier.size else 0
    stop = int(later[0]) if later.size else len(levels)
    mean = above.mean(axis=1)
    steps_db = (_step(mean[:start][::-1]), _step(mean[stop:]))
    along_db = (_rise(middle, start), -_rise(middle, stop))
    ends = middle[start : start + MIDDLE_HOPS], middle[max(start, stop - MIDDLE_HOPS) : stop]
    louder = max(_usual(end) for end in ends) - level_dbfs
    inside = above[start:stop]
    usual_db = float(np.median(inside.mean(axis=1)))
    few = levels.shape[1] <= BANDS_NEEDED
    return _Spell(start, stop, level_dbfs, steps_db, along_db, louder, _covered(inside), usual_db, few)


def _rise(levels: NDArray[np.float32], at: int) -> float:
    """Return by how much the usual level is higher after a hop than before it; 0 at the recording's ends."""
    before, after = levels[max(0, at - MIDDLE_HOPS) : at], levels[at : at + MIDDLE_HOPS]
    return _usual(after) - _usual(before) if before.size and after.size else 0.0


def _usual(levels: NDArray[np.float32]) -> float:
    return float(np.median(levels)) if levels.size else 0.0


def _covered(above: NDArray[np.float32]) -> float:
    """Return the share of half seconds whose quiet moments lie at the floor in most bands."""
    count = len(above) // BESIDE_HOPS
    if not count:
        return 0.0
    parts = above[: count * BESIDE_HOPS].reshape(count, BESIDE_HOPS, -1)
    quiet = np.partition(parts, LOW, axis=1)[:, LOW]
    return float(np.mean(np.mean(np.abs(quiet) < AT_FLOOR_DB, axis=1) > 0.6))


def _step(away: NDArray[np.float32]) -> float:
    """Return by how much the floor is lower beside an edge; `away` runs from the edge outwards."""
    if len(away) < EDGE_HOPS:
        return 0.0
    at_once = float(-np.min(away[:EDGE_HOPS]))
    beside = float(-np.quantile(away[:BESIDE_HOPS], QUIET_SHARE))
    return min(at_once, beside)


def _joined(spells: list[_Spell]) -> list[_Spell]:
    joined: list[_Spell] = []
    for spell in sorted(spells, key=lambda item: item.start):
        if joined and spell.start < joined[-1].stop:
            joined[-1] = replace(joined[-1], stop=max(joined[-1].stop, spell.stop))
        else:
            joined.append(spell)
    return joined


def _interval(spell: _Spell, series: Series, shortest_ns: int) -> Interval:
    start_ns = int(series.t_ns[spell.start])
    end_ns = int(series.t_ns[spell.stop]) if spell.stop < len(series.t_ns) else series.end_ns
    return Interval(
        start_ns=start_ns,
        end_ns=end_ns,
        peak=spell.level_dbfs,
        confidence=confidence(end_ns - start_ns, shortest_ns),
        limit=SOFTEST_DBFS,
    )
