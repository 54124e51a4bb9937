"""Counts what became of numbered pictures: which were lost, which came twice, which could not be read."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.clock import NS_PER_S

LONGEST_HOLE_S: Final = 1.0
"""Where the pattern is away for longer, the player began anew, or stopped: nothing was lost there."""

SHORTEST_S: Final = 1.0
"""A stretch of the pattern that is shorter tells nothing."""

CADENCE_SLACK: Final = 0.02
"""How far the frames of one number may be from a whole number and still count as that one."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames `[first, last]` in which the pattern ran on without a break."""

    first: int
    last: int


@dataclass(slots=True)
class Counted:
    """What was seen of the pattern's pictures."""

    frames: int = 0
    """Captured while the pattern ran."""
    lost: int = 0
    """Of the pictures that ought to have been captured."""
    repeated: int = 0
    unread: int = 0
    """Frames that hold no readable number, in between."""
    seconds: float = 0.0
    each: float = 0.0
    """For how many captured frames a picture was shown, in the longest stretch."""


def stretches(t_ns: NDArray[np.int64], number: Numbers) -> list[Stretch]:
    """Return where the pattern ran on: its numbers do not go back, and it is never away for long.

    Parameters
    ----------
    t_ns : int64 array, shape (frames,)
        When each began.
    number : float array, shape (frames,)
        NaN where the pattern was not seen.
    """
    seen = np.flatnonzero(~np.isnan(number))
    if not seen.size:
        return []
    hole_ns = LONGEST_HOLE_S * NS_PER_S
    breaks = (np.diff(t_ns[seen]) > hole_ns) | (np.diff(number[seen]) < 0) | _leaps(t_ns[seen], number[seen])
    parts = np.split(seen, np.flatnonzero(breaks) + 1)
    return [
        Stretch(int(part[0]), int(part[-1]))
        for part in parts
        if t_ns[part[-1]] - t_ns[part[0]] >= SHORTEST_S * NS_PER_S
    ]


def count(t_ns: NDArray[np.int64], number: Numbers) -> Counted:
    """Return what was lost and repeated over all stretches."""
    spans = [slice(stretch.first, stretch.last + 1) for stretch in stretches(t_ns, number)]
    parts = [_count(t_ns[span], number[span]) for span in spans]
    longest = max(parts, key=lambda part: part.seconds, default=Counted())
    return Counted(
        frames=sum(part.frames for part in parts),
        lost=sum(part.lost for part in parts),
        repeated=sum(part.repeated for part in parts),
        unread=sum(part.unread for part in parts),
        seconds=sum(part.seconds for part in parts),
        each=longest.each,
    )


def _count(t_ns: NDArray[np.int64], number: Numbers) -> Counted:
    seen = ~np.isnan(number)
    known = number[seen]
    each = _frames_each(t_ns, number)
    least, most = math.floor(each + CADENCE_SLACK), math.ceil(each - CADENCE_SLACK)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(known)) + 1))
    # The first and the last number may have been shown before and after: only too many of them count.
    runs = np.diff(np.append(starts, known.size))
    jumps = np.diff(known[starts])
    counted = Counted(int(number.size), unread=int(np.count_nonzero(~seen)))
    counted.each = each
    counted.seconds = float(t_ns[-1] - t_ns[0]) / NS_PER_S
    if each >= 1 - CADENCE_SLACK:
        counted.lost = int(((jumps - 1) * max(1, least)).sum())
        counted.lost += int(np.maximum(least - runs[1:-1], 0).sum())
        counted.repeated = int(np.maximum(runs - most, 0).sum())
    else:
        stride = math.ceil(1 / each - CADENCE_SLACK)
        counted.lost = int((np.maximum(jumps - stride, 0) // stride).sum())
        counted.repeated = int((runs - 1).sum())
    # A frame whose number could not be read was captured all the same.
    counted.lost = max(0, counted.lost - counted.unread)
    return counted


def _frames_each(t_ns: NDArray[np.int64], number: Numbers) -> float:
    """Return for how many captured frames a number is shown: 1, or 2 for 25 a second at 50 Hz, or 2.4 ..."""
    seen = np.flatnonzero(~np.isnan(number))
    frame_ns = float(np.median(np.diff(t_ns)))
    known, times = number[seen], t_ns[seen]
    # From a whole second to another whole second: what is lost in between does not change how fast it runs.
    step = max(1, min(known.size - 1, round(NS_PER_S / frame_ns)))
    steps = known[step:] - known[:-step]
    going = steps > 0
    if not going.any():
        return float(known.size)
    number_ns = float(np.median((times[step:] - times[:-step])[going] / steps[going]))
    return number_ns / frame_ns


def _leaps(t_ns: NDArray[np.int64], number: Numbers) -> NDArray[np.bool_]:
    """Return where the numbers run ahead of the time by a second or more: somebody sought."""
    if t_ns.size < 2:
        return np.zeros(0, bool)
    steps, times_s = np.diff(number), np.diff(t_ns) / NS_PER_S
    a_second = max(1.0, float(np.median(steps[steps > 0] / times_s[steps > 0]))) if (steps > 0).any() else 1.0
    return np.asarray(steps - times_s * a_second > a_second)
