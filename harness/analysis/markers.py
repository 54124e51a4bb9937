"""The marks in the title `sync_pattern`: a frame number in blocks, a flash, a beep. Written and read here.

Everything is placed in fractions of the frame, so that it survives scaling, and is large and plain black or
white, so that it survives H.264. The row of 32 cells holds, from left to right: white, black; the frame's
number in 24 bits of Gray code, highest first (two neighbours differ in one cell); 4 bits of CRC (x^4 + x + 1,
over those 24, so that one wrong cell is noticed); black, white. A cell is 1 when white.

In the first frames of each second the patch is white, and a tone sounds for as long, from the sample that
belongs to the first line of the first of them.
"""

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from harness.media import Plane

BLACK: Final = 16
WHITE: Final = 235
NUMBER_BITS: Final = 24
CELLS: Final = 32
HEAD: Final = (True, False)
TAIL: Final = (False, True)
CLEAR_CODES: Final = 40
"""A cell must be at least this far, in 8-bit code values, from the middle grey."""
BEEP_HZ: Final = 1000
FLASH_MIN_LUMA: Final = 180
"""The patch is never brighter than 130 between flashes, and 235 in them."""


class Box(NamedTuple):
    """A rectangle in fractions of the frame."""

    top: float
    bottom: float
    left: float
    right: float

    def of(self, plane: Plane) -> tuple[slice, slice]:
        """Return the rows and columns of the rectangle in a plane, rounded to even pixels."""
        height, width = plane.shape
        rows = slice(*(2 * round(part * height / 2) for part in (self.top, self.bottom)))
        return rows, slice(*(2 * round(part * width / 2) for part in (self.left, self.right)))


ROW: Final = Box(0.04, 0.10, 0.06, 0.94)
PATCH: Final = Box(0.25, 0.75, 0.25, 0.75)


@dataclass(frozen=True, slots=True)
class Marker:
    """What one frame of the pattern says about itself."""

    number: int
    """Frames since the title began; modulo 2^24."""
    flash: bool


def flash_frames(fps: Fraction) -> int:
    """Return how many frames a flash lasts: 1, or 2 from 48 frames a second on."""
    return 2 if fps >= 48 else 1


def encode(number: int) -> tuple[bool, ...]:
    """Return the 32 cells for a frame's number (taken modulo 2^24)."""
    number %= 1 << NUMBER_BITS
    gray = number ^ (number >> 1)
    return HEAD + _bits(gray, NUMBER_BITS) + _bits(_crc4(gray), 4) + TAIL


def decode(cells: tuple[bool, ...]) -> int | None:
    """Return the number in 32 cells, or None where they are no valid row."""
    body = cells[2:-2]
    if len(cells) != CELLS or cells[:2] != HEAD or cells[-2:] != TAIL:
        return None
    number = 0
    for cell in body[:NUMBER_BITS]:
        number = number << 1 | (number & 1) ^ cell
    gray = number ^ (number >> 1)
    return number if _bits(_crc4(gray), 4) == body[NUMBER_BITS:] else None


def paint(y: Plane, number: int) -> None:
    """Write a frame's number into its luma, in place; chroma under the row should be neutral."""
    row = y[ROW.of(y)]
    edges = _edges(row.shape[1])
    for cell, start, end in zip(encode(number), edges[:-1], edges[1:], strict=True):
        row[:, start:end] = WHITE if cell else BLACK


def read(y: Plane) -> Marker | None:
    """Return the marker in a luma plane (narrow range, any size from about 320x180), or None."""
    row = y[ROW.of(y)]
    quarter = row.shape[0] // 4
    edges = _edges(row.shape[1])
    if quarter < 1 or edges[1] < 4:
        return None
    columns = row[quarter:-quarter].mean(axis=0, dtype=np.float32)
    levels = [
        columns[start + (end - start) // 4 : end - (end - start) // 4].mean()
        for start, end in itertools.pairwise(edges)
    ]
    middle = (BLACK + WHITE) / 2
    if any(abs(level - middle) < CLEAR_CODES for level in levels):
        return None
    number = decode(tuple(bool(level > middle) for level in levels))
    if number is None:
        return None
    return Marker(number, bool(y[PATCH.of(y)][::4, ::4].mean() > FLASH_MIN_LUMA))


def _edges(width: int) -> list[int]:
    return [round(cell * width / CELLS) for cell in range(CELLS + 1)]


def _bits(value: int, count: int) -> tuple[bool, ...]:
    return tuple(bool(value >> shift & 1) for shift in reversed(range(count)))


def _crc4(bits: int) -> int:
    remainder = bits << 4
    for shift in reversed(range(NUMBER_BITS)):
        if remainder >> (shift + 4) & 1:
            remainder ^= 0b10011 << shift
    return remainder
