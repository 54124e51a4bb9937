"""Looks for a spinner: something that turns in one place while the picture around it stands still.

A frame is told by how its blocks changed. In a window around the place of most change lies the spinner, if
there is one; the moments of the change in it say where it is and which way it points. A thing that goes
round changes, from step to step, at an angle that goes round as evenly. A mouth, a hand or a passing car
changes at any angle, and not in one place.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.frame_view import FrameView

BOX: Final = ("left", "right", "top", "bottom")
COLUMNS: Final = ("rest", "turned", *BOX, "sum", "sum_x", "sum_y")
"""What `measure` returns, in this order; the last three are the moments of the change, signed."""

WINDOW_SHARE: Final = 3
"""A spinner fits into this part of the picture's height."""

NOISE_CODES: Final = 0.5
"""Blocks that change by less, code values, are coding noise."""

MOVING_CODES: Final = 4.0
"""Where more blocks than fit into a window change by more than this, the picture moves."""

BOX_SHARE: Final = 0.15
"""Blocks that change by less than this share of the largest change do not widen the box."""

ACTIVE: Final = 3.0
ACTIVE_SHARE: Final = 0.5
"""A spinner has made a step where blocks change by this much in all, and by this share of its larger steps.

Those that fade behind their head make small steps in between, which point another way.
"""


def measure(view: FrameView) -> tuple[float, ...]:
    """Return how a frame changed, one number per name in `COLUMNS`, in code values and blocks.

    `rest` is the largest change of a block outside the window, `turned` the sum of all changes in it; the
    box holds those that are not small. NaN where nothing is before.
    """
    if view.shift is None:
        return (float("nan"),) * len(COLUMNS)
    change = np.abs(view.shift)
    side = window(view.blocks.shape[0])
    if np.count_nonzero(change > MOVING_CODES) > side * side:
        return (view.local_change, *(float("nan"),) * (len(COLUMNS) - 1))
    sums = cv2.boxFilter(change, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT)
    column, row = cv2.minMaxLoc(sums)[3]
    top, left = max(0, row - side // 2), max(0, column - side // 2)
    inside = (slice(top, row + side // 2 + 1), slice(left, column + side // 2 + 1))
    turned = np.where(change[inside] > NOISE_CODES, view.shift[inside], 0.0)
    change[inside] = 0.0
    return (float(change.max()), *_moments(turned, top, left))


def window(height: float) -> int:
    """Return the side of the window in blocks, odd, for a picture so many blocks high."""
    return int(height // WINDOW_SHARE) | 1


def _moments(turned: NDArray[np.float32], top: int, left: int) -> tuple[float, ...]:
    size = np.abs(turned)
    most = float(size.max())
    if most == 0.0:
        return (0.0, *(float("nan"),) * len(BOX), 0.0, 0.0, 0.0)
    y, x = np.arange(top, top + len(turned)), np.arange(left, left + turned.shape[1])
    rows, columns = (np.flatnonzero((size > BOX_SHARE * most).any(axis=axis)) for axis in (1, 0))
    box = (x[columns[0]], x[columns[-1]], y[rows[0]], y[rows[-1]])
    sums = (turned.sum(), turned.sum(axis=0) @ x, turned.sum(axis=1) @ y)
    return (float(size.sum()), *map(float, box), *map(float, sums))


@dataclass(frozen=True, slots=True)
class Turning:
    """What turns in some rows of a series.

    `box` is left, right, top and bottom of it, in blocks; `degrees` is how far it turned, `even` how even
    its steps were, 0..1; `active` marks the rows in which it turned.
    """

    box: tuple[float, float, float, float]
    degrees: float
    even: float
    active: NDArray[np.bool_]

    @classmethod
    def of(cls, columns: dict[str, NDArray[np.float32]], rows: slice) -> "Turning | None":
        """Return what turns in some rows, or None if hardly anything does."""
        turned = columns["turned"][rows]
        active = turned >= max(ACTIVE, ACTIVE_SHARE * float(np.percentile(turned, 90)))
        if np.count_nonzero(active) < 3:
            return None
        sides = [columns[name][rows][active] for name in BOX]
        box = tuple(
            float(np.percentile(side, most)) for side, most in zip(sides, (10, 90, 10, 90), strict=True)
        )
        total, total_x, total_y = (columns[name][rows][active] for name in COLUMNS[-3:])
        across, down = total_x - (box[0] + box[1]) / 2 * total, total_y - (box[2] + box[3]) / 2 * total
        # What grows dark points the other way than what grows bright: an axis is told, not a direction.
        turns = np.exp(1j * np.diff(2 * np.arctan2(down, across)))
        degrees = float(np.degrees(np.abs(np.angle(turns).sum()) / 2))
        return cls((box[0], box[1], box[2], box[3]), degrees, float(np.abs(turns.mean())), active)

    @property
    def middle(self) -> tuple[float, float]:
        """Return x and y of its middle, in blocks from the corner of the picture."""
        return (self.box[0] + self.box[1] + 1) / 2, (self.box[2] + self.box[3] + 1) / 2

    @property
    def size(self) -> float:
        """Return its longer side, in blocks."""
        return max(self.box[1] - self.box[0], self.box[3] - self.box[2]) + 1
