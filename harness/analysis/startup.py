"""Start-up: when the first frame of content came after play was asked (CTA-5003: start-up delay).

No defect and no detector, but a measurement that is made of every picture: it says where judging begins. A
small signature of each frame is kept; at the end they are read from the moment of the ask on. After it, the
device is *waiting* while

- the picture is flat black all around its middle, where a spinner may turn, or
- the picture is still the one at the ask, dimmed or with small changes (a focus ring, a button).

The first frame that is neither is the first of the content, unless waiting comes back at once, as in the
transitions of a menu. A title card counts as content; so does a dimmed picture with a spinner over it that
was not there at the ask.

Where the picture at the ask moves (another title plays, a channel is left), it cannot be recognised by its
looks. Then the old title goes on until it is answered: by black after which it does not come back, else by a
cut to a picture that stays. Without an answer within `ANSWER_S` the title is taken to have been there all
along, and no first frame can be told.
"""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.frame_view import FrameView, likeness
from harness.analysis.trigger import runs
from harness.clock import NS_PER_S, seconds_to_ns
from harness.timeline import Mark, Timeline

CELLS: Final = (16, 9)
"""Columns and rows of a signature."""

BLACK_MOST: Final = 48.0
"""Black may be lifted to this luma: sRGB #202020 is 44."""

BLACK_RANGE: Final = 6.0
"""Black is flat: its blocks lie within so many code values."""

MIDDLE: Final = 3
"""The middle is this part of width and height: a spinner or a word fits into it."""

LIT: Final = 12.0
"""Something in the middle is this much brighter than the black around it, code values."""

SAME_CODES: Final = 6
"""A cell that differs by no more, code values, shows the same."""

SMALL_SHARE: Final = 0.33
"""Changes of up to this share of the cells leave the picture the one it was: two tiles of a menu."""

DIMMED_LIKENESS: Final = 0.9
"""The same picture dimmed, or with a spinner over it, is alike to this degree."""

RETURN_S: Final = 0.3
"""Waiting that comes back within this time was only interrupted."""

ANSWER_S: Final = 3.0
"""A device answers within this time after the ask, if the picture at the ask was moving."""

MOVING_S: Final = 0.2
"""The picture at the ask moves if it did for this long before."""

MOVING_CODES: Final = 2
MOVING_SHARE: Final = 0.1
"""A moving picture changes so much, code values, in this share of its cells within a tenth of a second."""

CUT_LIKENESS: Final = 0.6
"""Pictures less alike than this, -1..1, are of two scenes."""

FLASH_S: Final = 0.1
"""A flash lasts so long at most; after it the old scene is still where it was."""

SAME_TONES: Final = 0.95
"""Histograms of two pictures that overlap by this share are of one scene, though the camera moved."""

TONES: Final = 16


@dataclass(slots=True)
class StartUp:
    """Takes every frame; tells at the end when the content began."""

    _t_ns: list[int] = field(default_factory=list)
    _cells: bytearray = field(default_factory=bytearray)
    _tones: bytearray = field(default_factory=bytearray)
    _dark: bytearray = field(default_factory=bytearray)

    def see(self, view: FrameView) -> None:
        """Take the next frame."""
        self._t_ns.append(view.t_ns)
        small = cv2.resize(view.blocks, CELLS, interpolation=cv2.INTER_AREA)
        self._cells += np.rint(small).astype(np.uint8).tobytes()
        tones = view.histogram.reshape(TONES, -1).sum(axis=1)
        self._tones += np.rint(255 * tones).astype(np.uint8).tobytes()
        self._dark.append(darkness(view.blocks))

    def mark(self, timeline: Timeline) -> None:
        """Add the mark `first_frame` to a timeline that asks to play and does not have it yet."""
        asked = timeline.first("play_asked")
        if asked is None or timeline.first("first_frame") or not self._t_ns:
            return
        row = self._first_row(asked.t_ns)
        if row is not None:
            timeline.marks.append(Mark("first_frame", self._t_ns[row], asked.detail))
            timeline.marks.sort(key=lambda mark: mark.t_ns)

    def _first_row(self, asked_ns: int) -> int | None:
        t_ns = np.array(self._t_ns, dtype=np.int64)
        shown = max(0, int(np.searchsorted(t_ns, asked_ns, side="right")) - 1)
        seen = _Seen(
            t_ns,
            np.frombuffer(self._cells, np.uint8).reshape(len(t_ns), -1).astype(np.int16),
            np.frombuffer(self._tones, np.uint8).reshape(len(t_ns), -1),
            np.frombuffer(self._dark, np.uint8),
        )
        return seen.after_moving(shown, asked_ns) if seen.moves(shown) else seen.after_still(shown)


PLAIN, SPINNER = 1, 2
"""What a frame that is black around its middle is marked with; 0 for any other."""


def darkness(blocks: NDArray[np.float32]) -> int:
    """Return `PLAIN` for a picture that is black all around its middle, `SPINNER` if that is lit, else 0."""
    rows, columns = blocks.shape
    middle = np.zeros(blocks.shape, dtype=bool)
    middle[rows // MIDDLE : -(rows // MIDDLE) or None, columns // MIDDLE : -(columns // MIDDLE) or None] = (
        True
    )
    around = blocks[~middle]
    if not around.size or around.max() > BLACK_MOST or np.ptp(around) > BLACK_RANGE:
        return 0
    return SPINNER if blocks[middle].max() > around.max() + LIT else PLAIN


@dataclass(frozen=True, slots=True)
class _Seen:
    """All frames: their times, cells and tones, and whether they are black."""

    t_ns: NDArray[np.int64]
    cells: NDArray[np.int16]
    tones: NDArray[np.uint8]
    dark: NDArray[np.uint8]

    def moves(self, shown: int) -> bool:
        """Return whether the picture at a row is moving (told from what follows where nothing is before)."""
        span = self._rows(MOVING_S)
        lag = max(1, span // 2)
        rows = np.arange(max(lag, shown - span), shown + 1)
        if rows.size <= span // 2:
            rows = np.arange(shown + lag, min(shown + lag + span, len(self.t_ns)))
        change = np.abs(self.cells[rows] - self.cells[rows - lag]) >= MOVING_CODES
        moving = change.mean(axis=1) > MOVING_SHARE
        return bool(rows.size and moving.mean() > 0.5)

    def after_still(self, shown: int) -> int | None:
        """Return the first row that shows neither black nor, but for small changes, what a row shows."""
        differs = np.abs(self.cells[shown:] - self.cells[shown]) > SAME_CODES
        same = differs.mean(axis=1) <= SMALL_SHARE
        for row in np.flatnonzero(~same & (self.dark[shown:] == 0)).tolist():
            same[row] = self._alike(shown + row, shown) >= DIMMED_LIKENESS
        return self._first(shown, same | (self.dark[shown:] > 0))

    def after_moving(self, shown: int, asked_ns: int) -> int | None:
        """Return the first row after what was playing at a row was answered, by black or by a cut."""
        last_ns = asked_ns + seconds_to_ns(ANSWER_S)
        for start, stop in runs(self.dark[shown:] > 0):
            begin, end = shown + start, shown + stop
            if self.t_ns[begin] > last_ns:
                break
            if end == len(self.t_ns) or not self._comes_back(begin, end):
                return self._first(end, self.dark[end:] > 0)
        cuts = range(shown + 1, int(np.searchsorted(self.t_ns, last_ns, side="right")))
        cut = next((row for row in cuts if self._stays_cut(row)), None)
        return None if cut is None else self._first(cut, self.dark[cut:] > 0)

    def _first(self, begin: int, waiting: NDArray[np.bool_]) -> int | None:
        """Return the first row from `begin` on after which waiting does not come back at once."""
        rows = begin + np.flatnonzero(waiting)
        for row in (begin + np.flatnonzero(~waiting)).tolist():
            following = int(np.searchsorted(rows, row))
            back = (
                following < rows.size and self.t_ns[rows[following]] - self.t_ns[row] <= RETURN_S * NS_PER_S
            )
            if not back:
                return int(row)
        return None

    def _comes_back(self, begin: int, end: int) -> bool:
        """Return whether the picture before plain black is there again after it: then black was a fault."""
        if begin == 0 or (self.dark[begin:end] == SPINNER).any():
            return False
        tones = np.minimum(self.tones[end], self.tones[begin - 1]).sum() / 255
        return bool(self._alike(end, begin - 1) >= CUT_LIKENESS or tones >= SAME_TONES)

    def _stays_cut(self, row: int) -> bool:
        """Return whether a row begins a new scene: after a flash the old one comes back."""
        if self.dark[row - 1 : row + 1].any() or self._alike(row, row - 1) >= CUT_LIKENESS:
            return False
        before = range(max(0, row - 1 - self._rows(FLASH_S)), row)
        after = range(row, min(row + self._rows(RETURN_S), len(self.t_ns)))
        back = any(self._alike(row, old) >= CUT_LIKENESS for old in before)
        return not back and all(self._alike(new, row - 1) < CUT_LIKENESS for new in after)

    def _alike(self, one: int, other: int) -> float:
        return likeness(self.cells[one].astype(np.float32), self.cells[other].astype(np.float32))

    def _rows(self, seconds: float) -> int:
        steps = np.diff(self.t_ns)
        return max(1, round(seconds * NS_PER_S / float(np.median(steps)))) if steps.size else 1
