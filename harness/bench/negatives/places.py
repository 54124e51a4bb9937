"""Places and people that scenes are set in, drawn once and then filmed."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.bench.negatives.painting import Colour, Field, Image, clouds, disc, ramp, shape, tint, whole

Cut = tuple[Image, NDArray[np.uint8]]


def landscape(width: int, height: int, seed: int = 1, night: bool = False) -> Image:
    """Return hills, trees and houses under a sky with clouds."""
    sky = ramp(height, width, (86, 138, 206), (214, 224, 232))
    cloud = np.clip(clouds(width, height, height / 2, 6, seed) * 2.2 - 1.0, 0, 1)[..., None]
    image = sky * (1 - 0.8 * cloud) + 244 * 0.8 * cloud
    grain = clouds(width, height, height / 12, 6, seed + 1)[..., None]
    for place, (base, rough, colour) in enumerate(
        ((0.42, 0.16, (112, 128, 148)), (0.55, 0.10, (84, 108, 92)), (0.68, 0.05, (110, 134, 66)))
    ):
        ridge = _ridge(width, seed + 10 * place, base * height, rough * height)
        below = (np.arange(height)[:, None] > ridge[None, :])[..., None]
        lit = tint(colour) * (0.62 + 0.76 * grain)
        image = np.where(below, lit, image)
    drawn = whole(image)
    random = np.random.default_rng(seed + 5)
    _houses(drawn, random)
    for foot in np.sort(random.uniform(0.66, 1.02, max(4, width * 9 // height))):
        _tree(drawn, random.uniform(0, width), foot * height, height * (0.10 + 0.35 * (foot - 0.6)), random)
    if night:
        drawn = whole(drawn * tint((0.16, 0.20, 0.30)))
    return drawn


def room(width: int, height: int, seed: int = 2) -> Image:
    """Return a room: papered wall, a window, pictures, a lamp, a table."""
    across, down = np.arange(width)[None, :], np.arange(height)[:, None]
    stripes = 1 + 0.05 * np.sign(np.sin(across * 2 * np.pi * 22 / height)) + 0.0 * down
    light = 1.1 - 0.5 * np.hypot((across - 0.2 * width) / width, (down - 0.3 * height) / height)
    worn = 0.94 + 0.12 * clouds(width, height, height / 10, 5, seed)
    image = whole(tint((176, 158, 128)) * (stripes * light * worn)[..., None])
    for left, top, right, bottom, tone in ((0.06, 0.1, 0.24, 0.5, 0), (0.72, 0.14, 0.84, 0.36, 1)):
        x0, y0, x1, y1 = int(left * width), int(top * height), int(right * width), int(bottom * height)
        cv2.rectangle(image, (x0 - 6, y0 - 6), (x1 + 6, y1 + 6), (92, 66, 44), -1)
        image[y0:y1, x0:x1] = landscape(x1 - x0, y1 - y0, seed + tone)
    table = int(height * 0.84)
    wood = clouds(width, height, height / 3, 3, seed + 8)[: height - table]
    grain = cv2.resize(wood[:, : width // 12 + 1], (width, height - table))
    image[table:] = whole(tint((118, 78, 48)) * (0.7 + 0.5 * grain)[..., None])
    lamp = width * 0.9
    cv2.line(image, (int(lamp), table), (int(lamp), int(height * 0.55)), (60, 52, 40), max(2, height // 80))
    half, wide = height * 0.06, height * 0.11
    corners = [(lamp - half, height * 0.42), (lamp + half, height * 0.42)]
    corners += [(lamp + wide, height * 0.58), (lamp - wide, height * 0.58)]
    shape(image, corners, (240, 220, 160))
    return image


def person(image: Image, middle: float, foot: float, size: float, shirt: Colour = (70, 92, 140)) -> None:
    """Draw somebody's head and shoulders; `size` is the height in px from the shoulders' foot up."""
    chin, head = foot - size * 0.52, foot - size * 0.70
    body = [(-0.46, 0.0), (-0.42, -0.26), (-0.3, -0.38), (-0.1, -0.44), (0.1, -0.44)]
    body += [(0.3, -0.38), (0.42, -0.26), (0.46, 0.0)]
    shape(image, [(middle + x * size, foot + y * size) for x, y in body], shirt)
    neck = [(-0.09, -0.42), (-0.08, -0.58), (0.08, -0.58), (0.09, -0.42), (0, -0.36)]
    shape(image, [(middle + x * size, foot + y * size) for x, y in neck], (190, 146, 116))
    _ellipse(image, middle, head - 0.06 * size, 0.19 * size, 0.22 * size, (58, 40, 30))
    _ellipse(image, middle, head, 0.16 * size, 0.2 * size, (214, 168, 136))
    for side in (-1, 1):
        eye = middle + side * 0.065 * size
        _ellipse(image, eye, head - 0.02 * size, 0.028 * size, 0.016 * size, (244, 240, 236))
        _ellipse(image, eye, head - 0.02 * size, 0.013 * size, 0.015 * size, (50, 70, 60))
        _ellipse(image, eye, head - 0.065 * size, 0.036 * size, 0.008 * size, (70, 48, 36))
    _ellipse(image, middle, head + 0.045 * size, 0.02 * size, 0.03 * size, (196, 146, 116))
    _ellipse(image, middle, chin - 0.07 * size, 0.05 * size, 0.014 * size, (166, 86, 80))


def cut_out(width: int, height: int, place: tuple[float, float, float], shirt: Colour, wall: Colour) -> Cut:
    """Return a person before a colour, and a mask of where the person is; `place` as in `person`."""
    figure, mask = np.full((height, width, 3), wall, np.uint8), np.zeros((height, width, 3), np.uint8)
    person(figure, *place, shirt)
    person(mask, *place, shirt)
    return figure, np.where(mask.max(axis=2) > 0, 255, 0).astype(np.uint8)


def talk(image: Image, middle: float, foot: float, size: float, open_share: float) -> None:
    """Open the mouth of a person who was drawn with the same measures."""
    chin = foot - size * 0.52
    tall = (0.014 + 0.026 * open_share) * size
    _ellipse(image, middle, chin - 0.07 * size, 0.05 * size, tall, (166, 86, 80))
    if open_share > 0.15:
        _ellipse(image, middle, chin - 0.07 * size, 0.036 * size, tall * 0.6, (70, 24, 26))


def _ellipse(image: Image, x: float, y: float, across: float, down: float, colour: Colour) -> None:
    centre = (round(x * 16), round(y * 16))
    axes = (max(8, round(across * 16)), max(8, round(down * 16)))
    cv2.ellipse(image, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, 4)


def _ridge(width: int, seed: int, base: float, rough: float) -> Field:
    line = clouds(width, 4, max(8.0, width / 5), 6, seed)[1]
    return np.asarray(base + (line - 0.5) * 2 * rough, np.float32)


def _tree(image: Image, x: float, foot: float, tall: float, random: np.random.Generator) -> None:
    trunk = max(1.0, tall * 0.05)
    shape(image, [(x - trunk, foot), (x - trunk, foot - tall), (x + trunk, foot - tall), (x + trunk, foot)],
          (72, 52, 36))  # fmt: skip
    for layer in range(14):
        angle, reach = random.uniform(0, 2 * math.pi), tall * 0.30 * math.sqrt(random.uniform(0, 1))
        shade = 0.55 + 0.45 * layer / 14
        green = (int(70 * shade), int(112 * shade), int(48 * shade))
        at = (x + reach * math.cos(angle), foot - tall * 0.95 + reach * math.sin(angle) * 1.2)
        disc(image, at, tall * random.uniform(0.10, 0.2), green)


def _houses(image: Image, random: np.random.Generator) -> None:
    height, width = image.shape[:2]
    for _ in range(max(2, width // height * 2)):
        x, foot, size = random.uniform(0, width), height * random.uniform(0.68, 0.74), height * 0.07
        wall = tuple(int(value) for value in random.integers(170, 235, 3))
        shape(
            image,
            [(x - size, foot), (x - size, foot - size), (x + size, foot - size), (x + size, foot)],
            wall,
        )
        roof = [(x - size * 1.15, foot - size), (x, foot - size * 1.7), (x + size * 1.15, foot - size)]
        shape(image, roof, (150, 66, 50))
        for side in (-0.5, 0.4):
            left, top = x + side * size, foot - 0.7 * size
            corners = [(left - 0.16 * size, top), (left + 0.16 * size, top)]
            corners += [(left + 0.16 * size, top + 0.32 * size), (left - 0.16 * size, top + 0.32 * size)]
            shape(image, corners, (52, 66, 84))
