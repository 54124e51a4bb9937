"""Where the luminance of the screen rises and falls far enough to count as half a flash (ITU-R BT.1702)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.picture import Picture

PEAK_CD_M2: Final = 200.0
"""Luminance of white on the screen that the recommendation thinks of."""

GAMMA: Final = 2.4
"""From code values to luminance (ITU-R BT.1886)."""

CHANGE_CD_M2: Final = 20.0
"""Least change of luminance of half a flash."""

DARKER_BELOW_CD_M2: Final = 160.0
"""The darker of the two pictures of a flash is below this."""

_LUMINANCE: Final = np.asarray(
    PEAK_CD_M2 * np.clip((np.arange(256) - 16) / 219, 0, 1) ** GAMMA, dtype=np.float32
)

_Blocks = NDArray[np.float32]


def luminance(picture: Picture) -> _Blocks:
    """Return the luminance of each block on a screen, cd/m2."""
    return _LUMINANCE[np.clip(np.rint(picture.blocks), 0, 255).astype(np.uint8)]


class Swings:
    """Follows the luminance of each block from one extreme to the next, over many frames."""

    def __init__(self) -> None:
        self._extreme: _Blocks = np.zeros(0, dtype=np.float32)
        self._direction: NDArray[np.int8] = np.zeros(0, dtype=np.int8)

    def follow(self, now: _Blocks) -> tuple[float, float]:
        """Return the shares of the screen that rose, and that fell, far enough by this frame.

        Each block is counted once for each swing, in the frame in which it has changed enough.
        """
        if self._extreme.shape != now.shape:
            self._extreme, self._direction = now.copy(), np.zeros(now.shape, dtype=np.int8)
        direction, extreme = self._direction, self._extreme
        np.maximum(extreme, now, out=extreme, where=direction > 0)
        np.minimum(extreme, now, out=extreme, where=direction < 0)
        rose = (direction <= 0) & (now - extreme >= CHANGE_CD_M2) & (extreme < DARKER_BELOW_CD_M2)
        fell = (direction >= 0) & (extreme - now >= CHANGE_CD_M2) & (now < DARKER_BELOW_CD_M2)
        direction[rose], direction[fell] = 1, -1
        np.copyto(extreme, now, where=rose | fell)
        return float(np.count_nonzero(rose)) / now.size, float(np.count_nonzero(fell)) / now.size
