"""Tearing: the screen shows parts of two pictures at once, with a line between them."""

from fractions import Fraction
from typing import ClassVar

import numpy as np

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.impair.earlier import Earlier
from harness.media import Plane


class Tearing(Impairment):
    """Shows rows on one side of a line from an earlier picture of the title.

    Levels are how many pictures earlier: easy 3, medium 2, hard 1. Kinds: the line stays where it is
    (a display that is locked to the source), wanders up or down (one that is not), or two lines bound a
    band. The seed picks where, and which side is late.
    """

    defect = "tearing"
    medium = "picture"
    kinds = ("line", "moving", "band")
    late_pictures: ClassVar[dict[str, int]] = {"easy": 3, "medium": 2, "hard": 1}
    TRIES: ClassVar[int] = 8
    """So many places are looked at; the line comes to where most moves: elsewhere nobody could see it."""
    BAND: ClassVar[tuple[float, float]] = (0.08, 0.3)
    WANDERS: ClassVar[tuple[float, float]] = (0.005, 0.03)

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._late = self.late_pictures[spec.level]
        self._earlier = Earlier(self._late)
        self._places = self.random.uniform(0.15, 0.85, self.TRIES)
        self._place, self._placed = 0.5, False
        self._below = bool(self.random.integers(2))
        self._band = float(self.random.uniform(*self.BAND))
        self._step = float(self.random.uniform(*self.WANDERS) * self.random.choice([-1, 1]))

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the picture with a part of an earlier one in it."""
        self._earlier.see(picture)
        if not self.active(t_s):
            return picture
        late = self._earlier.back(self._late)
        if not self._placed:
            self._place = self._where_it_moves(picture[0], late[0])
            self._placed = True
        first, end = self._rows(picture[0].shape[0])
        y, u, v = (
            _patched(now, then, slice(first // by, end // by))
            for now, then, by in zip(picture, late, (1, 2, 2), strict=True)
        )
        return y, u, v

    def _where_it_moves(self, now: Plane, then: Plane) -> float:
        """Return the place, a share of the height, around which two pictures differ most."""
        height = now.shape[0]

        def difference(place: float) -> float:
            rows = slice(max(0, round(place * height) - 4), round(place * height) + 4)
            return float(np.abs(now[rows].astype(np.int16) - then[rows]).mean())

        return float(max(self._places, key=difference))

    def _rows(self, height: int) -> tuple[int, int]:
        """Return which rows are late, `[first, end)`, both even; the line of the next picture may differ."""
        place = self._place
        if self.kind == "moving":
            self._place = 0.1 + (self._place + self._step - 0.1) % 0.8
        line = round(place * height / 2) * 2
        if self.kind == "band":
            return line, min(height, line + max(2, round(self._band * height / 2) * 2))
        return (line, height + height % 2) if self._below else (0, line)


def _patched(now: Plane, then: Plane, rows: slice) -> Plane:
    torn = np.array(now)
    torn[rows] = then[rows]
    return torn
