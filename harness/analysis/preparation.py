"""What detectors will ask of one frame alone, computed before its turn, on another core."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from harness.analysis.block_grid import grid_contrast
from harness.analysis.chroma import colour_blocks
from harness.analysis.detail import coarse_bend, detail
from harness.analysis.grid_edges import sides
from harness.analysis.pace import Pace
from harness.analysis.picture import Picture
from harness.analysis.rows import rows, steps
from harness.analysis.tones import missing_tones
from harness.media import Captured, Frame

ALONE: Final[tuple[Callable[[Picture], Any], ...]] = (
    detail,
    coarse_bend,
    grid_contrast,
    missing_tones,
    colour_blocks,
    rows,
    steps,
    sides,
)
"""These are mostly OpenCV's work, which leaves Python to others."""


class Preparation:
    """Prepares what was asked of the frames so far, and nothing that nobody looks at."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._wanted: dict[bool, tuple[Callable[[Picture], Any], ...]] = {}

    def pictures(self, items: Iterable[Captured]) -> Iterator[Captured | Picture]:
        """Yield the items, with a prepared picture in the place of each frame; for a thread of its own."""
        for item in items:
            yield self._prepared(item) if isinstance(item, Frame) else item

    def learn(self, picture: Picture) -> None:
        """Note what detectors asked of a picture, once they are done with it."""
        due = self._pace.due(picture.frame)
        self._wanted[due] = tuple(make for make in ALONE if picture.has(make))

    def _prepared(self, frame: Frame) -> Picture:
        picture = Picture(frame)
        wanted = self._wanted.get(self._pace.due(frame))
        if wanted is not None:
            _ = picture.small
            for make in wanted:
                picture.of(make)
        return picture
