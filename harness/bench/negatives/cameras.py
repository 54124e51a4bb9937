"""What cameras do by nature or by intent: noise, pans, shake, a pull of focus, grain, little light."""

import math

import cv2
import numpy as np

from harness.bench.negatives.negative import Scene
from harness.bench.negatives.painting import Grain, Image, planes, seeded, tilted, tint, whole, window
from harness.bench.negatives.places import cut_out, landscape, person, room, talk
from harness.impair.base import Picture


def static_shot(width: int, height: int) -> Scene:
    """A room in which nothing moves but the noise of the sensor."""
    image = room(width, height)
    person(image, width * 0.5, height, height * 0.72)
    y, u, v = planes(cv2.GaussianBlur(image, (0, 0), height / 600))
    noise = Grain(width, height, 1.8)
    return lambda at_s: (noise.onto(y, at_s), u, v)


def talking_head(width: int, height: int) -> Scene:
    """Somebody speaks before a wall, nods a little, and rests between sentences."""
    wall = planes(room(width, height, seed=4))
    noise = Grain(width, height, 1.2)
    place = (height * 0.5, height * 1.02, height * 0.85)
    figure, mask = cut_out(height, height, place, (120, 60, 66), (150, 134, 108))
    left = int(width * 0.42 - height / 2) // 2 * 2
    cover = planes(cv2.merge([mask] * 3))

    def scene(at_s: float) -> Picture:
        shown = figure.copy()
        talk(shown, *place, _mouth(at_s))
        nod = height * 0.006 * (math.sin(2.3 * at_s) + 0.5 * math.sin(3.7 * at_s + 1))
        turn_deg = 0.8 * math.sin(1.3 * at_s) + 0.3 * math.sin(2.9 * at_s)
        at = (height * 0.006 * math.sin(1.7 * at_s), nod)
        seen, (inside, *_) = (tilted(of, at, height, height, turn_deg) for of in (planes(shown), cover))
        y, u, v = (plane.copy() for plane in wall)
        for half, (plane, part) in enumerate(zip((y, u, v), seen, strict=True)):
            first = left // 2 if half else left
            where = inside[::2, ::2] if half else inside
            cv2.copyTo(
                part, np.where(where > 128, 255, 0).astype(np.uint8), plane[:, first : first + part.shape[1]]
            )
        return noise.onto(y, at_s), u, v

    return scene


def _mouth(at_s: float) -> float:
    """Return how far a mouth is open: syllables, that die away before a rest."""
    within_s = at_s % 4.0
    voice = np.interp(within_s, (0.0, 0.3, 2.4, 2.8), (0, 1, 1, 0))
    return float(voice) * (0.5 - 0.5 * math.cos(at_s * 24)) * (0.6 + 0.4 * math.sin(at_s * 5.3))


def slow_pan(width: int, height: int) -> Scene:
    """A landscape passes by at a fiftieth of the picture's width a second."""
    return _panned(width, height, landscape(width * 3 // 2, height), 1 / 50)


def plain_pan(width: int, height: int) -> Scene:
    """A landscape passes by at an eighth of the picture's width a second: nothing to see."""
    return _panned(width, height, landscape(width * 5 // 2, height, seed=27), 1 / 8)


def fast_pan(width: int, height: int) -> Scene:
    """A landscape passes by at half the picture's width a second, smeared by the shutter."""
    world = landscape(width * 5, height, seed=9)
    smear = max(1, round(width / 2 / 50 / 2)) | 1
    return _panned(width, height, cv2.blur(world, (smear, 1)), 1 / 2)


def _panned(width: int, height: int, world: Image, speed: float) -> Scene:
    noise = Grain(width, height, 1.0)

    def scene(at_s: float) -> Picture:
        y, u, v = planes(window(world, at_s * speed * width, 0, width, height))
        return noise.onto(y, at_s), u, v

    return scene


def hand_held(width: int, height: int) -> Scene:
    """A camera in the hand: it sways, trembles, and tilts a little."""
    margin = height // 16 * 2
    world = landscape(width + 2 * margin, height + 2 * margin, seed=3)
    person(world, width * 0.55, height + 2 * margin, height * 0.8)
    filmed = planes(world)

    def scene(at_s: float) -> Picture:
        sway = np.array([math.sin(2.1 * at_s) + 0.5 * math.sin(5.3 * at_s), math.cos(2.9 * at_s)])
        tremble = np.array([math.sin(47 * at_s) + math.sin(31 * at_s), math.sin(53 * at_s + 1)])
        left, top = margin + height * (0.028 * sway + 0.003 * tremble)
        turn_deg = 0.5 * math.sin(1.7 * at_s) + 0.12 * math.sin(7 * at_s)
        return tilted(filmed, (left, top), width, height, turn_deg)

    return scene


def defocus_pull(width: int, height: int) -> Scene:
    """The focus goes slowly from the background to somebody in front, and back."""
    steps = 9
    behind = landscape(width, height, seed=6)
    place = (width * 0.36, height * 1.02, height * 0.95)
    front, mask = cut_out(width, height, place, (150, 110, 60), (90, 110, 90))
    stack = []
    for step in range(steps):
        near_px, far_px = ((steps - 1 - step) * height / 260, step * height / 260)
        alpha = _soft(mask, near_px).astype(np.float32)[..., None] / 255
        stack.append(whole(_soft(behind, far_px) * (1 - alpha) + _soft(front, near_px) * alpha))
    noise = Grain(width, height, 1.0)

    def scene(at_s: float) -> Picture:
        pull = (0.5 - 0.5 * math.cos(2 * math.pi * at_s / 8)) * (steps - 1)
        low = min(int(pull), steps - 2)
        y, u, v = planes(cv2.addWeighted(stack[low], 1 - pull + low, stack[low + 1], pull - low, 0))
        return noise.onto(y, at_s), u, v

    return scene


def soft_focus(width: int, height: int) -> Scene:
    """A whole scene out of focus by intent: discs of light that drift behind nothing."""
    random = np.random.default_rng(21)
    world = np.full((height, width * 2, 3), (18, 16, 30), np.uint8)
    for _ in range(90):
        light = np.zeros_like(world)
        at = (int(random.uniform(0, width * 2)), int(random.uniform(0, height)))
        colour = tuple(int(value) for value in random.integers(20, 110, 3) + np.array((60, 30, 0)))
        cv2.circle(light, at, int(height * random.uniform(0.03, 0.09)), colour, -1, cv2.LINE_AA)
        world = cv2.add(world, light)
    return _panned(width, height, cv2.GaussianBlur(world, (0, 0), height / 90), 1 / 16)


def film_grain(width: int, height: int) -> Scene:
    """A film with coarse grain and a gate that lets the picture weave."""
    margin = 8
    world = landscape(width * 5 // 4, height + 2 * margin, seed=12)
    person(world, width * 0.7, height + 2 * margin, height * 0.6, shirt=(130, 120, 96))
    world = whole(world * tint((0.98, 0.93, 0.8)) * 0.85 + 12)
    grain = Grain(width, height, 6.0, softness_px=height / 500)

    def scene(at_s: float) -> Picture:
        weave = seeded(at_s, 3).normal(0, height / 900, 2)
        y, u, v = planes(window(world, at_s * width / 40 + weave[0] + 2, margin + weave[1], width, height))
        return grain.onto(y, at_s), u, v

    return scene


def dark_scene(width: int, height: int) -> Scene:
    """Dim figures move slowly through a dark corridor."""
    ground = whole(room(width, height, seed=7) * tint((0.06, 0.075, 0.1)))
    noise = Grain(width, height, 0.8)
    figures = []
    for place in range(2):
        figure = np.zeros((height, width // 4 * 2 + 2, 3), np.uint8)
        person(figure, width / 4, height, height * (0.9 - 0.25 * place), shirt=(60, 64, 84))
        figures.append(figure // 8)

    def scene(at_s: float) -> Picture:
        image = ground.copy()
        for place, speed in enumerate((0.05, -0.03)):
            left = width * (0.05 + 0.4 * place + speed * at_s)
            step, wide = int(left), figures[place].shape[1] - 2
            part = window(figures[place], 1 - left + step, 0, wide, height)
            part = part[:, : width - step]
            cv2.copyTo(part, cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), image[:, step : step + part.shape[1]])
        y, u, v = planes(image)
        return noise.onto(y, at_s), u, v

    return scene


def _soft(image: Image, radius_px: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), radius_px)) if radius_px > 0.2 else image


def pan_and_rest(width: int, height: int) -> Scene:
    """A tripod: the camera pans, comes to rest on a view for a second and a half, and pans on."""
    world = landscape(width * 2, height, seed=29)
    noise = Grain(width, height, 1.0)

    def scene(at_s: float) -> Picture:
        part, within_s = divmod(at_s + 1.5, 2.7)
        gone = min(within_s / 1.2, 1.0)
        y, u, v = planes(window(world, width * 0.3 * (part + gone * gone * (3 - 2 * gone)), 0, width, height))
        return noise.onto(y, at_s), u, v

    return scene
