"""Whether a picture that went away for a moment dropped out of its scene, or was edited away."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import Series
from harness.analysis.frame_view import FrameView, likeness
from harness.analysis.picture import Picture
from harness.clock import NS_PER_S

EDGE_S: Final = 0.4
"""A fade takes at least this long, seen from the end where the picture is gone."""

ABRUPT_SHARE: Final = 0.5
"""At an abrupt edge the picture keeps this share of its brightness and contrast to the last frame."""

SAME_SHOT: Final = 0.5
"""Before and after a fault the scene is the same: the pictures are alike to this degree (-1..1)."""

SAME_TONES: Final = 0.85
"""Two pictures whose histograms overlap by this share show the same scene, though the camera moved."""


class Across:
    """Compares the first picture after an outage with the last one before it."""

    def __init__(self) -> None:
        self._shown: Picture | None = None
        self._was_gone = False

    def measure(self, view: FrameView, gone: bool) -> float:
        """Return how much the first picture after an outage is like the last before it, else NaN."""
        across = float("nan")
        if not gone:
            if self._was_gone and self._shown is not None:
                across = _alike(view.picture, self._shown)
            self._shown = view.picture
        self._was_gone = gone
        return across


def same_scene(series: Series, start: int, stop: int) -> bool:
    """Return whether the scene before rows `[start, stop)` is there again after them."""
    inside = start > 0 and stop < len(series.t_ns)
    return inside and float(series.columns["likeness_across"][stop]) >= SAME_SHOT


def abrupt(series: Series, row: int, away: int, columns: dict[str, float]) -> bool:
    """Return whether the picture at `row`, next to an outage, is as rich as those further `away` (-1, 1).

    `columns` names what tells how rich a picture is, each with its value in a picture that is gone.
    """
    step_ns = max(1.0, float(np.median(np.diff(series.t_ns))))
    rows = row + away * np.arange(max(2, round(EDGE_S * NS_PER_S / step_ns)))
    rows = rows[(rows >= 0) & (rows < len(series.t_ns))]
    rich = [series.columns[name][rows] - gone for name, gone in columns.items()]
    return bool(rows.size) and all(values[0] >= ABRUPT_SHARE * np.median(values) for values in rich)


def _alike(one: Picture, other: Picture) -> float:
    """Return how alike two pictures are in their blocks, or, where the camera moved on, in their tones."""
    tones = float(np.minimum(_coarse(one.histogram), _coarse(other.histogram)).sum())
    return max(
        likeness(one.blocks, other.blocks),
        (tones - SAME_TONES) / (1 - SAME_TONES) * (1 - SAME_SHOT) + SAME_SHOT,
    )


def _coarse(histogram: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(histogram.reshape(16, 4).sum(axis=1))
