"""The grid of a block coder: how much steeper a picture is on the lines of a grid than beside them.

Each gradient is compared with those around it, as Muijs and Kirenko do (A no-reference blocking artifact
measure for adaptive video processing, EUSIPCO 2005), so that a picture's own edges count little; then the
lines of each possible grid are averaged. Both directions must show the grid: fences and shelves have one.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.detail import detail
from harness.analysis.picture import Picture

PERIODS_PX: Final = (8, 12, 16, 24)
"""Blocks of 8 and 16 px, and the same after 720 lines were scaled to 1080."""

COMMON_PX: Final = 48
"""A multiple of all these periods."""

REACH_PX: Final = 3
"""A gradient is compared with so many on either side."""

ECHOES: Final = (2, 3)
"""A picture that was only scaled up has lines at halves and thirds of the period that are as steep."""

STEADY_CODES: Final = 2.0
"""Added to both sides of the comparison: in a flat place a step of 1 code value is not seen."""

MOST: Final = 4.0
"""One line counts this many times its surroundings at most: a picture's own edges stay few."""


def grid_contrast(picture: Picture) -> float:
    """Return how much steeper the lines of the strongest grid are, as a ratio less 1; NaN if too small."""
    found = picture.of(detail)
    if found is None or found.rows.size < 2 * max(PERIODS_PX):
        return float("nan")
    across, down = _prominence(found.gradient).mean(axis=0), _prominence(found.gradient_down).ravel()
    columns, rows = _Folded(across, np.arange(len(across))), _Folded(down, found.rows.ravel())
    strongest = -float("inf")
    for period in PERIODS_PX:
        contrast = columns.contrast(period)
        if contrast > strongest:
            strongest = max(strongest, min(contrast, rows.contrast(period)))
    return strongest


class _Folded:
    """Prominence summed over all lines whose numbers agree in their rest of a common period of all grids."""

    def __init__(self, prominence: NDArray[np.float32], lines: NDArray[np.intp]) -> None:
        phase = lines % COMMON_PX
        self._sums = np.bincount(phase, prominence, COMMON_PX)
        self._counts = np.bincount(phase, minlength=COMMON_PX)

    def contrast(self, period: int) -> float:
        """Return how far the steepest phase of a period stands out from the usual one and its echoes."""
        counts = self._counts.reshape(-1, period).sum(axis=0)
        means = self._sums.reshape(-1, period).sum(axis=0) / np.maximum(counts, 1)
        best = int(np.argmax(means))
        ordered = np.sort(means)
        usual = (ordered[period // 2 - 1] + ordered[period // 2]) / 2
        echoes = [means[(best + period // parts) % period] for parts in ECHOES if period % parts == 0]
        return float(means[best] - max(usual, *echoes))


def _prominence(gradient: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the ratio of each gradient to those around it."""
    size = 2 * REACH_PX + 1
    wide = cv2.boxFilter(gradient, -1, (size, 1), normalize=False, borderType=cv2.BORDER_REPLICATE)
    around = (wide - gradient) * np.float32(1 / (size - 1)) + np.float32(STEADY_CODES)
    return np.asarray(
        np.minimum((gradient + np.float32(STEADY_CODES)) / around, np.float32(MOST)), np.float32
    )
