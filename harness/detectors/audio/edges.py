"""Edges of sound: where its level falls or rises, and what it does beside them."""

from typing import Final

import numpy as np

from harness.detectors.audio.slots import Levels, Powers, decibels, loudest_of, means_of

EDGE_SLOTS: Final = 4
"""Over how many slots the level beside an edge is averaged."""

DOWN_SLOTS: Final = 7
"""So long must it stay down: less lies between the pulses of a low voice."""

CANDIDATE_DB: Final = 10.0
"""Falls below this are not followed; natural sound has hundreds a minute."""

QUIETEST_DBFS: Final = -66.0
"""A fall from below this is not heard as one."""

CLIMB_SLOTS: Final = 15
"""The steepest rise within so many slots from there is its end: codecs let an echo run ahead."""

MEAN_SLOTS: Final = 10
FADE_STEPS_DB: Final = {4: (1.5, 2.5, 5.0), 16: (2.2, 3.5, 7.0)}
"""By so much, at the least, does the level fall from each of the last four parts of a fade to the next, of
so many slots each: by 3, 4 and 8 dB if it is straight, however long. What fades out was meant to end; the
5 ms that spare a click are no fade."""

FADE_DB: Final = 12.0
"""In all it comes down by so much."""


class Stretch:
    """The slots `[start, stop)` that are judged now, with what each of them tells about edges.

    Row i of each table speaks of slot `start + i`; `rise` and `after` go on for `CLIMB_SLOTS` more.
    `fall` is for a hole that begins with the slot, `rise` for one that ends before it; `low` is the
    loudest of the `DOWN_SLOTS` before the slot.
    """

    def __init__(self, powers: Powers, levels: Levels, start: int, stop: int) -> None:
        self.start, self.stop = start, stop
        self.levels = levels[start:stop]
        first = start - DOWN_SLOTS
        near = slice(first, stop + CLIMB_SLOTS + DOWN_SLOTS)
        loudness = decibels(means_of(powers[near], EDGE_SLOTS))
        loudest = loudest_of(levels[near], DOWN_SLOTS)
        count = stop - start
        self.before = loudness[DOWN_SLOTS - EDGE_SLOTS :][:count]
        self.fall = self.before - loudest[DOWN_SLOTS:][:count]
        low = loudest[: count + CLIMB_SLOTS]
        self.after = loudness[DOWN_SLOTS:][: count + CLIMB_SLOTS]
        self.rise = self.after - low
        self.low = low[:count]

    def cliffs(self) -> list[tuple[int, int]]:
        """Return (slot, channel) where the level falls, at the steepest of neighbouring slots."""
        fall = self.fall
        steep = (fall >= CANDIDATE_DB) & (self.before >= QUIETEST_DBFS)
        if not steep.any():
            return []
        padded = np.pad(fall, ((EDGE_SLOTS - 1, EDGE_SLOTS - 1), (0, 0)), constant_values=-np.inf)
        steep &= fall >= loudest_of(padded, 2 * EDGE_SLOTS - 1)
        rows, channels = np.nonzero(steep)
        return list(zip((rows + self.start).tolist(), channels.tolist(), strict=True))


def faded(powers: Powers) -> bool:
    """Return whether the sound before a fall was on its way down, ever faster, as at the end of a fade."""
    return any(_down(powers, slots, steps_db) for slots, steps_db in FADE_STEPS_DB.items())


def _down(powers: Powers, slots: int, steps_db: tuple[float, ...]) -> bool:
    count = len(steps_db) + 1
    if len(powers) < count * slots:
        return False
    levels = decibels(powers[-count * slots :].reshape(count, slots).mean(axis=1))
    falls = levels[:-1] - levels[1:]
    return bool(loudest_mean(powers) - levels[-1] >= FADE_DB and np.all(falls >= steps_db))


def mean_level(powers: Levels) -> float:
    """Return the level of the mean power, dBFS."""
    return float(decibels(np.asarray(powers.mean())))


def loudest_mean(powers: Levels) -> float:
    """Return the level of the loudest `MEAN_SLOTS`."""
    if len(powers) < MEAN_SLOTS:
        return mean_level(powers)
    return float(decibels(means_of(powers[:, None], MEAN_SLOTS)).max())


def deepest_dip(levels: Levels) -> float:
    """Return the lowest level that is not exceeded for `DOWN_SLOTS`."""
    return float(loudest_of(levels[:, None], DOWN_SLOTS).min()) if len(levels) >= DOWN_SLOTS else 0.0
