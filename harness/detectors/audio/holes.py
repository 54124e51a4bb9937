"""Finds holes: places where sound falls off a cliff, stays away, and comes back.

What nature and instruments let die away falls by some decibels a millisecond at most; what a decoder, a
buffer or a cable loses falls by tens. So a hole is known by its edges, at a resolution of a millisecond.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from harness.detectors.audio.edges import (
    CLIMB_SLOTS,
    DOWN_SLOTS,
    EDGE_SLOTS,
    MEAN_SLOTS,
    Stretch,
    deepest_dip,
    faded,
    loudest_mean,
    mean_level,
)
from harness.detectors.audio.hole import Hole
from harness.detectors.audio.slots import Levels, Powers, decibels, loudest_of, means_of

BACK_DB: Final = 8.0
"""The hole ends where the level rises so far above what it had come down to, ..."""

JUMP_DB: Final = 6.0
"""... by a jump of so much: noise alone wanders further, but not at once."""

NEAR_DB: Final = 12.0
"""It ends also where the level comes so near to the level before."""

BESIDE_SLOTS: Final = 45
"""So far after the hole, and `RECENT_SLOTS` before it, is looked to see what it was cut out of."""

RECENT_SLOTS: Final = 100
LEAD_SLOTS: Final = 20
BURST_SLOTS: Final = 250
ONSET_DB: Final = 40.0
"""Sound that began out of silence by a jump of so much, and ends so soon, was a beep or a click."""

KNOWN_SLOTS: Final = 250
"""What was cut off must have been heard for so long since the beginning, or since a gap."""

SAME_SLOTS: Final = 20
"""Edges so close together are the same."""

HEARD_DBFS: Final = -60.0
"""What is louder is heard in a quiet room."""

SOFT_DBFS: Final = -50.0
STAY_SLOTS: Final = 16
"""What is so soft must not go again at once: codecs let a step ring for some milliseconds amid nothing."""

FAINT_DBFS: Final = -70.0
"""What does not reach this is not sound that is back, but what a codec makes of nothing."""

LOOK_SLOTS: Final = 40
"""New slots are looked at by so many: each look costs the same."""

AHEAD_SLOTS: Final = CLIMB_SLOTS + BESIDE_SLOTS + MEAN_SLOTS
"""A slot is judged when so many after it are known."""

MOST_OPEN: Final = 6
"""So many falls in one channel are followed at a time."""

PULSE_SLOTS: Final = 30
PULSE_DB: Final = 15.0
"""A dip so short, with another as deep within `BESIDE_SLOTS`, is the wave of a deep tone."""


@dataclass(slots=True)
class _Open:
    """A fall that is followed until sound is back."""

    hole: Hole
    inside: float
    seen: int
    dip_before: float


class HoleFinder:
    """Takes slots of sound hop by hop and returns holes once it knows that sound is back.

    Parameters
    ----------
    longest_slots : int, optional
        Holes that last longer are forgotten; without it they stay open for as long as they last.

    """

    def __init__(self, longest_slots: int | None = None) -> None:
        self._longest = longest_slots
        self._powers: Powers = np.empty((0, 0))
        self._levels: Levels = np.empty((0, 0))
        self._new: list[Powers] = []
        self._waiting = 0
        self._first = 0
        self._looked = 0
        self._open: dict[int, list[_Open]] = {}
        self._ends: dict[int, int] = {}

    @property
    def slots(self) -> int:
        """Return how many slots have been taken."""
        return self._first + len(self._levels) + self._waiting

    def lasting(self, shortest_slots: int) -> list[Hole]:
        """Return the holes that have lasted so long, as far as is known, and last: up to the last slot."""
        latest = self.slots - shortest_slots
        return [
            replace(item.hole, end=self.slots, deepest=item.inside)
            for items in self._open.values()
            for item in items
            if item.hole.start <= latest
        ]

    def take(self, powers: Powers) -> list[Hole]:
        """Take the next slots, as mean squares of shape (slots, channels); return the holes now over."""
        self._new.append(powers)
        self._waiting += len(powers)
        if self._waiting < LOOK_SLOTS:
            return []
        new = np.concatenate(self._new)
        self._new, self._waiting = [], 0
        self._powers = np.concatenate((self._powers, new)) if len(self._powers) else new
        self._levels = np.concatenate((self._levels, decibels(new))) if len(self._levels) else decibels(new)
        stop = len(self._levels) - AHEAD_SLOTS
        start = max(self._looked - self._first, EDGE_SLOTS, DOWN_SLOTS)
        if stop <= start:
            return []
        found = self._look(Stretch(self._powers, self._levels, start, stop))
        self._looked = self._first + stop
        self._forget()
        return found

    def _look(self, stretch: Stretch) -> list[Hole]:
        for slot, channel in stretch.cliffs():
            items = self._open.setdefault(channel, [])
            items.append(self._opened(stretch, slot, channel))
            if len(items) > MOST_OPEN:
                items.remove(min(items, key=lambda item: item.hole.before))
        found: list[Hole] = []
        for channel, items in self._open.items():
            over = [self._closed(stretch, item, channel) for item in items]
            found += [hole for hole in over if hole]
            self._ends[channel] = max(
                (hole.end for hole in over if hole and hole.sharp), default=self._ends.get(channel, 0)
            )
            self._open[channel] = [
                item
                for item, hole in zip(items, over, strict=True)
                if hole is None and not self._too_long(item)
            ]
        return found

    def _too_long(self, item: _Open) -> bool:
        return self._longest is not None and item.seen - item.hole.start > self._longest

    def _opened(self, stretch: Stretch, slot: int, channel: int) -> _Open:
        levels = self._levels[:, channel]
        recent = self._powers[max(0, slot - RECENT_SLOTS) : slot, channel]
        inside = float(levels[slot : slot + DOWN_SLOTS].max())
        return _Open(
            hole=Hole(
                channel=channel,
                start=self._first + slot - 1,
                end=self._first + slot - 1,
                before=float(stretch.before[slot - stretch.start, channel]),
                lead=mean_level(recent[-LEAD_SLOTS:]),
                recent=loudest_mean(recent),
                deepest=inside,
                fall_db=float(stretch.fall[slot - stretch.start, channel]),
                alone=self._alone(slot, channel),
                faded=faded(recent),
            ),
            inside=inside,
            seen=self._first + slot + DOWN_SLOTS,
            dip_before=deepest_dip(levels[max(0, slot - BESIDE_SLOTS) : slot]),
        )

    def _alone(self, slot: int, channel: int) -> bool:
        """Return whether the sound before a fall had only just begun, and not with the end of a hole."""
        if self._first + slot < KNOWN_SLOTS:
            return True
        first = max(0, slot - BURST_SLOTS)
        burst = self._levels[first:slot, channel, None]
        if len(burst) < DOWN_SLOTS + EDGE_SLOTS:
            return False
        quiet = loudest_of(burst[:-EDGE_SLOTS], DOWN_SLOTS)[:, 0]
        after = decibels(means_of(self._powers[first + DOWN_SLOTS : slot, channel, None], EDGE_SLOTS))[:, 0]
        onsets = np.flatnonzero((quiet < HEARD_DBFS) & (after > quiet + ONSET_DB) & (after > HEARD_DBFS))
        if not onsets.size:
            return False
        onset = self._first + first + int(onsets[-1]) + DOWN_SLOTS
        return abs(onset - self._ends.get(channel, 0)) > SAME_SLOTS

    def _closed(self, stretch: Stretch, item: _Open, channel: int) -> Hole | None:
        """Return the hole if sound is back within the stretch; else note how far it was followed."""
        at = item.seen - self._first
        if at >= stretch.stop:
            return None
        offset = at - stretch.start
        rows = slice(offset, stretch.stop - stretch.start)
        levels = stretch.levels[rows, channel]
        inside = np.minimum.accumulate(np.minimum(stretch.low[rows, channel], item.inside))
        back = levels > np.maximum(inside + BACK_DB, FAINT_DBFS)
        over = (back & (stretch.rise[rows, channel] >= JUMP_DB)) | (levels > item.hole.before - NEAR_DB)
        first = next(
            (row for row in np.flatnonzero(over).tolist() if self._stays(at + row, channel, inside[row])),
            None,
        )
        if first is None:
            item.inside, item.seen = float(inside[-1]), self._first + stretch.stop
            return None
        climb = stretch.rise[offset + first : offset + first + CLIMB_SLOTS, channel]
        return self._hole(stretch, item, at + first + int(np.argmax(climb)), float(inside[first]))

    def _stays(self, slot: int, channel: int, inside: float) -> bool:
        """Return whether sound that came back at a slot is loud, or does not fall as deep again at once."""
        first = slot + EDGE_SLOTS
        if self._levels[slot:first, channel].max() > SOFT_DBFS:
            return True
        return deepest_dip(self._levels[first : first + STAY_SLOTS, channel]) > inside + BACK_DB

    def _hole(self, stretch: Stretch, item: _Open, end: int, inside: float) -> Hole:
        hole = item.hole
        beside = slice(end, end + BESIDE_SLOTS)
        dips = min(item.dip_before, deepest_dip(self._levels[beside, hole.channel]))
        length = self._first + end - hole.start
        return replace(
            hole,
            end=self._first + end,
            deepest=inside,
            after=float(stretch.after[end - stretch.start, hole.channel]),
            soon=loudest_mean(self._powers[beside, hole.channel]),
            rise_db=float(stretch.rise[end - stretch.start, hole.channel]),
            pulse=length <= PULSE_SLOTS and dips <= inside + PULSE_DB,
        )

    def _forget(self) -> None:
        """Keep what the next look needs."""
        cut = max(0, self._looked - self._first - BURST_SLOTS)
        self._powers, self._levels = self._powers[cut:], self._levels[cut:]
        self._first += cut
