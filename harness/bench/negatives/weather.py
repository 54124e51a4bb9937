"""Snow, rain and lightning."""

import math

import cv2
import numpy as np

from harness.bench.negatives.negative import Scene
from harness.bench.negatives.painting import Grain, Image, disc, planes, tint, whole
from harness.bench.negatives.places import landscape
from harness.impair.base import Picture

FLAKE = (238, 240, 244)


def snow_fall(width: int, height: int) -> Scene:
    """Thick snow falls before a winter landscape."""
    random = np.random.default_rng(51)
    green = landscape(width, height, seed=5).astype(np.float32)
    land = whole(0.55 * green.mean(axis=2, keepdims=True) + 0.15 * green + tint((62, 66, 74)))
    count = 280
    near = random.uniform(0, 1, count) ** 2
    across, down = random.uniform(0, 1, count), random.uniform(0, 1, count)
    fall, radius = 0.12 + 0.45 * near, height * (0.0018 + 0.0065 * near)

    def scene(at_s: float) -> Picture:
        image = land.copy()
        x = (across + 0.05 * at_s * (0.3 + near) + 0.012 * np.sin(2 * at_s + down * 40)) % 1.0 * width
        y = (down + fall * at_s) % 1.0 * height
        for place in range(count):
            if radius[place] > 1.3:
                disc(image, (x[place], y[place]), radius[place], FLAKE)
            else:
                image[int(y[place]), int(x[place])] = FLAKE
        return planes(image)

    return scene


def rain_fall(width: int, height: int) -> Scene:
    """Streaks of rain cross a grey landscape; none is where it was a frame before."""
    random = np.random.default_rng(53)
    land = whole(landscape(width, height, seed=15) * tint((0.42, 0.46, 0.5)) + 22)
    land = cv2.GaussianBlur(land, (0, 0), height / 300)
    count = 300
    start, near = random.uniform(0, 1, (count, 2)), np.sort(random.uniform(0.3, 1, count))

    def scene(at_s: float) -> Picture:
        image = land.copy()
        rounds = start[:, 1] + at_s * 1.9 * near
        y = (rounds % 1.0 * 1.2 - 0.1) * height
        x = (start[:, 0] + np.floor(rounds) * 0.37) % 1.0 * width - 0.06 * y
        length = height * 0.07 * near
        streaks = np.stack([x, y, x + 0.06 * length, y - length], axis=1).reshape(-1, 2, 2)
        for tone, layer in zip(
            (136, 156, 182), np.array_split(np.rint(streaks).astype(np.int32), 3), strict=True
        ):
            cv2.polylines(image, list(layer), False, (tone, tone, tone + 8), 1)
        return planes(image)

    return scene


STRIKES = ((1.2, 0.9, 3), (1.36, 0.6, 3), (3.9, 1.0, 7), (4.2, 0.5, 7), (6.4, 0.8, 9))
"""When lightning strikes, in seconds, how bright, and the seed of its bolt."""


def lightning(width: int, height: int) -> Scene:
    """A night with lightning: the land is lit for a moment, and goes dark again."""
    day = landscape(width, height, seed=17)
    night = whole(day * tint((0.13, 0.16, 0.24)))
    lit = {seed: _bolt(whole(day * tint((0.8, 0.84, 1.0)) + 16), seed) for _, _, seed in STRIKES}
    noise = Grain(width, height, 1.2)

    def scene(at_s: float) -> Picture:
        image = night
        for strike_s, bright, seed in STRIKES:
            since_s = at_s - strike_s
            if since_s >= 0 and (glow := bright * math.exp(-since_s / 0.09)) > 0.02:
                image = cv2.addWeighted(image, 1 - glow, lit[seed], glow, 0)
        y, u, v = planes(image)
        return noise.onto(y, at_s), u, v

    return scene


def _bolt(image: Image, seed: int) -> Image:
    random = np.random.default_rng(seed)
    height, width = image.shape[:2]
    x, y = random.uniform(0.2, 0.8) * width, 0.0
    while y < height * 0.66:
        to = (x + random.normal(0, height * 0.035), y + random.uniform(0.02, 0.06) * height)
        cv2.line(image, (round(x), round(y)), (round(to[0]), round(to[1])), (250, 250, 255),
                 max(1, height // 150), cv2.LINE_AA)  # fmt: skip
        x, y = to
    return image
