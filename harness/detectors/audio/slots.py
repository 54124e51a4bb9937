"""Levels of sound a millisecond apart: fine enough to tell a cut from a decay."""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.sound_view import SoundView

SLOT_MS: Final = 1.0
"""Length of a slot."""

FLOOR_DBFS: Final = -100.0
"""Level given to a slot that does not move at all, and the lowest that is told apart (16 bit: -98)."""

Levels = NDArray[np.float64]
Powers = NDArray[np.float64]


@lru_cache(maxsize=1)
def slot_powers(view: SoundView) -> Powers:
    """Return how far the sound moves in each slot of a hop; kept for the next detector that asks.

    It is the variance of the samples in the slot, and half the square of the step from the slot before: a
    sample that is held, an offset of the converter and what a codec makes of a step are no sound, although
    their mean square is large. A tone of 100 Hz still counts almost in full, one of 50 Hz with -8 dB.

    Returns
    -------
    float64 array, shape (slots, channels), full scale squared is 1
    """
    samples = view.samples.astype(np.float64)
    starts, lengths = _slots(len(samples), max(1, round(1000 * len(samples) / view.rate_hz / SLOT_MS)))
    means = np.add.reduceat(samples, starts, axis=0) / lengths
    powers: Powers = np.add.reduceat(samples * samples, starts, axis=0) / lengths - means * means
    steps = means[1:] - means[:-1]
    half = steps * steps / 2
    powers[1:] += half
    # A hop does not know the one before: its first step is taken to be like the second.
    powers[: len(half[:1])] += half[:1]
    return np.maximum(powers, 0.0, out=powers)


@lru_cache(maxsize=8)
def _slots(samples: int, slots: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return where each slot starts and, as a column, how long it is."""
    starts = (np.arange(slots) * samples // slots).astype(np.intp)
    return starts, np.diff(starts, append=samples)[:, None].astype(np.float64)


def decibels(powers: Powers) -> Levels:
    """Return mean squares as dBFS, not below `FLOOR_DBFS`; full scale squared is 0."""
    return np.asarray(10 * np.log10(np.maximum(powers, 10 ** (FLOOR_DBFS / 10))))


def means_of(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return the mean of every `length` consecutive rows; row i begins at row i of `values`."""
    sums = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=sums[1:])
    return np.asarray((sums[length:] - sums[:-length]) / length)


def loudest_of(levels: Levels, length: int) -> Levels:
    """Return the maximum of every `length` consecutive rows; row i begins at row i of `levels`."""
    count = len(levels) - length + 1
    most = levels[:count]
    for offset in range(1, length):
        most = np.maximum(most, levels[offset : offset + count])
    return most
