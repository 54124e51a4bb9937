"""What the drawn scenes share: planes, noise, textures, lettering. Images are RGB, 8 bits a channel."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.impair.base import Picture
from harness.media import Plane

Image = NDArray[np.uint8]
"""RGB, shape (height, width, 3)."""

Field = NDArray[np.float32]
"""One number a pixel, shape (height, width)."""

Colour = tuple[int, int, int]
BLACK: Final = 16
WHITE: Final = 235
SUBPIXEL_BITS: Final = 4


def planes(image: Image) -> Picture:
    """Return an image as narrow-range 4:2:0."""
    height, width = image.shape[:2]
    flat = cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420).reshape(-1)
    luma, chroma = height * width, height * width // 4
    y = flat[:luma].reshape(height, width)
    u = flat[luma : luma + chroma].reshape(height // 2, width // 2)
    v = flat[luma + chroma :].reshape(height // 2, width // 2)
    return y, u, v


def grey(y: Plane) -> Picture:
    """Return a luma plane as a picture without colour."""
    neutral = np.full((y.shape[0] // 2, y.shape[1] // 2), 128, np.uint8)
    return y, neutral, neutral


def seeded(at_s: float, salt: int = 0) -> np.random.Generator:
    """Return random numbers that belong to one moment."""
    return np.random.default_rng((salt, round(at_s * 1000)))


class Grain:
    """Noise that is new in every picture and costs little: windows of one field of noise.

    Parameters
    ----------
    width, height : size of the pictures in px
    deviation : standard deviation, code values
    softness_px : radius over which grains run together, 0 for the noise of a sensor

    """

    def __init__(self, width: int, height: int, deviation: float, softness_px: float = 0.0) -> None:
        noise = np.random.default_rng(77).standard_normal((height + 128, width + 192)).astype(np.float32)
        if softness_px:
            noise = cv2.GaussianBlur(noise, (0, 0), softness_px)
        self._noise = np.rint(noise * (deviation / noise.std())).astype(np.int16)

    def onto(self, y: Plane, at_s: float) -> Plane:
        """Return a luma plane with noise."""
        height, width = y.shape
        down, across = seeded(at_s, 5).integers((129, 193))
        noise = self._noise[down : down + height, across : across + width]
        return np.asarray(np.clip(cv2.add(y, noise, dtype=cv2.CV_8U), BLACK, WHITE))


def clouds(width: int, height: int, coarse_px: float, octaves: int, seed: int) -> Field:
    """Return a natural texture from 0 to 1: noise at ever finer scales, each half as strong."""
    random = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        cell = max(1.0, coarse_px / 2**octave)
        grid = random.random((int(height / cell) + 3, int(width / cell) + 3)).astype(np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) / np.float32(2**octave)
    low, high = np.percentile(total, (0.5, 99.5))
    return np.asarray(np.clip((total - low) / (high - low), 0, 1), np.float32)


def ramp(height: int, width: int, top: Colour, bottom: Colour) -> NDArray[np.float32]:
    """Return a gradient down the picture, shape (height, width, 3)."""
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    column = tint(top) * (1 - share) + tint(bottom) * share
    return np.repeat(column, width, axis=1).astype(np.float32)


def tint(colour: Sequence[float]) -> Field:
    """Return a colour, or a gain of each channel, to calculate with."""
    return np.array(colour, np.float32)


def whole(image: NDArray[np.floating]) -> Image:
    """Return an image in whole code values."""
    return np.asarray(np.clip(np.rint(image), 0, 255), np.uint8)


def window(world: Image, left: float, top: float, width: int, height: int) -> Image:
    """Return what a camera sees of a larger image from a position between pixels; it ends at the edge."""
    left, top = min(max(left, 0), world.shape[1] - width), min(max(top, 0), world.shape[0] - height)
    x, y = int(left), int(top)
    seen = _between(world[y : y + height + 1, x : x + width + 1], left - x, axis=1)[:, :width]
    return np.ascontiguousarray(_between(seen, top - y, axis=0)[:height])


def tilted(world: Picture, at: tuple[float, float], width: int, height: int, turn_deg: float) -> Picture:
    """Return what a tilted camera sees of a larger picture; `at` is the left and the top of its view."""
    seen = []
    for half, plane in enumerate(world):
        divisor = 2 if half else 1
        left, top, wide, tall = (value / divisor for value in (*at, width, height))
        matrix = cv2.getRotationMatrix2D((left + wide / 2, top + tall / 2), turn_deg, 1.0)
        matrix[:, 2] -= (left, top)
        size = (width // divisor, height // divisor)
        seen.append(cv2.warpAffine(plane, matrix, size, borderMode=cv2.BORDER_REFLECT))
    return seen[0], seen[1], seen[2]


def _between(image: Image, share: float, axis: int) -> Image:
    if share < 1 / 256:
        return image
    one, other = (image[:-1], image[1:]) if axis == 0 else (image[:, :-1], image[:, 1:])
    return np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0))


def disc(image: Image, centre: tuple[float, float], radius: float, colour: Sequence[int]) -> None:
    """Draw a smooth disc at a position between pixels."""
    one = 1 << SUBPIXEL_BITS
    at = (round(centre[0] * one), round(centre[1] * one))
    cv2.circle(image, at, max(1, round(radius * one)), tuple(colour), -1, cv2.LINE_AA, SUBPIXEL_BITS)


def shape(image: Image, points: Sequence[tuple[float, float]], colour: Sequence[int]) -> None:
    """Fill a smooth polygon."""
    fixed = np.rint(np.asarray(points) * (1 << SUBPIXEL_BITS)).astype(np.int32)
    cv2.fillPoly(image, [fixed], tuple(colour), cv2.LINE_AA, SUBPIXEL_BITS)


def lettering(image: Image, words: str, middle: tuple[float, float], height: float, colour: Colour) -> None:
    """Write a line of text centred on a point; `height` is that of its capitals in px."""
    font, scale, thick = cv2.FONT_HERSHEY_DUPLEX, height / 22, max(1, round(height / 14))
    (width, tall), _ = cv2.getTextSize(words, font, scale, thick)
    at = (round(middle[0] - width / 2), round(middle[1] + tall / 2))
    cv2.putText(image, words, at, font, scale, colour, thick, cv2.LINE_AA)


def mixed(one: Picture, other: Picture, share: float) -> Picture:
    """Return two pictures dissolved: `share` of the other."""
    y, u, v = (cv2.addWeighted(a, 1 - share, b, share, 0) for a, b in zip(one, other, strict=True))
    return y, u, v


def flat(width: int, height: int, colour: Colour) -> Picture:
    """Return a picture of one colour."""
    return planes(np.full((height, width, 3), colour, np.uint8))
