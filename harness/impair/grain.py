"""Fresh grain on every frame, for little: a window that jumps about in one larger tile of noise."""

import numpy as np
from numpy.typing import NDArray

from harness.media import Plane

MARGIN_PX = 64


class Grain:
    """Uniform noise of whole code values.

    Parameters
    ----------
    amplitude : int
        Largest change of a pixel, in 8-bit code values; 0 leaves planes as they are.
    random : numpy Generator
        Decides the noise, so that a seed repeats it.

    """

    def __init__(self, amplitude: int, random: np.random.Generator) -> None:
        self.amplitude = amplitude
        self.random = random
        self._tile: NDArray[np.int8] | None = None

    def over(self, plane: Plane) -> Plane:
        """Return a new plane with grain, kept within 1..254 as HDMI asks."""
        if not self.amplitude:
            return plane
        height, width = plane.shape
        tile = self._tile
        if tile is None or tile.shape != (height + MARGIN_PX, width + MARGIN_PX):
            size = (height + MARGIN_PX, width + MARGIN_PX)
            span = (-self.amplitude, self.amplitude + 1)
            self._tile = tile = self.random.integers(*span, size=size, dtype=np.int8)
        row, column = self.random.integers(0, MARGIN_PX, size=2)
        noise = tile[row : row + height, column : column + width]
        grained: Plane = np.clip(plane.astype(np.int16) + noise, 1, 254).astype(np.uint8)
        return grained
