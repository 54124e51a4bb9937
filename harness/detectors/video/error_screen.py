"""error_screen: instead of the title, one of the device's own screens is shown."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.explaining import MARRED, RESPONSE_NS
from harness.analysis.frame_view import FrameView
from harness.analysis.trigger import Interval, Trigger
from harness.findings import Metric
from harness.media import Plane

CELLS: Final = (16, 9)
"""Columns and rows of a picture's cells."""

CELL_PX: Final = 10
"""Side of a cell when its details are compared: words and icons are still told apart, fonts are not."""

NEAR_CODES: Final = 12.0
"""Cells whose mean luma differs by no more may be the same."""

NEAR_SHARE: Final = 0.45
"""A picture with fewer such cells is another one: its details need not be looked at."""

DETAIL_CODES: Final = 4.0
"""A cell with less contrast than this (standard deviation, code values) has no detail."""

LEAST_DETAILS: Final = 8
"""A screen with fewer cells of detail could be taken for a logo on black."""

SAME_DETAIL: Final = 0.7
"""A detail is there if it correlates to this degree, -1..1."""

LEAVING: Final = frozenset({"HOME", "BACK", "MENU", "GUIDE", "STOP", "POWER", "SLEEP", "WAKEUP"})
"""Whoever presses one of these asks for another screen."""


class ErrorScreen(VideoDetector):
    """The viewer is thrown out of the title: an error dialog, or the home screen after a crash.

    Each frame is compared with the known screens that the device's profile names. What counts is which of a
    screen's details (words, icons, edges) are where they belong, whatever their brightness: so another tile
    in focus, or another message in a dialog, hides some of them only. Half of them are seen in no other
    screen and in no film. A screen that comes within 1.5 s of a key that leaves the title was asked for.
    """

    defect = "error_screen"
    metric = Metric("details of the known screen that are seen", "%")
    columns = ("likeness", "screen")
    """How many of the details of the likest screen are seen, in %, and its place in the list, else -1."""
    trigger = Trigger(enter=50.0, leave=40.0, min_s=0.2, merge_s=0.1)
    explains = MARRED | {"freeze_frame", "stutter", "silence", "audio_dropout", "loudness", "clicks"}

    def __init__(self) -> None:
        self._screens: list[_Screen] = []

    def unmeasurable(self, context: Context) -> str | None:
        """Return the reason when there is no picture, or nothing to compare it with."""
        if not context.screens:
            return super().unmeasurable(context) or "no known screens of the device"
        plain = [name for name, luma in context.screens.items() if not _Screen.of(luma).telling]
        if len(plain) == len(context.screens):
            return f"nothing to recognise the known screens by: {', '.join(sorted(plain))}"
        return super().unmeasurable(context)

    def prepare(self, context: Context) -> None:
        """Take the known screens, in order of their names."""
        screens = (_Screen.of(context.screens[name]) for name in sorted(context.screens))
        self._screens = [screen for screen in screens if screen.telling]

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the likeness to the likest screen, and which it is."""
        means = cv2.resize(view.blocks, CELLS, interpolation=cv2.INTER_AREA).ravel()
        near = [number for number, screen in enumerate(self._screens) if screen.may_be(means)]
        if not near:
            return 0.0, -1.0
        details = _details(view.small)
        return max((self._screens[number].likeness(details), float(number)) for number in near)

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where a known screen is shown that nobody asked for."""
        found = self.trigger.intervals(series.t_ns, series.columns["likeness"], series.end_ns)
        keys = [press for press in context.timeline.presses if press.key in LEAVING]
        return [
            Interval(
                span.start_ns,
                span.end_ns,
                peak=span.peak,
                confidence=span.peak / 100,
                limit=span.limit,
                region=context.whole_picture,
            )
            for span in found
            if not any(key.start_ns <= span.start_ns <= key.end_ns + RESPONSE_NS for key in keys)
        ]


@dataclass(frozen=True, slots=True)
class _Screen:
    """A known screen: the mean of each cell, and the shape of those that hold details.

    `details` has one row a cell that is `detailed`, brought to mean 0 and length 1.
    """

    means: NDArray[np.float32]
    detailed: NDArray[np.bool_]
    details: NDArray[np.float32]

    @classmethod
    def of(cls, luma: Plane) -> "_Screen":
        """Return what there is to recognise a luma picture by."""
        means = cv2.resize(luma.astype(np.float32), CELLS, interpolation=cv2.INTER_AREA).ravel()
        cells, contrast = _details(luma)
        detailed = contrast > DETAIL_CODES
        return cls(np.asarray(means), detailed, cells[detailed])

    @property
    def telling(self) -> bool:
        """Return whether it has enough details to be recognised by."""
        return len(self.details) >= LEAST_DETAILS

    def may_be(self, means: NDArray[np.float32]) -> bool:
        """Return whether a picture with these means of cells may show it."""
        return float(np.mean(np.abs(means - self.means) <= NEAR_CODES)) >= NEAR_SHARE

    def likeness(self, picture: tuple[NDArray[np.float32], NDArray[np.float32]]) -> float:
        """Return how many of its details are in a picture, in %."""
        cells, contrast = picture
        alike = np.einsum("ij,ij->i", cells[self.detailed], self.details) >= SAME_DETAIL
        return 100 * float(np.mean(alike & (contrast[self.detailed] > DETAIL_CODES / 2)))


def _details(luma: Plane) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return each cell of a picture, at mean 0 and length 1, one a row, and its contrast in code values."""
    columns, rows = CELLS
    fine = cv2.resize(luma, (columns * CELL_PX, rows * CELL_PX), interpolation=cv2.INTER_AREA)
    tiles = fine.reshape(rows, CELL_PX, columns, CELL_PX).swapaxes(1, 2).reshape(rows * columns, -1)
    cells = tiles - tiles.mean(axis=1, keepdims=True, dtype=np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", cells, cells))
    return cells / np.maximum(length, 1e-6)[:, None], length / CELL_PX
