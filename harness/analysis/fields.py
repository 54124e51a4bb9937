"""What the even and the odd rows of a picture have to do with each other: measured where it moves."""

from dataclasses import dataclass
from typing import Final

import cv2

from harness.analysis.frame_view import FrameView
from harness.analysis.picture import Picture
from harness.analysis.rows import even_and_odd
from harness.media import Plane

SPIKE_CODES: Final = 8
"""A row stands out when it lies so far, code values, above or below both its neighbours."""

MOVED_CODES: Final = 6
"""A pixel has moved when it changed by more than this, code values."""


@dataclass(frozen=True, slots=True)
class Weave:
    """Shares of all px: what moved; what of it is combed in this picture; what would be combed if the
    odd rows were those of the picture before (`odd_before`), and if the even rows were (`even_before`).
    """

    moved: float
    combed: float
    odd_before: float
    even_before: float


NOTHING: Final = Weave(0.0, 0.0, 0.0, 0.0)


def weave(view: FrameView) -> Weave | None:
    """Return how the rows fit to each other and to those of the previous picture, or None without one."""
    if view.previous is None:
        return None
    even, odd = view.picture.of(even_and_odd)
    even_before, odd_before = view.previous.picture.of(even_and_odd)
    if len(even) < 4:
        return NOTHING
    change = cv2.max(cv2.absdiff(even, even_before), cv2.absdiff(odd, odd_before))
    moved = cv2.threshold(change, MOVED_CODES, 255, cv2.THRESH_BINARY)[1][1:-1]
    share = cv2.countNonZero(moved)
    if not share:
        return NOTHING
    now, before = view.picture.of(_envelope), view.previous.picture.of(_envelope)
    counts = (share, _spikes(odd, now, moved), _spikes(odd_before, now, moved), _spikes(odd, before, moved))
    return Weave(*(count / moved.size for count in counts))


def _envelope(picture: Picture) -> tuple[Plane, Plane]:
    """Return the higher and the lower of the two even rows around each odd row but the last."""
    even = picture.of(even_and_odd)[0]
    return cv2.max(even[:-1], even[1:]), cv2.min(even[:-1], even[1:])


def _spikes(odd: Plane, envelope: tuple[Plane, Plane], moved: Plane) -> int:
    """Count the px of moving places where two odd rows in a row stand out to the same side."""
    above, below = cv2.subtract(odd[:-1], envelope[0]), cv2.subtract(envelope[1], odd[:-1])
    both = cv2.max(cv2.min(above[1:], above[:-1]), cv2.min(below[1:], below[:-1]))
    spikes = cv2.threshold(both, SPIKE_CODES, 255, cv2.THRESH_BINARY)[1]
    return cv2.countNonZero(cv2.bitwise_and(spikes, moved))
