"""Levels of sound a millisecond apart: fine enough to tell a cut from a decay."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SLOT_MS: Final = 1.0
"""Length of a slot."""

FLOOR_DBFS: Final = -100.0
"""Level given to a slot that does not move at all, and the lowest that is told apart (16 bit: -96)."""

EDGE_SLOTS: Final = 4
"""Over how many slots the level beside an edge is averaged."""

DOWN_SLOTS: Final = 8
"""So long must it stay down: less lies between the pulses of a low voice."""

STILL: Final = 1.01 / 32768
"""A slot whose samples span no more than one 16-bit code does not move: digital silence, or a held sample."""


def slot_levels(samples: NDArray[np.float32], slots: int) -> NDArray[np.float64]:
    """Return the level of each of `slots` equal parts, in each channel, in dBFS.

    Parameters
    ----------
    samples : float32 array, shape (samples, channels), range -1..1
        At least `slots` samples.
    slots : int
        Into how many parts to cut.

    Returns
    -------
    float64 array, shape (slots, channels)
        Root mean square level, `FLOOR_DBFS` or more.
    """
    edges = np.linspace(0, len(samples), slots, endpoint=False).astype(np.intp)
    lengths = np.diff(np.append(edges, len(samples)))[:, None]
    power = np.add.reduceat(np.square(samples, dtype=np.float64), edges, axis=0) / lengths
    span = np.maximum.reduceat(samples, edges, axis=0) - np.minimum.reduceat(samples, edges, axis=0)
    power[span <= STILL] = 0.0
    return decibels(power)


def decibels(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mean square `power` as dBFS, not below `FLOOR_DBFS`; full scale squared is 0."""
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (FLOOR_DBFS / 10))))


def power(dbfs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean square of levels in dBFS."""
    return np.asarray(10 ** (dbfs / 10))


def windows(rows: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return every `length` consecutive rows, as a last axis."""
    return np.lib.stride_tricks.sliding_window_view(rows, length, axis=0)


def falls(
    levels: NDArray[np.float64], start: int, stop: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, for each slot in `[start, stop)`, the level before it and how far the level falls there.

    Parameters
    ----------
    levels : float64 array, shape (slots, channels), dBFS
        At least `EDGE_SLOTS` before `start` and `DOWN_SLOTS - 1` after `stop`.
    start, stop : int
        Slots to look at.

    Returns
    -------
    before : float64 array, shape (stop - start, channels)
        Mean level of the `EDGE_SLOTS` before the slot, dBFS.
    fall : float64 array, shape (stop - start, channels)
        By how many dB the loudest of the `DOWN_SLOTS` from the slot on lies below that.
    """
    edges = windows(power(levels[start - EDGE_SLOTS : stop - 1]), EDGE_SLOTS)
    before = decibels(edges.mean(axis=-1))
    down = windows(levels[start : stop + DOWN_SLOTS - 1], DOWN_SLOTS).max(axis=-1)
    return before, before - down
