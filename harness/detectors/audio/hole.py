"""A hole in the sound, and how little it is like a pause."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

ECHO_SLOTS: Final = 40
"""So long may a codec smear what was cut off."""

SHARP_DB: Final = 34.0
"""A hole sharper than this was not played or spoken."""

SHARPEST_DB: Final = 36.0
DEEPEST_DBFS: Final = -85.0
DEPTH_WEIGHT: Final = 0.4
ASIDE_WEIGHT: Final = 0.15


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole in one channel, counted in slots since the finder began; `[start, end)`.

    Levels are in dBFS. `before`, `lead` and `recent` are what sounded before it: the mean of the last 4 ms,
    of the last 20 ms, and the loudest 10 ms of the last 100; `deepest` is the lowest level that was not
    exceeded for 7 ms inside. `fall_db` and `rise_db` say how far the 4 ms before and after lie above the
    loudest of the 7 ms next to them inside. `after` and `soon` are for the end what `before` and `recent`
    are for the start; like `rise_db` NaN while the hole is open. `alone` tells what follows a beep, a click
    or the very beginning, `faded` what was faded out, `pulse` a dip of a deep tone's own wave.
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
    faded: bool = False
    after: float = float("nan")
    soon: float = float("nan")
    rise_db: float = float("nan")
    pulse: bool = False

    @property
    def meant(self) -> bool:
        """Return whether it is part of what is played, however sharp."""
        return self.alone or self.faded or self.pulse

    @property
    def sharp(self) -> bool:
        """Return whether it was cut, and cut out of something."""
        return self.sharpness_db > SHARP_DB and not self.meant

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


def worst_of(holes: Sequence[Hole]) -> Hole:
    """Return the sharpest hole, or a sharp one that began a little before it: the rest is its echo."""
    worst = max(holes, key=lambda hole: hole.sharpness_db)
    near = [hole for hole in holes if hole.sharp and 0 <= worst.start - hole.start <= ECHO_SLOTS]
    return min(near, key=lambda hole: hole.start, default=worst)
