"""Drawn animation and pixel art: flat colours, hard outlines, drawings that are held."""

import math
from functools import partial

import cv2
import numpy as np

from harness.bench.negatives.negative import Scene
from harness.bench.negatives.painting import Colour, Image, clouds, planes, seeded, shape
from harness.impair.base import Picture

DRAWN_FPS = 24
INK = (24, 20, 30)


def cartoon(width: int, height: int) -> Scene:
    """Two figures before a painted ground, one drawn on twos, one on threes; the ground stands still."""
    return _cartoon(width, height, pan=0.0)


def cartoon_pan(width: int, height: int) -> Scene:
    """The same while the ground is pulled past, every frame."""
    return _cartoon(width, height, pan=0.12)


def _cartoon(width: int, height: int, pan: float) -> Scene:
    ground = _painted(width * 2 + 2, height)

    def scene(at_s: float) -> Picture:
        number = round(at_s * DRAWN_FPS)
        left = int(number * pan * width / DRAWN_FPS)
        image = ground[:, left : left + width].copy()
        twos, threes = (number // held * held / DRAWN_FPS for held in (2, 3))
        _figure(image, (0.3 + 0.12 * math.sin(1.6 * twos), 0.9), twos, (236, 120, 60))
        _figure(image, (0.68 - 0.1 * math.sin(1.1 * threes), 0.86), 1.3 * threes, (80, 120, 220))
        return planes(image)

    return scene


def _painted(width: int, height: int) -> Image:
    image = np.full((height, width, 3), (150, 214, 240), np.uint8)
    for place in range(7):
        at = (int(width * (0.07 + 0.15 * place)), int(height * (0.18 + 0.05 * (place % 3))))
        for puff in (-1, 0, 1):
            centre = (at[0] + puff * height // 14, at[1] - (puff == 0) * height // 40)
            cv2.circle(image, centre, height // 16, (250, 252, 252), -1, cv2.LINE_AA)
    for base, colour, tall in ((0.72, (120, 190, 120), 0.12), (0.84, (96, 170, 84), 0.06)):
        x = np.arange(0, width + 8, 8)
        y = height * (base - tall * np.abs(np.sin(x / height * 1.7 + base * 9)))
        points = [
            (0.0, float(height)),
            *zip(x.tolist(), y.tolist(), strict=True),
            (float(width), float(height)),
        ]
        shape(image, points, colour)
        line = np.stack([x, y], axis=1).astype(np.int32)
        cv2.polylines(image, [line], False, INK, max(1, height // 180), cv2.LINE_AA)
    return image


def _figure(image: Image, foot: tuple[float, float], at_s: float, colour: Colour) -> None:
    height, width = image.shape[:2]
    x, y, size = foot[0] * width, foot[1] * height, height * 0.42
    y -= abs(math.sin(5 * at_s)) * size * 0.12
    pen = max(1, height // 150)
    for side in (-1, 1):
        swing = side * math.sin(5 * at_s)
        _limb(image, (x, y - 0.3 * size), (x + 0.18 * swing * size, y), pen * 5)
        hand = (x + side * 0.28 * size, y - (0.5 + 0.25 * swing) * size)
        _limb(image, (x + side * 0.1 * size, y - 0.55 * size), hand, pen * 4)
    body = [(-0.15, -0.28), (0.15, -0.28), (0.11, -0.64), (-0.11, -0.64)]
    _outlined(image, [(x + a * size, y + b * size) for a, b in body], colour, pen)
    head = (round(x), round(y - 0.8 * size))
    for radius, tone in ((0.19, INK), (0.175, (250, 214, 180))):
        cv2.circle(image, head, round(radius * size), tone, -1, cv2.LINE_AA)
    for side in (-1, 1):
        eye = (round(x + side * 0.07 * size), round(y - 0.83 * size))
        cv2.circle(image, eye, max(1, round(0.025 * size)), INK, -1, cv2.LINE_AA)
    smile = (round(0.07 * size), max(1, round(0.05 * size * abs(math.sin(8 * at_s)))))
    cv2.ellipse(image, (head[0], round(y - 0.73 * size)), smile, 0, 0, 180, INK, pen, cv2.LINE_AA)


def _limb(image: Image, start: tuple[float, float], end: tuple[float, float], thick: int) -> None:
    cv2.line(
        image, (round(start[0]), round(start[1])), (round(end[0]), round(end[1])), INK, thick, cv2.LINE_AA
    )


def _outlined(image: Image, points: list[tuple[float, float]], colour: Colour, pen: int) -> None:
    shape(image, points, colour)
    cv2.polylines(image, [np.rint(points).astype(np.int32)], True, INK, pen, cv2.LINE_AA)


def pixel_art(width: int, height: int) -> Scene:
    """A game of the eighties: blocks of one colour, and a pan that goes by whole blocks."""
    cell = max(2, height // 90 * 2)
    rows, columns = -(-height // cell), -(-width // cell)
    world = _level(rows, columns * 4)

    def scene(at_s: float) -> Picture:
        first = int(at_s * 12) % (columns * 3)
        small = world[:, first : first + columns].copy()
        hop = int(abs(math.sin(4 * at_s)) * rows * 0.2)
        top, left = rows - rows // 5 - 8 - hop, columns // 3
        small[top : top + 8, left : left + 6] = _hero(int(at_s * 8) % 2)
        image = cv2.resize(small, (columns * cell, rows * cell), interpolation=cv2.INTER_NEAREST)
        return planes(np.ascontiguousarray(image[:height, :width]))

    return scene


def _level(rows: int, columns: int) -> Image:
    world = np.full((rows, columns, 3), (92, 148, 252), np.uint8)
    hills = (clouds(columns, 4, 24, 3, 91)[1] * rows * 0.4).astype(int)
    floor = rows - rows // 5
    for column, tall in enumerate(hills):
        world[floor - tall : floor, column] = (60, 160, 70)
    world[floor:] = (200, 110, 50)
    world[floor::3, :] = (130, 60, 30)
    world[floor:, ::5] = (130, 60, 30)
    for column in range(8, columns - 10, 23):
        world[floor - rows // 3 : floor - rows // 3 + 4, column : column + 10] = (232, 170, 60)
        world[3:6, column + 4 : column + 14] = (250, 250, 250)
    return world


def _hero(step: int) -> Image:
    skin, red, blue, sky = (250, 200, 150), (220, 40, 40), (40, 60, 180), (92, 148, 252)
    hero = np.full((8, 6, 3), sky, np.uint8)
    hero[0:2, 1:5], hero[2:4, 1:5], hero[4:6, 0:6], hero[6:8, 1:5] = red, skin, red, blue
    hero[6:8, 2 + step : 3 + step] = sky
    return hero


def _mosaic(width: int, height: int, cells: int) -> Scene:
    """Tiles of slowly changing colours, as behind a singer of the seventies."""
    down = max(2, cells * height // width)
    field = clouds(cells * 6, down * 6, 9, 3, 93)
    palette = np.stack([clouds(256, 1, 60, 2, seed)[0] for seed in (94, 95, 96)], axis=1)
    palette = np.clip(palette * 230 + 12, 0, 255).astype(np.uint8)

    def scene(at_s: float) -> Picture:
        shift = int(at_s * 4)
        part = field[down + shift : 2 * down + shift, cells : 2 * cells]
        tone = ((part * 190 + 25 * at_s) % 256).astype(np.uint8)
        image = cv2.resize(palette[tone], (width, height), interpolation=cv2.INTER_NEAREST)
        return planes(image)

    return scene


mosaic = partial(_mosaic, cells=40)


def stop_motion(width: int, height: int) -> Scene:
    """Puppets that somebody moved by hand: twelve pictures a second, with a light that trembles."""
    ground = cv2.GaussianBlur(_painted(width, height), (0, 0), height / 120)

    def scene(at_s: float) -> Picture:
        twos = math.floor(at_s * 12 + 1e-6) / 12
        unsteady = seeded(twos, 97).normal(0, 0.01, 4)
        image = ground.copy()
        place = (0.25 + 0.055 * twos + 0.2 * unsteady[0], 0.9)
        _figure(image, place, 0.8 * twos + unsteady[1], (176, 110, 84))
        _figure(image, (0.7 + 0.2 * unsteady[2], 0.88), 0.6 * twos, (96, 120, 150))
        return planes(cv2.convertScaleAbs(image, alpha=0.93 + unsteady[3]))

    return scene
