"""How long a playback took to start, and whether the rig lets that be known."""

import math
from typing import Any

from harness.clock import ns_to_seconds
from harness.errors import Undecided
from harness.timeline import Timeline

BESIDE_S = 0.1
"""A gap that ends so near before the first frame of content may hide an earlier one."""


class StartUpDelay(float):
    """Seconds from asking to play to the first frame of content; compares as a number does.

    Where the rig may have made it longer, `doubt` says how: then only what is within a limit is certain, and
    a comparison that finds it beyond raises `Undecided`.
    """

    doubt: str

    def __new__(cls, seconds: float, doubt: str = "") -> "StartUpDelay":
        """Make a number of it."""
        made = super().__new__(cls, seconds)
        made.doubt = doubt
        return made

    def __le__(self, limit: Any) -> bool:
        """Return whether it is within a limit; raises Undecided."""
        return self._decided(within=float(self) <= limit, limit=limit)

    def __lt__(self, limit: Any) -> bool:
        """Return whether it is below a limit; raises Undecided."""
        return self._decided(within=float(self) < limit, limit=limit)

    def __gt__(self, limit: Any) -> bool:
        """Return whether it is beyond a limit; raises Undecided where it may not have been."""
        return not self._decided(within=float(self) <= limit, limit=limit)

    def __ge__(self, limit: Any) -> bool:
        """Return whether it reaches a limit; raises Undecided where it may not have."""
        return not self._decided(within=float(self) < limit, limit=limit)

    def _decided(self, *, within: bool, limit: Any) -> bool:
        if not within and self.doubt:
            raise Undecided(f"start_up_s is {float(self):.2f} s, beyond {limit:g} s, but {self.doubt}")
        return within


def start_up(timeline: Timeline, *, virtual: bool) -> StartUpDelay | None:
    """Return how long the start took: infinite if no content came, None if nothing was asked to play.

    A real device goes on whatever the rig loses: only a gap just before the first frame makes it uncertain.
    A virtual one shares its computer with the rig: where that was too slow to capture, it was too slow to
    play.
    """
    asked, first = timeline.first("play_asked"), timeline.first("first_frame")
    if asked is None:
        return None
    end_ns = first.t_ns if first else timeline.gaps[-1].end_ns if timeline.gaps else asked.t_ns
    reach_s = math.inf if virtual or first is None else BESIDE_S
    for gap in timeline.gaps:
        inside = gap.medium == "video" and gap.end_ns > asked.t_ns and gap.start_ns <= end_ns
        if inside and ns_to_seconds(end_ns - gap.end_ns) <= reach_s:
            lost = f"{ns_to_seconds(gap.start_ns):.2f}-{ns_to_seconds(gap.end_ns):.2f} s"
            doubt = f"the rig lost pictures meanwhile ({lost}: {gap.reason}): run it again"
            return StartUpDelay(ns_to_seconds(first.t_ns - asked.t_ns) if first else math.inf, doubt)
    return StartUpDelay(ns_to_seconds(first.t_ns - asked.t_ns) if first else math.inf)
