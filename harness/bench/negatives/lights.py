"""Lights of a show: fireworks, strobes on a stage."""

import math
from functools import partial

import cv2
import numpy as np

from harness.bench.negatives.negative import Scene
from harness.bench.negatives.painting import WHITE, Grain, Image, mixed, planes, ramp, tilted, tint, whole
from harness.bench.negatives.places import landscape, person
from harness.impair.base import Picture

SHELLS = 14


def fireworks(width: int, height: int) -> Scene:
    """Rockets burst over a dark town."""
    random = np.random.default_rng(61)
    town = whole(ramp(height, width, (6, 8, 24), (34, 26, 46)))
    for left in range(0, width, max(2, width // 24)):
        tall = int(height * random.uniform(0.06, 0.2))
        town[height - tall :, left : left + width // 26] = (14, 13, 18)
        for _ in range(6):
            at = (left + int(random.uniform(2, max(3, width / 30))), height - int(random.uniform(2, tall)))
            cv2.rectangle(town, at, (at[0] + 1, at[1] + 1), (170, 140, 80), -1)
    shells = []
    for place in range(SHELLS):
        sparks = 90
        angle, reach = random.uniform(0, 2 * np.pi, sparks), np.sqrt(random.uniform(0.15, 1, sparks))
        heading = np.stack([np.cos(angle) * reach, np.sin(angle) * reach], axis=1)
        where = np.array([random.uniform(0.12, 0.88) * width, random.uniform(0.15, 0.5) * height])
        colour = random.permutation([255, int(random.integers(90, 256)), 90])
        shells.append((place * 8 / SHELLS - 0.8, where, heading, colour))

    def scene(at_s: float) -> Picture:
        sky = np.zeros_like(town)
        for burst_s, where, heading, colour in shells:
            _burst(sky, at_s - burst_s, where, heading, colour)
        return planes(cv2.max(sky, town))

    return scene


def _burst(image: Image, age_s: float, where: Image, heading: Image, colour: Image) -> None:
    if not 0 <= age_s < 1.8:
        return
    height = image.shape[0]
    glow = math.exp(-age_s / 0.7)
    shade = tuple(int(value) for value in colour * (0.3 + 0.9 * glow) + 150 * math.exp(-age_s / 0.12) * glow)
    for back_s in (0.0, 0.05, 0.1):
        if age_s >= back_s:
            since = age_s - back_s
            out = 0.34 * height * (1 - math.exp(-2.4 * since)) * heading
            points = where + out + (0, 0.12 * height * since**2)
            radius = max(1, round(height * (0.0042 - 0.016 * back_s)))
            tone = tuple(min(255, max(0, value)) for value in shade)
            for x, y in np.rint(points).astype(int).tolist():
                cv2.circle(image, (x, y), radius, tone, -1)


def _strobes(rate_hz: float, area: float, width: int, height: int) -> Scene:
    """A band on a dark stage under coloured beams, and a strobe that lights a share of the picture."""
    stage = whole(ramp(height, width, (16, 10, 30), (40, 24, 50)))
    for place in range(4):
        tone = 26 + 8 * place
        person(stage, width * (0.2 + 0.2 * place), height * 0.98, height * 0.5, (tone, tone, tone + 20))
    stage = whole(stage * 0.55)
    lit = whole(stage * tint((1.4, 1.4, 1.4)) + 120)
    side = math.sqrt(area)
    part = (
        slice(0, round(height * side)),
        slice(round(width * (1 - side) / 2), round(width * (1 + side) / 2)),
    )
    if area < 1:
        lamp = np.zeros((height, width), np.float32)
        cv2.ellipse(
            lamp, (width // 2, 0), (round(width * side / 2), round(height * side)), 0, 0, 360, 1.0, -1
        )
        lamp = cv2.GaussianBlur(lamp, (0, 0), height / 40)
        lit = whole(stage + 190 * lamp[..., None])
        part = (slice(None), slice(None))

    def scene(at_s: float) -> Picture:
        image = stage.copy()
        flash = at_s * rate_hz % 1.0
        if 1.0 < at_s < 6.5 and flash < 0.3:
            image[part] = lit[part]
        for place in range(5):
            swing = 0.35 * math.sin(1.1 * at_s + place * 1.3)
            _beam(image, (0.1 + 0.2 * place) * width, swing, place)
        return planes(image)

    return scene


def _beam(image: Image, foot: float, swing: float, place: int) -> None:
    height = image.shape[0]
    colour = ((90, 20, 30), (20, 70, 100), (70, 20, 90), (20, 80, 40), (90, 70, 10))[place]
    reach, wide = height * 0.95, height * 0.07
    x = foot + swing * reach
    left, right = int(min(foot, x) - wide) - 1, int(max(foot, x) + wide) + 2
    left, right = max(left, 0), min(right, image.shape[1])
    if left >= right:
        return
    light = np.zeros((height, right - left, 3), np.uint8)
    corners = np.array(
        [[foot - 2 - left, 0], [foot + 2 - left, 0], [x + wide - left, reach], [x - wide - left, reach]]
    )
    cv2.fillConvexPoly(light, np.rint(corners * 16).astype(np.int32), colour, cv2.LINE_AA, 4)
    image[:, left:right] = cv2.add(image[:, left:right], light)


stage_strobe = partial(_strobes, 2.5, 1.0)
"""The whole stage flashes two and a half times a second."""

small_strobe = partial(_strobes, 10.0, 0.06)
"""A lamp at the back flashes ten times a second, on a small part of the picture."""


def press_flashes(width: int, height: int) -> Scene:
    """Photographers greet somebody: flashes from all sides, each for a moment, some on the whole face."""
    random = np.random.default_rng(67)
    wide, tall = width + height // 16 * 2, height + height // 16 * 2
    hall = landscape(wide, tall, seed=33, night=True)
    person(hall, wide * 0.5, tall, height * 0.8, (40, 44, 60))
    dim, lit = planes(hall), planes(whole(hall * tint((1.25, 1.25, 1.3)) + 44))
    times_s = np.cumsum(random.uniform(0.08, 0.5, 40))
    places = np.stack([random.uniform(0, width, 40), random.uniform(0.3, 0.7, 40) * height], axis=1)
    noise = Grain(width, height, 2.0)

    def scene(at_s: float) -> Picture:
        glow = np.where(at_s >= times_s, np.exp(-np.maximum(at_s - times_s, 0) / 0.035), 0.0)
        image = mixed(dim, lit, float(glow[::3].max())) if glow[::3].max() > 0.03 else dim
        sway = [height / 16 + height * 0.02 * math.sin(pace * at_s) for pace in (1.9, 2.7)]
        y, u, v = tilted(image, (sway[0], sway[1]), width, height, 0.5 * math.sin(1.3 * at_s))
        for flash in np.flatnonzero(glow > 0.03):
            x, down = places[flash]
            cv2.circle(
                y, (int(x), int(down)), max(1, int(height * 0.05 * glow[flash])), WHITE, -1, cv2.LINE_AA
            )
        return noise.onto(y, at_s), u, v

    return scene
