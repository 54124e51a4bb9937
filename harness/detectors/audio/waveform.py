"""What distortion does to a waveform: flat tops, wrapped tops, steps of a coarse converter."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

LSB: Final = 1 / 32768
"""One step of 16 bits."""

SOFT: Final = 10 ** (-42 / 20)
"""Sound whose peak stays below this (-42 dBFS) tells too little."""

SAME: Final = 1.5 * LSB
"""Samples that differ by less are one level: a change of gain after the damage rounds anew."""

TOP: Final = 0.5
"""Tops lie above this share of the peak."""

KINK: Final = 10 * LSB
"""So steep is the wave just beside a top that was cut; a crest by nature is flat there, too."""

LEAST_TOP: Final = 3
"""Samples of one level that make a top: a master that touches full scale has one or two."""

BAND: Final = 0.05
FOOT: Final = 0.6
"""A codec leaves ripples on a top: of half-waves that rise above `FOOT` of its level, the share of samples
is taken that stay within `BAND` of it. A sine has 0.44, a cut top 0.5 to 0.9."""

Samples = NDArray[np.float32]


FEWEST_VALUES: Final = 4
COARSE: Final = 8
"""A coarse converter leaves some values only, all a multiple of one step of at least this many of 16 bits."""

PASSED: Final = 8
FEW_VALUES: Final = 16
NEXT_SHARE: Final = 0.25
"""Sound goes from a level to one close by: planted sound to the next but three at most, on average, and of
few levels to the very next, half of the time. The square waves of a chip leave levels out."""

HELD_SHARE: Final = 0.02
"""Its steps are so wide that the sound stays on one for more samples than this share."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with the waveform of a channel, and where the first of it begins.

    `cut` is the share of samples in tops that were cut, at `cut_level`; `plateaus` of samples in flat runs
    elsewhere. `fullness` says how flat half-waves are that end at `pile_level`, `piled` how many samples
    lie there. `wraps` counts, at `rail`. `step` is that of the converter, in steps of 16 bits.
    """

    cut: float = 0.0
    cut_level: float = 0.0
    plateaus: float = 0.0
    fullness: float = 0.0
    pile_level: float = 0.0
    piled: float = 0.0
    wraps: int = 0
    rail: float = 0.0
    step: float = 1.0
    first: int = 0


def damage_of(samples: Samples) -> Damage:
    """Return what is wrong with a stretch of one channel."""
    magnitude = np.abs(samples)
    peak = float(magnitude.max())
    if peak < SOFT:
        return Damage()
    steps = samples[1:] - samples[:-1]
    cut, cut_level, plateaus, first = _cut(samples, np.abs(steps), peak)
    pile_level, fullness, piled = _fullness(magnitude, peak)
    wraps, rail, first_wrap = _wraps(samples, steps, peak)
    return Damage(
        cut=cut,
        cut_level=cut_level,
        plateaus=plateaus,
        fullness=fullness,
        pile_level=pile_level,
        piled=piled,
        wraps=wraps,
        rail=rail,
        step=_step(samples, steps),
        first=first if cut else first_wrap,
    )


def _cut(samples: Samples, steepness: Samples, peak: float) -> tuple[float, float, float, int]:
    """Return the share of cut tops and their level, the share of other plateaus, and the first cut."""
    flat = np.zeros(len(steepness) + 2, dtype=bool)
    flat[1:-1] = steepness <= SAME
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    starts, stops = edges[::2], edges[1::2]
    long = (stops - starts >= LEAST_TOP - 1) & (starts > 0) & (stops < len(samples) - 1)
    starts, stops = starts[long], stops[long]
    if not len(starts):
        return 0.0, 0.0, 0.0, 0
    kinked = np.maximum(steepness[starts - 1], steepness[stops]) >= KINK
    starts, stops = starts[kinked], stops[kinked]
    values = samples[starts]
    lengths = stops - starts + 1
    # Nothing is beyond a cut, and the wave falls back on both sides.
    sign = np.sign(values)
    beyond = np.where(values > 0, samples.max() - values, values - samples.min())
    cut = (beyond <= 2 * SAME) & (np.abs(values) >= TOP * peak)
    cut &= (sign * samples[starts - 1] < np.abs(values)) & (sign * samples[stops + 1] < np.abs(values))
    other = ~cut & (np.abs(values) > 0.02 * peak)
    if not cut.any():
        return 0.0, 0.0, float(lengths[other].sum()) / len(samples), 0
    count = len(samples)
    level = float(np.abs(values[cut]).max())
    return float(lengths[cut].sum()) / count, level, float(lengths[other].sum()) / count, int(starts[cut][0])


def _fullness(magnitude: Samples, peak: float) -> tuple[float, float, float]:
    """Return where samples pile up, how full the half-waves up to there are, and the share piled up."""
    bins = np.bincount((magnitude * (100 / peak)).astype(np.intp), minlength=106)
    piles = np.convolve(bins, np.ones(8), "valid")
    low = int(100 * TOP)
    best = low + int(np.argmax(piles[low:97]))
    level = (best + 4) / 100 * peak
    above = np.zeros(len(magnitude) + 2, dtype=bool)
    above[1:-1] = magnitude >= FOOT * level
    edges = np.flatnonzero(above[1:] != above[:-1])
    starts, stops = edges[::2], edges[1::2]
    within = np.zeros(len(magnitude) + 1, dtype=np.intp)
    np.cumsum(np.abs(magnitude - level) <= BAND * level, out=within[1:])
    counts = within[stops] - within[starts]
    reach = (counts > 0) & (stops - starts >= 6)
    total = int((stops - starts)[reach].sum())
    piled = float(within[-1]) / len(magnitude)
    return level, float(counts[reach].sum() / total) if total >= 24 else 0.0, piled


def _wraps(samples: Samples, steps: Samples, peak: float) -> tuple[int, float, int]:
    """Return how often the wave leaves through one end of the scale and returns by the other, and where."""
    jumps = np.flatnonzero(np.abs(steps) >= 1.5 * peak)
    jumps = jumps[(jumps >= 1) & (jumps < len(steps) - 1)]
    if not len(jumps):
        return 0, 0.0, 0
    # The wave goes on beyond the end of the scale by its slope: a square wave has none.
    turn = np.sign(steps[jumps]) * 2 * peak
    before, after = steps[jumps - 1], steps[jumps + 1]
    expected = samples[jumps] + (before + after) / 2
    wrapped = np.abs(samples[jumps + 1] - turn - expected) <= 0.25 * peak
    wrapped &= np.minimum(-np.sign(turn) * before, -np.sign(turn) * after) >= 0.002 * peak
    jumps = jumps[wrapped]
    rail = float(np.abs(steps[jumps]).max()) / 2 if len(jumps) else 0.0
    return len(jumps), rail, int(jumps[0]) if len(jumps) else 0


def _step(samples: Samples, steps: Samples) -> float:
    """Return the step of the converter in steps of 16 bits; 1 where samples lie on no coarser grid."""
    if np.count_nonzero(steps == 0) < HELD_SHARE * len(samples):
        return 1.0
    values = np.unique(np.rint(samples * 32768))
    spaces = np.diff(values)
    if len(values) < FEWEST_VALUES or spaces.min() < COARSE:
        return 1.0
    unit = float(spaces.min())
    for _ in range(2):
        unit = float(spaces.sum() / np.rint(spaces / unit).sum())
    off = float(np.abs(spaces - np.rint(spaces / unit) * unit).max())
    passed = np.abs(steps[steps != 0]) * (32768 / unit)
    near = float(np.median(passed)) <= PASSED
    near &= len(values) > FEW_VALUES or float(np.mean(passed < 1.5)) >= NEXT_SHARE
    return unit if near and off <= max(1.5, 0.02 * unit) else 1.0
