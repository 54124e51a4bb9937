"""The steady noise floor of sound: what no moment of a stretch lies below, and most quiet ones lie at."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from harness.analysis.trigger import runs

Levels = NDArray[np.float32]

WINDOW_HOPS: Final = 100
STEP_HOPS: Final = 10
LOW, NEXT = 3, 20
"""Ranks out of `WINDOW_HOPS`: the lowest but a few, and a fifth."""

AT_A_TIME: Final = 1000

PILED_DB: Final = 1.7
"""Steady noise has 1 to 1.5 dB between those ranks in these bands; programme that merely pauses has more."""

WANDER_DB: Final = 1.5
"""The floor of steady noise is the same in each second within this."""

BANDS_NEEDED, FEWEST_BANDS = 3, 2
SHORTEST_WINDOWS: Final = 4


@dataclass(frozen=True, slots=True)
class Floor:
    """A stretch of hops `[start, stop)` above a floor; its level in each band, NaN where there is none."""

    start: int
    stop: int
    level_db: Levels


def floors(levels: Levels) -> list[Floor]:
    """Return the stretches in which three bands at least (two, of two or three) stand on a steady floor."""
    if len(levels) < WINDOW_HOPS or levels.shape[1] < FEWEST_BANDS:
        return []
    low, above = _ranked(levels)
    piled = above - low < PILED_DB
    found: list[Floor] = []
    for first, stop in runs(piled.sum(axis=1) >= needed(levels)):
        found += _constant(low, piled, first, stop)
    return found


def needed(levels: Levels) -> int:
    """Return how many bands must have a floor: low sampling rates hold but two or three."""
    return min(BANDS_NEEDED, max(FEWEST_BANDS, int(levels.shape[-1]) - 1))


def _ranked(levels: Levels) -> tuple[Levels, Levels]:
    """Return the levels of rank `LOW` and `NEXT` in each window: an hour has many."""
    windows = sliding_window_view(levels, WINDOW_HOPS, axis=0)[::STEP_HOPS]
    parts = [
        np.partition(windows[first : first + AT_A_TIME], (LOW, NEXT), axis=2)[:, :, (LOW, NEXT)]
        for first in range(0, len(windows), AT_A_TIME)
    ]
    ranked = np.concatenate(parts)
    return ranked[:, :, 0], ranked[:, :, 1]


def _constant(low: Levels, piled: NDArray[np.bool_], first: int, stop: int) -> list[Floor]:
    """Return the parts of a run of windows in which the floors stay where they are."""
    found: list[Floor] = []
    at = first
    while at < stop:
        level = low[at].copy()
        end = at
        while end < stop:
            same = piled[end] & (np.abs(low[end] - level) < WANDER_DB)
            if same.sum() < needed(low):
                break
            end += 1
        if end - at >= SHORTEST_WINDOWS:
            floor = np.median(low[at:end], axis=0)
            floor[piled[at:end].mean(axis=0) < 0.5] = np.nan
            if np.isfinite(floor).sum() >= needed(low):
                found.append(Floor(at * STEP_HOPS, (end - 1) * STEP_HOPS + WINDOW_HOPS, floor))
        at = max(end, at + 1)
    return found
