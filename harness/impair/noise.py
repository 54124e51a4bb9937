"""Noise: the picture is covered with random grain or specks, as over a bad cable or a failing converter."""

from fractions import Fraction
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.media import Plane

MARGIN_PX = 64
"""Fresh noise on every frame for little: a window that jumps about in a larger tile."""

CHROMA_SHARE = 0.5
"""Noise of U and V by comparison with that of Y."""

DARK, BRIGHT = 16, 235


class Noise(Impairment):
    """Adds noise to every frame.

    `gaussian` has a standard deviation of 16, 8 or 4 code values (4 is just visible on a plain wall);
    `salt` puts black and white specks on 1 %, 0.3 % or 0.1 % of the px.
    """

    defect = "noise"
    medium = "picture"
    kinds = ("gaussian", "salt")
    sigma_codes: ClassVar[dict[str, float]] = {"easy": 16.0, "medium": 8.0, "hard": 4.0}
    specks: ClassVar[dict[str, float]] = {"easy": 0.01, "medium": 0.003, "hard": 0.001}

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._tile: NDArray[np.int16] | None = None

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the noisy picture inside the interval."""
        if not self.active(t_s):
            return picture
        if self.kind == "salt":
            return self._specked(picture[0]), picture[1], picture[2]
        sigma_codes = self.sigma_codes[self.spec.level]
        y, u, v = picture
        return (
            self._grained(y, sigma_codes),
            self._grained(u, sigma_codes * CHROMA_SHARE),
            self._grained(v, sigma_codes * CHROMA_SHARE),
        )

    def _grained(self, plane: Plane, sigma_codes: float) -> Plane:
        height, width = plane.shape
        if self._tile is None or self._tile.shape < (height + MARGIN_PX, width + MARGIN_PX):
            size = (height + MARGIN_PX, width + MARGIN_PX)
            # In 1/16 of the standard deviation, so that one tile serves planes of two strengths.
            self._tile = np.rint(self.random.standard_normal(size, np.float32) * 16).astype(np.int16)
        row, column = self.random.integers(0, MARGIN_PX, size=2)
        noise = self._tile[row : row + height, column : column + width]
        grained = cv2.addWeighted(plane, 1.0, noise, sigma_codes / 16, 0.0, dtype=cv2.CV_8U)
        return np.asarray(cv2.min(cv2.max(grained, 1), 254), np.uint8)

    def _specked(self, plane: Plane) -> Plane:
        specked = np.array(plane)
        count = max(1, round(plane.size * self.specks[self.spec.level]))
        places = self.random.integers(0, plane.size, count)
        specked.reshape(-1)[places[::2]] = BRIGHT
        specked.reshape(-1)[places[1::2]] = DARK
        return specked
