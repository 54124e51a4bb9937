"""How the rows above and below a border moved since the picture before, at the places where it is steep."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from harness.media import Plane

PLACES: Final = 8
"""So many places along the border are looked at, the steepest."""

WIDE_PX: Final = 64
HIGH_PX: Final = 6
"""Size of what is looked for in the picture before."""

FAR_PX: Final = 80
UP_PX: Final = 12
"""How far it may have moved, across and up or down."""

FITS: Final = 0.5
"""It was there before if what differs is less than this share of its variance."""

FLAT_VARIANCE: Final = 16.0
"""What varies less than this, code values squared, could be anywhere."""

FURTHER: Final = 1.4
"""One side moved further than the other by this factor, and by `LEAST_PX`, the same way (`ALIKE`)."""

LEAST_PX: Final = 1.0
ALIKE: Final = 0.85

Step = tuple[float, float]
"""How far something moved, across and down, in px."""


FLAT: Final[Step] = (float("inf"), float("inf"))
"""It has too little structure to be found again."""


@dataclass(frozen=True, slots=True)
class RowMotion:
    """Shares of the places with structure where both sides of the border were in the picture before
    (`known`; 1 if there are none), and where of those one side moved on further than the other (`apart`).
    """

    known: float
    apart: float


def row_motion(now: Plane, before: Plane, row: int) -> RowMotion:
    """Return how the px above and below the border over `row` moved."""
    height, width = now.shape
    if row < HIGH_PX or row + HIGH_PX > height or width < 2 * WIDE_PX:
        return RowMotion(0.0, 0.0)
    step = cv2.absdiff(now[row], now[row - 1]).ravel()[: width // WIDE_PX * WIDE_PX]
    steep = np.argsort(-step.reshape(-1, WIDE_PX).mean(axis=1))[:PLACES]
    told = known = apart = 0
    for place in steep.tolist():
        above = _moved(now, before, row - HIGH_PX, place * WIDE_PX)
        below = _moved(now, before, row, place * WIDE_PX)
        if FLAT in (above, below):
            continue
        told += 1
        if above is not None and below is not None:
            known += 1
            apart += _apart(above, below)
    return RowMotion(known / told if told else 1.0, apart / max(1, known))


def _moved(now: Plane, before: Plane, top: int, left: int) -> Step | None:
    wanted = now[top : top + HIGH_PX, left : left + WIDE_PX]
    variance = float(cv2.meanStdDev(wanted)[1][0, 0]) ** 2
    if variance < FLAT_VARIANCE:
        return FLAT
    first_row, first_column = max(0, top - UP_PX), max(0, left - FAR_PX)
    room = before[first_row : top + HIGH_PX + UP_PX, first_column : left + WIDE_PX + FAR_PX]
    least, _, (x, y), _ = cv2.minMaxLoc(cv2.matchTemplate(room, wanted, cv2.TM_SQDIFF))
    if least > FITS * variance * wanted.size:
        return None
    return float(left - first_column - x), float(top - first_row - y)


def _apart(one: Step, other: Step) -> bool:
    near, far = sorted((one, other), key=lambda step: float(np.hypot(*step)))
    short, long = float(np.hypot(*near)), float(np.hypot(*far))
    if long < max(FURTHER * short, short + LEAST_PX):
        return False
    return short < LEAST_PX or near[0] * far[0] + near[1] * far[1] >= ALIKE * short * long
