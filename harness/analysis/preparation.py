"""What detectors will ask of one frame alone, computed before its turn, on another core."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from harness.analysis.block_grid import grid_contrast
from harness.analysis.chroma import colour_blocks
from harness.analysis.detail import coarse_detail, detail
from harness.analysis.frame_view import FrameView
from harness.analysis.tones import missing_tones
from harness.media import Captured, Frame

ALONE: Final[tuple[Callable[[FrameView], Any], ...]] = (
    detail,
    coarse_detail,
    grid_contrast,
    missing_tones,
    colour_blocks,
)
"""These look at one frame and never at the one before; mostly in OpenCV, which leaves Python to others."""


class Preparation:
    """Prepares what was asked of the frames so far, and nothing that nobody looks at."""

    def __init__(self) -> None:
        self._wanted: tuple[Callable[[FrameView], Any], ...] = ()

    def views(self, items: Iterable[Captured]) -> Iterator[Captured | FrameView]:
        """Yield the items, with a prepared view in the place of each frame; for a thread of its own."""
        for item in items:
            yield self._prepared(item) if isinstance(item, Frame) else item

    def learn(self, view: FrameView) -> None:
        """Note what detectors asked of a view, once they are done with it."""
        self._wanted = tuple(make for make in ALONE if view.has(make))

    def _prepared(self, frame: Frame) -> FrameView:
        view = FrameView(frame)
        for make in self._wanted:
            view.of(make)
        return view
