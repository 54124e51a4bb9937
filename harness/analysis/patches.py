"""The patches of known code values in the title `sync_pattern`: what they are made as, and how they came out.

Six greys stand left of the middle, six colours right of it, in fractions of the frame like all else of the
pattern (`markers`). A patch is read from its inner half, so that scaling and coding do not smear its
neighbour into it. From what came out it is told which mistake of range or matrix explains it best.
"""

import itertools
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.markers import Box
from harness.analysis.matrices import BT601, BT709
from harness.media import Plane

GREYS: Final = Box(0.25, 0.75, 0.06, 0.20)
COLOURS: Final = Box(0.25, 0.75, 0.80, 0.94)
GREY_CODES: Final = (16, 60, 104, 147, 191, 235)
BARS: Final = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 0))
BAR_LEVEL: Final = 0.75
"""Red, green, blue, cyan, magenta and yellow at 75 %, as in colour bars: no step clips them."""

Matrix = NDArray[np.float64]
Codes = NDArray[np.float64]
"""Shape (patches, 3): Y, U and V in 8-bit code values."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the patches came out.

    Parameters
    ----------
    grey_error_codes : float
        The largest error of luma over the greys, 8-bit code values.
    colour_error_codes : float
        The largest error of U or V over greys and colours, 8-bit code values.
    gain : float
        How much wider than it ought to be the range from black to white is: 1.164 where narrow range was
        taken for full.
    mistake : str
        What explains it best, in words; empty where nothing is wrong, or no known mistake explains it.
    """

    grey_error_codes: float
    colour_error_codes: float
    gain: float
    mistake: str


def paint(y: Plane, u: Plane, v: Plane) -> None:
    """Draw the patches into the planes of a frame, in place."""
    for plane, codes in zip((y, u, v), MADE.T, strict=True):
        for place, code in zip(_places(plane.shape, inner=False), codes, strict=True):
            plane[place] = code


def read(y: Plane, u: Plane, v: Plane) -> Codes:
    """Return the mean of each patch in a frame that holds them, shape (12, 3)."""
    planes = (y, u, v)
    return np.array([[plane[at].mean() for at in _places(plane.shape, inner=True)] for plane in planes]).T


def judge(found: Codes, tolerance_codes: float) -> Reading:
    """Return how patches came out, against what they were made as.

    A mistake is named only where something is off by more than `tolerance_codes`, and the mistake explains
    at least three quarters of it.
    """
    apart = np.abs(found - MADE)
    gain = float(np.polyfit(MADE[: len(GREY_CODES), 0], found[: len(GREY_CODES), 0], 1)[0])
    grey, colour = float(apart[: len(GREY_CODES), 0].max()), float(apart[:, 1:].max())
    mistake = ""
    if max(grey, colour) > tolerance_codes:
        left, words = min((float(np.abs(found - codes).mean()), words) for words, codes in MISTAKES.items())
        mistake = words if left < float(apart.mean()) / 4 else ""
    return Reading(grey, colour, gain, mistake)


@lru_cache(maxsize=16)
def _places(shape: tuple[int, int], inner: bool) -> tuple[tuple[slice, slice], ...]:
    """Return rows and columns of each patch, or of its inner half, in a plane of a shape."""
    plane = np.empty(shape, np.uint8)
    return tuple((_inner(box) if inner else box).of(plane) for box in _cells())


def _cells() -> list[Box]:
    cells = []
    for column in (GREYS, COLOURS):
        edges = np.linspace(column.top, column.bottom, 7)
        cells += [Box(top, bottom, column.left, column.right) for top, bottom in itertools.pairwise(edges)]
    return cells


def _inner(box: Box) -> Box:
    high, wide = (box.bottom - box.top) / 4, (box.right - box.left) / 4
    return Box(box.top + high, box.bottom - high, box.left + wide, box.right - wide)


def _nominal() -> Codes:
    greys = [(code, 128, 128) for code in GREY_CODES]
    rgb = np.array(BARS) * BAR_LEVEL * 219
    colours = rgb @ np.linalg.inv(BT709).T + (16, 128, 128)
    return np.concatenate([np.array(greys, float), colours])


def _taken(codes: Codes, drawn: Matrix, read_as: Matrix) -> Codes:
    """Return codes that were made by one matrix and went through red, green and blue by another."""
    turn = np.linalg.inv(read_as) @ drawn
    return np.asarray((codes - (16, 128, 128)) @ turn.T + (16, 128, 128))


def _mistakes() -> dict[str, Codes]:
    """Return what each known mistake, alone or two of them together, makes of the patches."""
    spread, squeeze = np.array([255 / 219, 255 / 224, 255 / 224]), np.array([219 / 255, 224 / 255, 224 / 255])
    ranges = {
        "": MADE,
        "narrow range is taken for full range": (MADE - (16, 128, 128)) * spread + (0, 128, 128),
        "full range is taken for narrow range": (MADE - (0, 128, 128)) * squeeze + (16, 128, 128),
    }
    matrices = {"": (BT709, BT709), "it is coded by BT.601 instead of BT.709": (BT709, BT601)}
    found = {}
    for (one, codes), (other, pair) in itertools.product(ranges.items(), matrices.items()):
        found[" and ".join(filter(None, (one, other)))] = np.clip(_taken(codes, *pair), 0, 255)
    found["it is decoded by BT.601 instead of BT.709"] = np.clip(_taken(MADE, BT601, BT709), 0, 255)
    found["U and V are swapped"] = MADE[:, [0, 2, 1]]
    found["the colour is missing"] = np.column_stack([MADE[:, 0], np.full((len(MADE), 2), 128.0)])
    return {words: codes for words, codes in found.items() if words}


NOMINAL: Final = _nominal()
MADE: Final = np.rint(NOMINAL)
"""What is drawn: whole code values."""
MISTAKES: Final = _mistakes()
