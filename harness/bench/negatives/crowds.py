"""Many small things that move, each in its own way."""

import cv2
import numpy as np

from harness.bench.negatives.negative import Scene
from harness.bench.negatives.painting import Image, clouds, disc, planes, ramp, shape, whole
from harness.impair.base import Picture

FIGURES = 150
STEPS = 4


def crowd(width: int, height: int) -> Scene:
    """People cross a square in all directions, seen from above the street."""
    random = np.random.default_rng(31)
    paving = ramp(height, width, (150, 146, 140), (186, 180, 170))
    paving *= (0.86 + 0.28 * clouds(width, height, height / 20, 5, 32))[..., None]
    square = whole(paving)
    feet = np.sort(random.uniform(0.12, 1.06, FIGURES))
    starts, speeds = random.uniform(0, 1.2, FIGURES), random.choice((-1, 1), FIGURES)
    speeds = speeds * random.uniform(0.03, 0.08, FIGURES) * (0.5 + feet)
    phases, bodies = random.uniform(0, 1, FIGURES), [_figures(height, foot, random) for foot in feet]

    def scene(at_s: float) -> Picture:
        image = square.copy()
        for foot, start, speed, phase, body in zip(feet, starts, speeds, phases, bodies, strict=True):
            step = int((at_s * 2.2 + phase) * STEPS) % STEPS
            figure, mask = body[step]
            x = (start + speed * at_s) % 1.2 - 0.1
            _stand(image, figure, mask, round(x * width), round(foot * height))
        return planes(image)

    return scene


def _figures(height: int, foot: float, random: np.random.Generator) -> list[tuple[Image, Image]]:
    """Return one walker in the phases of a step, with masks."""
    tall = int(height * (0.06 + 0.10 * foot))
    coat = [int(value) for value in random.integers(30, 220, 3)]
    legs = [int(value) for value in random.integers(20, 90, 3)]
    skin = [(224, 180, 150), (150, 104, 76), (98, 66, 50)][random.integers(3)]
    drawn = []
    for stride in (-0.16, -0.03, 0.16, 0.03)[:STEPS]:
        figure = np.zeros((tall, tall // 2, 3), np.uint8)
        middle = tall / 4
        for side in (-1, 1):
            foot_x, hip = middle / tall + side * stride, middle / tall + side * 0.03
            leg = [(hip - 0.05, 0.5), (hip + 0.05, 0.5), (foot_x + 0.04, 1), (foot_x - 0.04, 1)]
            shape(figure, [(x * tall, y * tall) for x, y in leg], legs)
        body = [(-0.12, 0.2), (0.12, 0.2), (0.1, 0.58), (-0.1, 0.58)]
        shape(figure, [(middle + x * tall, y * tall) for x, y in body], coat)
        disc(figure, (middle, 0.11 * tall), 0.085 * tall, skin)
        mask = np.where(figure.max(axis=2) > 0, 255, 0).astype(np.uint8)
        drawn.append((figure, mask))
    return drawn


def _stand(image: Image, figure: Image, mask: Image, x: int, foot: int) -> None:
    height, width = image.shape[:2]
    tall, wide = mask.shape[:2]
    left, top = x - wide // 2, foot - tall
    x0, x1, y0, y1 = max(left, 0), min(left + wide, width), max(top, 0), min(foot, height)
    if x0 < x1 and y0 < y1:
        inside = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        cv2.copyTo(figure[inside], mask[inside], image[y0:y1, x0:x1])


def confetti(width: int, height: int) -> Scene:
    """Bright scraps of paper whirl down in front of a dark hall."""
    random = np.random.default_rng(35)
    hall = whole(ramp(height, width, (20, 14, 40), (70, 40, 60)))
    hall[int(height * 0.8) :] = whole(ramp(height - int(height * 0.8), width, (30, 20, 26), (12, 10, 14)))
    count = 320
    places, falls = random.uniform(0, 1, (count, 2)), random.uniform(0.15, 0.4, count)
    spins, sizes = random.uniform(3, 11, count), random.uniform(0.006, 0.016, count) * height
    colours = random.integers(60, 256, (count, 3)).tolist()

    def scene(at_s: float) -> Picture:
        image = hall.copy()
        down = ((places[:, 1] + falls * at_s) % 1.1 - 0.05) * height
        across = (places[:, 0] + 0.02 * np.sin(at_s * spins / 2 + places[:, 1] * 9)) * width
        tilt = np.cos(spins * at_s + places[:, 0] * 7)
        corners = np.stack(
            [
                np.stack([across - sizes, down - sizes * tilt * 0.6], axis=1),
                np.stack([across + sizes * tilt, down - sizes], axis=1),
                np.stack([across + sizes, down + sizes * tilt * 0.6], axis=1),
                np.stack([across - sizes * tilt, down + sizes], axis=1),
            ],
            axis=1,
        )
        for points, colour in zip(np.rint(corners).astype(np.int32), colours, strict=True):
            cv2.fillConvexPoly(image, points, colour)
        return planes(image)

    return scene
