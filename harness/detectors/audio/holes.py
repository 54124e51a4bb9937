"""Finds holes: places where sound falls off a cliff, stays away, and comes back.

What nature and instruments let die away falls by some decibels a millisecond at most; what a decoder, a
buffer or a cable loses falls by tens. So a hole is known by its edges, at a resolution of a millisecond.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from harness.detectors.audio.slots import Levels, Powers, decibels, loudest_of, means_of

EDGE_SLOTS: Final = 4
"""Over how many slots the level beside an edge is averaged."""

DOWN_SLOTS: Final = 7
"""So long must it stay down: less lies between the pulses of a low voice."""

CANDIDATE_DB: Final = 10.0
"""Falls below this are not followed; natural sound has hundreds a minute."""

QUIETEST_DBFS: Final = -62.0
"""A fall from below this is not heard as one."""

BACK_DB: Final = 8.0
"""The hole ends where the level rises so far above what it had come down to, ..."""

JUMP_DB: Final = 6.0
"""... by a jump of so much: noise alone wanders further, but not at once."""

NEAR_DB: Final = 12.0
"""It ends also where the level comes so near to the level before."""

CLIMB_SLOTS: Final = 15
"""The steepest rise within so many slots from there is its end: codecs let an echo run ahead."""

BESIDE_SLOTS: Final = 45
"""So far after the hole, and `RECENT_SLOTS` before it, is looked to see what it was cut out of."""

RECENT_SLOTS: Final = 100
MEAN_SLOTS: Final = 10
LEAD_SLOTS: Final = 20
BURST_SLOTS: Final = 250
ONSET_DB: Final = 40.0
"""Sound that began out of silence by a jump of so much, and ends so soon, was a beep or a click."""

KNOWN_SLOTS: Final = 100
"""What was cut off must have been heard for so long since the beginning, or since a gap."""

ECHO_SLOTS: Final = 40
"""So long may a codec smear what was cut off."""

SAME_SLOTS: Final = 20
"""Edges so close together are the same."""

HEARD_DBFS: Final = -60.0
"""What is louder is heard in a quiet room."""

FAINT_DBFS: Final = -70.0
"""What does not reach this is not sound that is back, but what a codec makes of nothing."""

LOOK_SLOTS: Final = 40
"""New slots are looked at by so many: each look costs the same."""

AHEAD_SLOTS: Final = CLIMB_SLOTS + BESIDE_SLOTS + MEAN_SLOTS
"""A slot is judged when so many after it are known."""

MOST_OPEN: Final = 6
"""So many falls in one channel are followed at a time."""

SHARP_DB: Final = 34.0
"""A hole sharper than this was not played or spoken."""

SHARPEST_DB: Final = 36.0
DEEPEST_DBFS: Final = -85.0
DEPTH_WEIGHT: Final = 0.4
ASIDE_WEIGHT: Final = 0.15

PULSE_SLOTS: Final = 30
PULSE_DB: Final = 10.0
"""Dips so short, with others as deep within `BESIDE_SLOTS` on both sides, are the wave of a deep tone."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole in one channel, counted in slots since the finder began; `[start, end)`.

    Levels are in dBFS. `before`, `lead` and `recent` are what sounded before it: the mean of the last 4 ms,
    of the last 20 ms, and the loudest 10 ms of the last 100; `deepest` is the lowest level that was not
    exceeded for 7 ms inside. `fall_db` and `rise_db` say how far the 4 ms before and after lie above the
    loudest of the 7 ms next to them inside. `after` and `soon` are for the end what `before` and `recent`
    are for the start; like `rise_db` NaN while the hole is open. `alone` tells what follows a beep, a click
    or the very beginning, `pulse` a dip of a deep tone's own wave.
    """

    channel: int
    start: int
    end: int
    before: float
    lead: float
    recent: float
    deepest: float
    fall_db: float
    alone: bool = False
    after: float = float("nan")
    soon: float = float("nan")
    rise_db: float = float("nan")
    pulse: bool = False

    @property
    def sharp(self) -> bool:
        """Return whether it was cut, and cut out of something."""
        return self.sharpness_db > SHARP_DB and not self.alone and not self.pulse

    @property
    def depth_db(self) -> float:
        """Return how far it goes down, to `DEEPEST_DBFS` at most."""
        return self.lead - max(self.deepest, DEEPEST_DBFS)

    @property
    def aside_db(self) -> float:
        """Return how much quieter it was right beside the hole than further off; an open end counts 0."""
        end = 0.0 if np.isnan(self.after) else self.after - self.soon
        return self.recent - self.before - end

    @property
    def sharpness_db(self) -> float:
        """Return how little like a pause it is: a steep fall, to a depth, out of the midst of sound."""
        fall = min(self.fall_db, SHARPEST_DB)
        return fall + DEPTH_WEIGHT * self.depth_db - ASIDE_WEIGHT * max(self.aside_db, 0.0)


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
        found = self._look(_Stretch(self._powers, self._levels, start, stop))
        self._looked = self._first + stop
        self._forget()
        return found

    def _look(self, stretch: "_Stretch") -> list[Hole]:
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

    def _opened(self, stretch: "_Stretch", slot: int, channel: int) -> _Open:
        levels = self._levels[:, channel]
        recent = self._powers[max(0, slot - RECENT_SLOTS) : slot, channel]
        inside = float(levels[slot : slot + DOWN_SLOTS].max())
        return _Open(
            hole=Hole(
                channel=channel,
                start=self._first + slot - 1,
                end=self._first + slot - 1,
                before=float(stretch.before[slot - stretch.start, channel]),
                lead=_mean(recent[-LEAD_SLOTS:]),
                recent=_loudest_mean(recent),
                deepest=inside,
                fall_db=float(stretch.fall[slot - stretch.start, channel]),
                alone=self._alone(slot, channel),
            ),
            inside=inside,
            seen=self._first + slot + DOWN_SLOTS,
            dip_before=_dip(levels[max(0, slot - BESIDE_SLOTS) : slot]),
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

    def _closed(self, stretch: "_Stretch", item: _Open, channel: int) -> Hole | None:
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
        first = int(np.argmax(over))
        if not over[first]:
            item.inside, item.seen = float(inside[-1]), self._first + stretch.stop
            return None
        climb = stretch.rise[offset + first : offset + first + CLIMB_SLOTS, channel]
        return self._hole(stretch, item, at + first + int(np.argmax(climb)), float(inside[first]))

    def _hole(self, stretch: "_Stretch", item: _Open, end: int, inside: float) -> Hole:
        hole = item.hole
        beside = slice(end, end + BESIDE_SLOTS)
        dips = max(item.dip_before, _dip(self._levels[beside, hole.channel]))
        length = self._first + end - hole.start
        return replace(
            hole,
            end=self._first + end,
            deepest=inside,
            after=float(stretch.after[end - stretch.start, hole.channel]),
            soon=_loudest_mean(self._powers[beside, hole.channel]),
            rise_db=float(stretch.rise[end - stretch.start, hole.channel]),
            pulse=length <= PULSE_SLOTS and dips <= inside + PULSE_DB,
        )

    def _forget(self) -> None:
        """Keep what the next look needs."""
        cut = max(0, self._looked - self._first - BURST_SLOTS)
        self._powers, self._levels = self._powers[cut:], self._levels[cut:]
        self._first += cut


class _Stretch:
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


def worst_of(holes: Sequence[Hole]) -> Hole:
    """Return the sharpest hole, or a sharp one that began a little before it: the rest is its echo."""
    worst = max(holes, key=lambda hole: hole.sharpness_db)
    near = [hole for hole in holes if hole.sharp and 0 <= worst.start - hole.start <= ECHO_SLOTS]
    return min(near, key=lambda hole: hole.start, default=worst)


def _mean(powers: Levels) -> float:
    return float(decibels(np.asarray(powers.mean())))


def _loudest_mean(powers: Levels) -> float:
    """Return the level of the loudest `MEAN_SLOTS`."""
    if len(powers) < MEAN_SLOTS:
        return _mean(powers)
    return float(decibels(means_of(powers[:, None], MEAN_SLOTS)).max())


def _dip(levels: Levels) -> float:
    """Return the lowest level that is not exceeded for `DOWN_SLOTS`."""
    return float(loudest_of(levels[:, None], DOWN_SLOTS).min()) if len(levels) >= DOWN_SLOTS else 0.0
