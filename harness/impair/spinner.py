"""Buffering spinners, in the styles of several players, drawn as masks of 0 (nothing) to 255."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.media import Plane

SHIFT: Final = 4
"""Drawing is exact to a sixteenth of a px."""

DOTS: Final = 8
LEAST_RADIUS_PX: Final = 4

Draw = Callable[[Plane, float, float], None]


def spinner(style: str, side_px: int, radius_px: float, turns: float) -> NDArray[np.uint8]:
    """Return a square mask with a spinner in its middle, which has gone round `turns` times."""
    mask = np.zeros((side_px, side_px), np.uint8)
    STYLES[style](mask, max(LEAST_RADIUS_PX, radius_px), turns)
    return mask


def _ring(mask: Plane, radius_px: float, turns: float) -> None:
    """Draw a faint full ring with a bright quarter that goes round."""
    thick = max(2, int(radius_px / 5))
    _arc_of(mask, radius_px, 0, 360, 60, thick)
    _arc_of(mask, radius_px, 360 * turns, 90, 255, thick)


def _arc(mask: Plane, radius_px: float, turns: float) -> None:
    """Draw an arc that grows and shrinks while it goes round."""
    length = 150 + 110 * float(np.sin(2 * np.pi * turns * 0.75))
    _arc_of(mask, radius_px, 360 * turns * 1.4, length, 255, max(2, int(radius_px / 6)))


def _dots(mask: Plane, radius_px: float, turns: float) -> None:
    """Draw eight dots in a circle, lit one after the other, in steps."""
    lit = int(turns * DOTS) % DOTS
    for dot in range(DOTS):
        angle = 2 * np.pi * dot / DOTS
        middle = mask.shape[0] / 2
        place = (middle + radius_px * np.cos(angle), middle + radius_px * np.sin(angle))
        x, y = (round(float(value) * (1 << SHIFT)) for value in place)
        light = max(40, 255 - 45 * ((lit - dot) % DOTS))
        cv2.circle(mask, (x, y), round(radius_px / 4.5 * (1 << SHIFT)), light, -1, cv2.LINE_AA, SHIFT)


def _arc_of(mask: Plane, radius_px: float, start: float, length: float, light: int, thick: int) -> None:
    middle, radius = mask.shape[0] // 2, int(radius_px)
    cv2.ellipse(mask, (middle, middle), (radius, radius), 0, start, start + length, light, thick, cv2.LINE_AA)


STYLES: Final[dict[str, Draw]] = {"ring": _ring, "arc": _arc, "dots": _dots}
