"""A stall: the player waits for data, a spinner turns over the held picture, and there is no sound."""

from dataclasses import replace
from fractions import Fraction
from typing import ClassVar, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.impair.silence import Silence
from harness.impair.spinner import LEAST_RADIUS_PX, STYLES, spinner

WHITE: Final = 228
TURNS_PER_S: Final = 0.9


class Stalling(Impairment):
    """Holds the last picture, dims it, and turns a spinner in its middle; then goes on as live TV does.

    Levels: easy dims to a third, under a spinner of a fifth of the height; medium dims to two thirds, under
    one of an eighth; hard leaves the picture as bright as it was, under one of a twelfth.
    """

    defect = "stalling"
    medium = "picture"
    kinds = tuple(STYLES)
    usual_s = 1.6
    light: ClassVar[dict[str, float]] = {"easy": 0.35, "medium": 0.65, "hard": 1.0}
    height_share: ClassVar[dict[str, float]] = {"easy": 0.2, "medium": 0.125, "hard": 0.085}

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._last: Picture | None = None
        self._held: Picture | None = None
        self._silence = Silence(replace(spec, level="easy"), fps, rate_hz)

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the held picture under its spinner inside the interval."""
        if not self.active(t_s):
            self._last, self._held = picture, None
            return picture
        if self._held is None:
            self._held = _dimmed(self._last or picture, self.light[self.spec.level])
        height_px = picture[0].shape[0]
        radius_px = height_px * self.height_share[self.spec.level] / 2
        side_px = min(height_px, 4 * round(max(LEAST_RADIUS_PX, radius_px))) // 4 * 4
        turns = (t_s - self.spec.start_s) * TURNS_PER_S + self.spec.seed % 7 / 7
        return _under(self._held, spinner(self.kind, side_px, radius_px, turns))

    def sound(self, samples: NDArray[np.int16], t_s: float) -> NDArray[np.int16]:
        """Return silence inside the interval."""
        return self._silence.sound(samples, t_s)


def _dimmed(picture: Picture, light: float) -> Picture:
    """Return a picture with so much of its light and colour left."""
    y, u, v = picture
    luma = cv2.convertScaleAbs(y, alpha=light, beta=16 * (1 - light))
    colour = [cv2.convertScaleAbs(plane, alpha=light, beta=128 * (1 - light)) for plane in (u, v)]
    return tuple(np.asarray(plane, np.uint8) for plane in (luma, *colour))  # type: ignore[return-value]


def _under(picture: Picture, mask: NDArray[np.uint8]) -> Picture:
    """Return a picture with a white mask laid over its middle."""
    share = mask.astype(np.float32) / 255
    halved = cv2.resize(share, (share.shape[1] // 2, share.shape[0] // 2), interpolation=cv2.INTER_AREA)
    planes = []
    for plane, cover, white in zip(picture, (share, halved, halved), (WHITE, 128, 128), strict=True):
        shown, side = plane.copy(), len(cover)
        top, left = (plane.shape[0] - side) // 2, (plane.shape[1] - side) // 2
        box = shown[top : top + side, left : left + side]
        box[:] = np.rint(box + (white - box.astype(np.float32)) * cover)
        planes.append(shown)
    y, u, v = planes
    return y, u, v
