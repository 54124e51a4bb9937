"""What an editor does between shots: fades, dissolves, wipes, title cards."""

from collections.abc import Callable, Sequence
from functools import partial

import cv2
import numpy as np

from harness.bench.negatives.cameras import hand_held, slow_pan, static_shot, talking_head
from harness.bench.negatives.crowds import crowd
from harness.bench.negatives.negative import Scene
from harness.bench.negatives.painting import Colour, flat, lettering, mixed, planes, ramp, whole
from harness.impair.base import Picture


def fades(width: int, height: int) -> Scene:
    """A scene comes from black, goes to white and comes back, and ends in black."""
    black, white = flat(width, height, (0, 0, 0)), flat(width, height, (255, 255, 255))
    inside = slow_pan(width, height)

    def scene(at_s: float) -> Picture:
        shown = inside(at_s)
        dark = np.interp(at_s, (0.2, 1.4, 6.6, 7.7), (1, 0, 0, 1))
        light = np.interp(at_s, (3.0, 3.8, 4.0, 4.8), (0, 1, 1, 0))
        if dark:
            return mixed(shown, black, float(dark))
        return mixed(shown, white, float(light)) if light else shown

    return scene


def through_black(width: int, height: int) -> Scene:
    """Scenes follow each other through a moment of black, as between the parts of a film."""
    black = flat(width, height, (0, 0, 0))
    scenes = (hand_held(width, height), crowd(width, height), talking_head(width, height))

    def scene(at_s: float) -> Picture:
        part = min(int(at_s / 2.7), 2)
        within = at_s - 2.7 * part
        dark = np.interp(within, (0.1, 0.5, 2.1, 2.6), (1, 0, 0, 1))
        shown = scenes[part](at_s)
        return mixed(shown, black, float(dark)) if dark else shown

    return scene


def dissolves(width: int, height: int) -> Scene:
    """Scenes dissolve into each other over a second."""
    return _joined(width, height, mixed)


def wipe(width: int, height: int) -> Scene:
    """A new scene pushes in from the left behind an edge that runs across the picture."""
    return _joined(width, height, partial(_beside, axis=1))


def roll_wipe(width: int, height: int) -> Scene:
    """A new scene comes down from the top behind a level edge."""
    return _joined(width, height, partial(_beside, axis=0))


def hard_cuts(width: int, height: int) -> Scene:
    """Shots of four to twelve frames follow each other, as in a trailer."""
    scenes = [kind(width, height) for kind in (crowd, slow_pan, talking_head, hand_held, static_shot)]
    lengths = np.random.default_rng(71).integers(4, 13, 200)
    ends_s = np.cumsum(lengths) / 25

    def scene(at_s: float) -> Picture:
        shot = int(np.searchsorted(ends_s, at_s + 1e-6, side="right"))
        return scenes[shot % len(scenes)](at_s)

    return scene


def _joined(width: int, height: int, join: Callable[[Picture, Picture, float], Picture]) -> Scene:
    scenes = (slow_pan(width, height), crowd(width, height), hand_held(width, height))

    def scene(at_s: float) -> Picture:
        part = min(int((at_s + 0.5) / 2.8), 2)
        share = (at_s + 0.5 - 2.8 * part) if part else 1.0
        if share >= 1:
            return scenes[part](at_s)
        return join(scenes[part - 1](at_s), scenes[part](at_s), share)

    return scene


def _beside(one: Picture, other: Picture, share: float, axis: int) -> Picture:
    edge = round(other[1].shape[axis] * share)
    parts = []
    for place, (old, new) in enumerate(zip(one, other, strict=True)):
        at = edge if place else 2 * edge
        keep = old[at:] if axis == 0 else old[:, at:]
        come = new[:at] if axis == 0 else new[:, :at]
        parts.append(np.concatenate([come, keep], axis=axis))
    return parts[0], parts[1], parts[2]


Card = tuple[float, Sequence[str], Colour, Colour]
"""When it comes, its lines, its ground, its letters."""

CREDITS: Sequence[Card] = (
    (0.0, (), (0, 0, 0), (0, 0, 0)),
    (0.4, ("A HARBOUR PICTURE",), (0, 0, 0), (220, 220, 220)),
    (2.6, (), (0, 0, 0), (0, 0, 0)),
    (3.0, ("THE LONG WAY HOME",), (0, 0, 0), (230, 210, 150)),
    (5.4, ("directed by", "MARA LINDEN"), (0, 0, 0), (220, 220, 220)),
)

COLOUR_CARDS: Sequence[Card] = (
    (0.0, ("Part one",), (20, 60, 130), (240, 240, 240)),
    (2.0, (), (190, 30, 40), (0, 0, 0)),
    (3.0, ("Colour",), (190, 30, 40), (250, 240, 230)),
    (5.0, (), (40, 130, 70), (0, 0, 0)),
    (6.0, ("comes alone,", "then with words"), (40, 130, 70), (250, 240, 230)),
)


def title_cards(width: int, height: int) -> Scene:
    """Opening titles on black, some faded in, some cut."""
    return _cards(width, height, CREDITS, fade_s=0.4)


def colour_cards(width: int, height: int) -> Scene:
    """A series of cards that fill the screen with one colour for a second before words come."""
    return _cards(width, height, COLOUR_CARDS, fade_s=0.0)


def _cards(width: int, height: int, cards: Sequence[Card], fade_s: float) -> Scene:
    drawn = []
    for _, lines, ground, ink in cards:
        image = np.full((height, width, 3), ground, np.uint8)
        for place, line in enumerate(lines):
            down = height * (0.5 + 0.13 * (place - (len(lines) - 1) / 2))
            lettering(image, line, (width / 2, down), height * 0.055, ink)
        drawn.append(planes(image))

    def scene(at_s: float) -> Picture:
        shown = sum(at_s + 1e-6 >= card[0] for card in cards) - 1
        since_s = at_s - cards[shown][0]
        if shown and since_s < fade_s:
            return mixed(drawn[shown - 1], drawn[shown], since_s / fade_s)
        return drawn[shown]

    return scene


def end_credits(width: int, height: int) -> Scene:
    """Names roll up over black."""
    names = (
        "Ana Ilves",
        "Boris Keane",
        "Chidi Okoro",
        "Dana Weiss",
        "Edda Lund",
        "Farid Nasser",
        "Grete Holm",
    )
    roll = np.zeros((height * 4, width, 3), np.uint8)
    for place in range(30):
        down = height * (0.9 + 0.1 * place)
        lettering(roll, names[place * 5 % 7], (width * 0.5, down), height * 0.035, (216, 216, 216))
    step = max(1, round(height / 6 / 25))

    def scene(at_s: float) -> Picture:
        top = round(at_s * 25) * step + height // 3
        return planes(np.ascontiguousarray(roll[top : top + height]))

    return scene


def blue_sky(width: int, height: int) -> Scene:
    """A cloudless sky fills the screen; after a while a glider crosses it."""
    sky = whole(cv2.GaussianBlur(ramp(height, width, (70, 128, 214), (92, 150, 226)), (0, 0), 2))

    def scene(at_s: float) -> Picture:
        image = sky.copy()
        x, y = (at_s - 2.5) / 5 * width, height * (0.4 - 0.02 * at_s)
        wing, body = height * 0.09, height * 0.012
        for points in (
            [(x - wing, y - body), (x + wing, y - body * 2), (x + wing, y - body), (x - wing, y)],
            [
                (x - body, y - wing / 3),
                (x + body, y - wing / 3),
                (x + body, y + wing / 2),
                (x - body, y + wing / 2),
            ],
        ):
            cv2.fillPoly(
                image, [np.rint(np.array(points) * 16).astype(np.int32)], (238, 240, 244), cv2.LINE_AA, 4
            )
        return planes(image)

    return scene
