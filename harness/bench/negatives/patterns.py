"""Regular patterns: checks, tiles, blinds, lines of an old screen, smooth gradients."""

import math

import cv2
import numpy as np

from harness.bench.negatives.negative import Scene
from harness.bench.negatives.painting import (
    Image,
    clouds,
    disc,
    grey,
    lettering,
    planes,
    ramp,
    seeded,
    tilted,
    tint,
    whole,
    window,
)
from harness.bench.negatives.places import cut_out, person, room
from harness.impair.base import Picture


def checked_shirt(width: int, height: int) -> Scene:
    """Somebody in a checked shirt sways before a plain wall."""
    margin = width // 16 * 2
    wide = width + 2 * margin
    across, down = np.arange(wide)[None, :], np.arange(height)[:, None]
    pitch = height / 26
    checks = (
        0.5
        + 0.25 * np.sign(np.sin(across * 2 * np.pi / pitch))
        + 0.25 * np.sign(np.sin(down * 2 * np.pi / pitch))
    )
    cloth = tint((190, 44, 50)) * checks[..., None] + tint((40, 44, 60)) * (1 - checks[..., None])
    figure, mask = cut_out(wide, height, (wide / 2, height, height * 0.95), (1, 255, 1), (190, 184, 172))
    worn = figure[..., 1].astype(int) - figure[..., 0] > 60
    figure[worn] = whole(cloth)[worn]
    filmed, (cover, *_) = planes(figure), grey(mask)
    wall = planes(whole(ramp(height, width, (206, 200, 186), (176, 170, 158))))

    def scene(at_s: float) -> Picture:
        left, turn = margin * (1 + 0.5 * math.sin(1.4 * at_s)), 2.5 * math.sin(1.9 * at_s)
        y, u, v = tilted(filmed, (left, 0), width, height, turn)
        inside, *_ = tilted((cover, *filmed[1:]), (left, 0), width, height, turn)
        small = inside[::2, ::2]
        return (
            cv2.copyTo(y, inside, wall[0].copy()),
            cv2.copyTo(u, small, wall[1].copy()),
            cv2.copyTo(v, small, wall[2].copy()),
        )

    return scene


def tiled_wall(width: int, height: int) -> Scene:
    """A wall of tiles on a grid as fine as the blocks of a coder passes by."""
    world = np.zeros((height + 64, width * 2, 3), np.float32)
    tile = max(8, height // 45 // 2 * 2)
    rows, columns = -(-world.shape[0] // tile), -(-world.shape[1] // tile)
    tones = np.random.default_rng(101).uniform(0.88, 1.06, (rows, columns)).astype(np.float32)
    tones = np.kron(tones, np.ones((tile, tile), np.float32))[: world.shape[0], : world.shape[1]]
    world[:] = tint((206, 214, 210))
    world *= (
        tones[..., None] * (0.8 + 0.3 * clouds(world.shape[1], world.shape[0], height, 2, 102))[..., None]
    )
    world[::tile] = world[:, ::tile] = 120
    wall = whole(world)

    def scene(at_s: float) -> Picture:
        return planes(window(wall, at_s * width / 12, 20 + 14 * math.sin(at_s), width, height))

    return scene


def blinds(width: int, height: int) -> Scene:
    """A pan over a room with blinds before the window: fine level stripes, two lines each."""
    world = room(width * 3 // 2, height, seed=8)
    across = slice(int(width * 0.45), int(width * 0.95))
    for top in range(height // 12, height * 3 // 4, 4):
        world[top : top + 2, across] = (226, 222, 206)
        world[top + 2 : top + 4, across] = (96, 90, 84)
    person(world, width * 1.1, height, height * 0.7)

    def scene(at_s: float) -> Picture:
        left = width * 0.25 * (1 - math.cos(at_s * 0.78))
        return planes(window(world, left, 0, width, height))

    return scene


def old_screen(width: int, height: int) -> Scene:
    """Computer graphics with every second line dark, as on an old monitor."""

    def scene(at_s: float) -> Picture:
        image = np.full((height, width, 3), (10, 26, 22), np.uint8)
        for place, words in enumerate(("SYSTEM READY", f"TRACK {int(at_s * 3) % 100:02d}", "LINK OPEN")):
            lettering(
                image, words, (width * 0.5, height * (0.25 + 0.2 * place)), height * 0.08, (90, 250, 150)
            )
        points = np.stack(
            [np.arange(width), height * (0.84 + 0.07 * np.sin(np.arange(width) / 20 + 4 * at_s))], axis=1
        )
        cv2.polylines(image, [np.rint(points).astype(np.int32)], False, (250, 200, 80), 2, cv2.LINE_AA)
        image[1::2] = image[1::2] // 3
        return planes(image)

    return scene


def gradient(width: int, height: int) -> Scene:
    """A sunset: a smooth gradient, dithered as a good encoder would, and a sun that sinks."""
    top, bottom = tint((34, 40, 92)), tint((226, 128, 70))
    rows, columns = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None, :]
    share = rows / height + 0.05 * np.cos(columns / width * 3)
    sky = top + (bottom - top) * share[..., None]
    dithers = [np.random.default_rng(110 + number).random((height, width, 1)) for number in range(6)]
    skies: list[Image] = [np.clip(np.floor(sky + dither), 0, 255).astype(np.uint8) for dither in dithers]

    def scene(at_s: float) -> Picture:
        image = skies[int(seeded(at_s, 8).integers(len(skies)))].copy()
        disc(image, (width * 0.62, height * (0.55 + 0.05 * at_s)), height * 0.07, (255, 226, 160))
        return planes(image)

    return scene


def zone_plate(width: int, height: int) -> Scene:
    """Rings that grow, finer towards the edge: the graphics of a science programme."""
    across = (np.arange(width, dtype=np.float32) - width / 2)[None, :]
    down = (np.arange(height, dtype=np.float32) - height / 2)[:, None]
    phase = ((across**2 + down**2) * (0.2 / height) % 1.0 * 256).astype(np.uint8)
    level = (126 + 90 * np.cos(np.arange(256) * 2 * np.pi / 256)).astype(np.uint8)

    def scene(at_s: float) -> Picture:
        return grey(cv2.LUT(phase, np.roll(level, int(at_s * 180) % 256)))

    return scene


def wallpaper(width: int, height: int) -> Scene:
    """A flat graphic: wide diagonal stripes that crawl, with words in front."""
    pitch = height // 9
    across, down = np.arange(width + 2 * pitch)[None, :], np.arange(height)[:, None]
    stripe = (across + down) // pitch % 2
    wide = np.array(((240, 120, 70), (244, 190, 60)), np.uint8)[stripe]

    def scene(at_s: float) -> Picture:
        image = window(wide, at_s * height / 4 % (2 * pitch), 0, width, height)
        lettering(image, "COMING UP", (width / 2, height / 2), height * 0.12, (30, 30, 60))
        return planes(image)

    return scene
