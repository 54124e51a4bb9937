"""Finds holes: places where sound falls off a cliff, stays away, and comes back.

What nature and instruments let die away falls by some decibels a millisecond at most; what a decoder, a
buffer or a cable loses falls by tens. So a hole is known by its edges, at a resolution of a millisecond.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.detectors.audio.slots import (
    DOWN_SLOTS,
    EDGE_SLOTS,
    FLOOR_DBFS,
    decibels,
    falls,
    power,
    slot_levels,
    windows,
)

LONGEST_SLOTS: Final = 600
"""What lasts longer is not a dropout but silence."""

RETURN_SLOTS: Final = 15
"""Within so many slots after the hole, sound must be back: codecs smear the edge over about ten."""

CANDIDATE_DB: Final = 12.0
"""Falls below this are not followed; natural sound has hundreds a minute."""

AUDIBLE_DBFS: Final = -55.0
"""A fall from below this is not heard as one."""

BACK_DB: Final = 8.0
"""The hole ends where the level rises so far above the level of its first slots."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole in one channel, counted in slots since the finder began; `[start, end)`.

    `before_dbfs` and `after_dbfs` are the levels beside it, `fall_db` and `rise_db` how far they lie above
    the loudest slot of its first, and its last, `DOWN_SLOTS`.
    """

    channel: int
    start: int
    end: int
    before_dbfs: float
    fall_db: float
    rise_db: float


class HoleFinder:
    """Takes sound hop by hop and returns holes once it knows that sound is back."""

    def __init__(self) -> None:
        self._levels = np.empty((0, 0))
        self._first = 0
        self._looked = 0
        self._open: dict[int, int] = {}
        self._blind: dict[int, int] = {}

    @property
    def slots(self) -> int:
        """Return how many slots have been taken."""
        return self._first + len(self._levels)

    def take(self, samples: NDArray[np.float32], slots: int) -> list[Hole]:
        """Take the next samples, shape (samples, channels), as `slots` slots; return the holes now over."""
        levels = slot_levels(samples, slots)
        if levels.shape[1] != self._levels.shape[1]:
            self._levels = np.empty((0, levels.shape[1]))
        self._levels = np.concatenate((self._levels, levels))
        self._begin()
        found = [hole for channel in list(self._open) if (hole := self._end(channel))]
        self._forget()
        return found

    def _begin(self) -> None:
        """Open a hole in every channel where the level falls by `CANDIDATE_DB` or more."""
        start = max(self._looked - self._first, EDGE_SLOTS)
        stop = len(self._levels) - DOWN_SLOTS - EDGE_SLOTS
        if stop <= start:
            return
        before, fall = falls(self._levels, start, stop + EDGE_SLOTS)
        seen = slice(stop - start)
        rows, channels = np.nonzero((fall[seen] >= CANDIDATE_DB) & (before[seen] >= AUDIBLE_DBFS))
        for row, channel in zip(rows.tolist(), channels.tolist(), strict=True):
            slot = self._first + start + row
            if channel not in self._open and slot >= self._blind.get(channel, 0):
                self._open[channel] = slot + int(np.argmax(fall[row : row + EDGE_SLOTS, channel]))
        self._looked = self._first + stop

    def _end(self, channel: int) -> Hole | None:
        """Return the hole of a channel if it is over; close it as none if sound did not come back in time."""
        start = self._open[channel] - self._first
        levels = self._levels[:, channel]
        inside = levels[start + 1 : start + DOWN_SLOTS].max()
        above = np.flatnonzero(levels[start + DOWN_SLOTS :] > max(inside, FLOOR_DBFS) + BACK_DB)
        if not above.size:
            if len(levels) - start > LONGEST_SLOTS:
                self._close(channel, start)
            return None
        end = start + DOWN_SLOTS + int(above[0])
        if len(levels) < end + RETURN_SLOTS:
            return None
        self._close(channel, end)
        return self._hole(channel, start, end)

    def _hole(self, channel: int, start: int, end: int) -> Hole:
        levels = self._levels[:, channel]
        before = float(decibels(power(levels[start - EDGE_SLOTS : start]).mean()))
        after = decibels(
            windows(power(levels[end : end + RETURN_SLOTS])[:, None], EDGE_SLOTS).mean(axis=-1)
        ).max()
        return Hole(
            channel=channel,
            start=self._first + start,
            end=self._first + end,
            before_dbfs=before,
            fall_db=before - float(levels[start + 1 : start + DOWN_SLOTS].max()),
            rise_db=float(after - levels[end - DOWN_SLOTS + 1 : end - 1].max()),
        )

    def _close(self, channel: int, slot: int) -> None:
        del self._open[channel]
        self._blind[channel] = self._first + slot

    def _forget(self) -> None:
        """Keep what an open hole, or the next look, still needs."""
        needed = min([self._looked, *self._open.values()]) - EDGE_SLOTS
        cut = max(0, needed - self._first)
        self._levels = self._levels[cut:]
        self._first += cut
