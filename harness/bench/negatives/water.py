"""Water: waves that run through each other under a low sun, with glints that come and go."""

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.bench.negatives.negative import Scene
from harness.bench.negatives.painting import grey, planes, ramp, whole
from harness.impair.base import Picture
from harness.media import Plane

WAVES = 26
GRAVITY = 9.8
HORIZON = 0.3


def water(width: int, height: int) -> Scene:
    """A lake to the horizon."""
    sea = _Sea(width, height)
    sky = whole(ramp(sea.top, width, (110, 130, 180), (250, 214, 160)))
    cv2.circle(sky, (round(width * 0.6), sea.top), round(height * 0.07), (255, 244, 214), -1, cv2.LINE_AA)
    above = planes(np.vstack([sky, np.zeros((height - sea.top, width, 3), np.uint8)]))

    def scene(at_s: float) -> Picture:
        y, u, v = (plane.copy() for plane in above)
        slope = sea.slope(at_s)
        y[sea.top :] = cv2.LUT(slope, sea.shades)
        small = cv2.resize(slope, (width // 2, (height - sea.top) // 2), interpolation=cv2.INTER_AREA)
        u[sea.top // 2 :] = cv2.LUT(small, sea.blues)
        v[sea.top // 2 :] = cv2.LUT(small, sea.reds)
        return y, u, v

    return scene


def ripples(width: int, height: int) -> Scene:
    """The floor of a pool through moving water, without colour: nothing but light that swims."""
    sea = _Sea(width, height, horizon=0.0)

    def scene(at_s: float) -> Picture:
        return grey(cv2.LUT(sea.slope(at_s), sea.shades))

    return scene


class _Sea:
    """The slope of the water towards the sun, 0..255, in the perspective of somebody on the shore.

    A wave's sine of a sum is a sum of products, so that all waves together are one product of matrices.
    """

    def __init__(self, width: int, height: int, horizon: float = HORIZON) -> None:
        random = np.random.default_rng(41)
        self.top = int(height * horizon) // 2 * 2
        rows = height - self.top
        length_m = np.geomspace(0.35, 4.0, WAVES)
        heading = random.normal(np.pi / 2, 0.7, WAVES)
        number = 2 * np.pi / length_m
        self._pace = np.sqrt(GRAVITY * number)
        self._phase = random.uniform(0, 2 * np.pi, WAVES)
        self._steep = (0.6 + 0.4 * random.uniform(size=WAVES)) * length_m**0.15
        across, down = np.linspace(0, 16, 512), np.linspace(0, 16, 512)
        right, away = np.outer(number * np.cos(heading), across), np.outer(down, number * np.sin(heading))
        self._right = np.vstack([np.sin(right), np.cos(right)]).astype(np.float32)
        self._away = away
        depth = np.linspace(0.06 if horizon else 0.6, 1.0, rows)[:, None]
        x = (np.linspace(-0.5, 0.5, width)[None, :] / depth * 9 + 8) / 16 * 511
        y = (2.4 / depth - 2.4) * np.ones((1, width)) / 16 * 511 * 2
        self._maps = cv2.convertMaps(_bounced(x), _bounced(y), cv2.CV_16SC2)
        level = np.arange(256)
        glint = 1 / (1 + np.exp(-(level - 226) / 5))
        self.shades = _codes(34 + level * 0.36 + 150 * glint)
        self.blues = _codes(142 - 10 * glint - level * 0.02)
        self.reds = _codes(118 + 12 * glint + level * 0.01)

    def slope(self, at_s: float) -> Plane:
        turned = self._away - self._pace * at_s + self._phase
        left = np.hstack([np.cos(turned) * self._steep, np.sin(turned) * self._steep]).astype(np.float32)
        field = (left @ self._right) * np.float32(14.0) + np.float32(118)
        tile = np.clip(field, 0, 255).astype(np.uint8)
        return np.asarray(cv2.remap(tile, *self._maps, cv2.INTER_LINEAR))


def _bounced(position: NDArray[np.float64]) -> NDArray[np.float32]:
    """Fold positions back into the 512 that there are, like a mirror."""
    folded = np.abs((position + 511) % 1022 - 511)
    return folded.astype(np.float32)


def _codes(values: NDArray[np.float64]) -> Plane:
    return np.clip(np.rint(values), 16, 235).astype(np.uint8)
