"""Block corruption: blocks of the coded picture are misplaced, repeated, of one colour, or lost."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Final

import numpy as np

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.impair.broken_stream import BrokenStream
from harness.media import Plane

Colour = tuple[int, int, int]

COLOURS: Final[tuple[Colour, ...]] = ((128, 128, 128), (16, 2, 2), (150, 44, 21), (60, 200, 200))
"""Grey, the dark green of a buffer of zeros, a bright green, a magenta; Y, U, V."""

SIZES: Final = ((64, 64, 64), (16, 32, 128), (8, 32, 96))
"""Height of a patch, and its shortest and longest width, in px: a coding tree unit, runs of macroblocks,
runs of transform blocks."""

SLICE_PX: Final = 16
TRIES: Final = 12
"""So many places are looked at for one patch; it comes to where it differs most."""


@dataclass(frozen=True, slots=True)
class _Patch:
    """A rectangle of the luma, and what it shows: a colour, or the picture at `source` (top, left).

    `tile` repeats the first so many px of the source across the width.
    """

    top: int
    left: int
    height: int
    width: int
    source: tuple[int, int] = (0, 0)
    colour: Colour | None = None
    tile: int = 0


class BlockCorruption(Impairment):
    """Damages a share of the picture: easy 8-25 % of its area, medium 1.5-6 %, hard 0.3-1.4 %.

    Kinds: blocks show another part of the picture (`misplaced`), one block over and over (`repeated`), or
    a colour (`one_colour`); rows of macroblocks are lost from somewhere to the right end (`slice`). The
    damage changes every 1 to 4 frames. `bitstream` and `bitstream_raw` damage bytes of a real H.264
    stream, decoded with and without concealment; there the truth is what differs visibly.
    """

    defect = "block_corruption"
    medium = "picture"
    kinds = ("misplaced", "repeated", "one_colour", "slice", "bitstream", "bitstream_raw")
    share: ClassVar[dict[str, tuple[float, float]]] = {
        "easy": (0.08, 0.25),
        "medium": (0.015, 0.06),
        "hard": (0.003, 0.014),
    }

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._patches: list[_Patch] = []
        self._frames_left = 0
        self._stream: BrokenStream | None = None
        self._damaged_s: list[float] = []

    def intervals_s(self) -> list[tuple[float, float]]:
        """Return the planted interval; for a broken stream, once it was shown, where damage was visible."""
        if self._stream is None:
            return super().intervals_s()
        frame_s = float(1 / (self.fps or Fraction(25)))
        found: list[tuple[float, float]] = []
        for t_s in self._damaged_s:
            if found and t_s - found[-1][1] < frame_s / 2:
                found[-1] = (found[-1][0], t_s + frame_s)
            else:
                found.append((t_s, t_s + frame_s))
        return found

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the picture with its blocks damaged."""
        if not self.active(t_s):
            return picture
        if self.kind.startswith("bitstream"):
            return self._decoded(picture, t_s)
        if not self._frames_left:
            self._patches = list(self._draw(picture[0]))
            self._frames_left = int(self.random.integers(1, 5))
        self._frames_left -= 1
        y, u, v = (np.array(plane) for plane in picture)
        for patch in self._patches:
            _paint((y, u, v), picture, patch)
        return y, u, v

    def _decoded(self, picture: Picture, t_s: float) -> Picture:
        if self._stream is None:
            conceals = self.kind == "bitstream"
            shape = picture[0].shape
            self._stream = BrokenStream(shape, self.share[self.spec.level], self.random, conceals=conceals)
        damaged = self._stream.show(picture)
        if damaged is None:
            return picture
        self._damaged_s.append(t_s)
        return damaged

    def _draw(self, y: Plane) -> Iterator[_Patch]:
        least, most = self.share[self.spec.level]
        left_px = self.random.uniform(least, most) * y.size
        draw = self._lost_row if self.kind == "slice" else self._block
        while left_px > 0:
            best = max((draw(y.shape, left_px) for _ in range(TRIES)), key=_difference_in(y))
            yield best
            left_px -= best.height * best.width

    def _block(self, shape: tuple[int, ...], left_px: float) -> _Patch:
        rows, columns = shape
        fits = [size for size in SIZES if size[0] <= rows / 4 and size[1] <= columns / 4] or [(8, 8, 8)]
        height, narrow, wide = fits[self.random.integers(len(fits))]
        room = max(1.0, min(wide, columns / 4, left_px / height))
        width = max(narrow, int(self.random.uniform(narrow, max(narrow, room))) // height * height)
        top, left = self._place(rows, height), self._place(columns, width, height)
        source = (self._place(rows, height, 2), self._place(columns, width, 2))
        colour = COLOURS[self.random.integers(len(COLOURS))] if self.kind == "one_colour" else None
        tile = min(height, 16) if self.kind == "repeated" else 0
        return _Patch(top, left, height, width, source, colour, tile)

    def _lost_row(self, shape: tuple[int, ...], left_px: float) -> _Patch:
        rows, columns = shape
        left = max(0, int(columns - left_px / SLICE_PX)) // SLICE_PX * SLICE_PX
        top, width = self._place(rows, SLICE_PX), columns - left
        if self.random.integers(3) == 0:
            return _Patch(top, left, SLICE_PX, width, colour=COLOURS[self.random.integers(2)])
        # What decoders put there: a row from elsewhere, or the one above again.
        source = (self._place(rows, SLICE_PX, 2), int(self.random.integers(left + 1)) // 2 * 2)
        return _Patch(top, left, SLICE_PX, width, source)

    def _place(self, side: int, length: int, step: int = 0) -> int:
        """Return where something of `length` may begin within `side`, a multiple of `step` (its length)."""
        step = step or length
        return int(self.random.integers(max(0, side - length) // step + 1)) * step


def _shown(plane: Plane, patch: _Patch, number: int, by: int) -> Plane | int:
    """Return what a patch shows in plane `number`, which has 1/`by` of the luma's px."""
    if patch.colour is not None:
        return patch.colour[number]
    top, left = (side // by for side in patch.source)
    height, width = patch.height // by, patch.width // by
    if patch.tile:
        one = plane[top : top + height, left : left + patch.tile // by]
        return np.tile(one, (1, -(-width // max(1, one.shape[1]))))[:, :width]
    return plane[top : top + height, left : left + width]


def _paint(planes: tuple[Plane, Plane, Plane], picture: Picture, patch: _Patch) -> None:
    for number, (plane, clean) in enumerate(zip(planes, picture, strict=True)):
        by = 2 if number else 1
        top, left = patch.top // by, patch.left // by
        room = plane[top : top + patch.height // by, left : left + patch.width // by]
        shown = _shown(clean, patch, number, by)
        room[...] = shown if isinstance(shown, int) else shown[: room.shape[0], : room.shape[1]]


def _difference_in(y: Plane) -> Callable[[_Patch], float]:
    def difference(patch: _Patch) -> float:
        room = y[patch.top : patch.top + patch.height, patch.left : patch.left + patch.width]
        shown = _shown(y, patch, 0, 1)
        if not isinstance(shown, int):
            shown = shown[: room.shape[0], : room.shape[1]]
        return float(np.abs(room[::2, ::2].astype(np.int16) - _thinned(shown)).mean())

    return difference


def _thinned(shown: Plane | int) -> Plane | int:
    return shown if isinstance(shown, int) else shown[::2, ::2]
