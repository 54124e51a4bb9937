"""Pictures without colour or of one colour, by intent."""

from collections.abc import Sequence
from functools import partial

import cv2
import numpy as np

from harness.bench.negatives.cameras import film_grain, hand_held, slow_pan, talking_head
from harness.bench.negatives.negative import Paint, Scene
from harness.bench.negatives.painting import grey
from harness.impair.base import Picture


def black_and_white(width: int, height: int) -> Scene:
    """A black-and-white film with grain."""
    inside = film_grain(width, height)
    return lambda at_s: grey(inside(at_s)[0])


def _toned(kind: Paint, u_add: int, v_add: int, width: int, height: int) -> Scene:
    """A scene in shades of one colour: the brighter, the less of it."""
    inside = kind(width, height)
    level = np.arange(256)
    weight = np.clip(1.3 - level / 235, 0.2, 1)
    blues, reds = (np.rint(128 + add * weight).astype(np.uint8) for add in (u_add, v_add))

    def scene(at_s: float) -> Picture:
        y = inside(at_s)[0]
        small = cv2.resize(y, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        return y, cv2.LUT(small, blues), cv2.LUT(small, reds)

    return scene


sepia = partial(_toned, slow_pan, -18, 12)
"""A film tinted brown."""

night_blue = partial(_toned, hand_held, 26, -14)
"""A night scene tinted blue."""


def _graded(kind: Paint, gains: Sequence[tuple[float, int]], width: int, height: int) -> Scene:
    """A scene whose planes were stretched and shifted, as by a colourist: (gain, shift) of y, u, v."""
    inside = kind(width, height)
    level = np.arange(256)
    limits = ((16, 235), (16, 240), (16, 240))
    tables = [
        np.clip(np.rint((level - 128) * gain + 128 + shift), *limit).astype(np.uint8)
        for (gain, shift), limit in zip(gains, limits, strict=True)
    ]

    def scene(at_s: float) -> Picture:
        y, u, v = (cv2.LUT(plane, table) for plane, table in zip(inside(at_s), tables, strict=True))
        return y, u, v

    return scene


teal_orange = partial(_graded, talking_head, ((1.1, -6), (1.5, 4), (1.6, 2)))
"""A scene graded hard, skin to orange and shadows to teal."""

washed_out = partial(_graded, hand_held, ((0.6, 34), (0.35, 0), (0.35, 0)))
"""A memory: pale, bright, almost without colour."""

green_code = partial(_graded, talking_head, ((1.0, -16), (0.5, -10), (0.5, -12)))
"""Everything in a green cast, as in a film about machines."""
