"""Pictures that are put together: split screens, a picture in a picture, tickers, bars at the edges."""

import cv2
import numpy as np

from harness.bench.negatives.cameras import fast_pan, hand_held, slow_pan, static_shot, talking_head
from harness.bench.negatives.crowds import crowd
from harness.bench.negatives.negative import Paint, Scene
from harness.bench.negatives.painting import flat, lettering, planes
from harness.bench.negatives.places import landscape
from harness.bench.negatives.water import water
from harness.bench.negatives.weather import snow_fall
from harness.impair.base import Picture


def split_screen(width: int, height: int) -> Scene:
    """Four shots side by side, each with its own motion, without borders."""
    wide, tall = width // 4 * 2, height // 4 * 2
    parts = [kind(wide, tall) for kind in (slow_pan, crowd, water, hand_held)]
    places = ((0, 0), (0, wide), (tall, 0), (tall, wide))
    return _composed(flat(width, height, (0, 0, 0)), list(zip(parts, places, strict=True)))


def split_rows(width: int, height: int) -> Scene:
    """Two shots above each other: one stands still while the other flies past."""
    tall = height // 4 * 2
    parts = [(static_shot(width, tall), (0, 0)), (fast_pan(width, tall), (tall, 0))]
    return _composed(flat(width, height, (0, 0, 0)), parts)


def picture_in_picture(width: int, height: int) -> Scene:
    """A still of a place fills the screen, a reporter speaks in a corner."""
    ground = planes(landscape(width, height, seed=23))
    wide, tall = width // 3 // 2 * 2, height // 3 // 2 * 2
    place = (height // 24 * 2, (width - wide - height // 12) // 2 * 2)
    return _composed(ground, [(talking_head(wide, tall), place)])


def _composed(ground: Picture, parts: list[tuple[Scene, tuple[int, int]]]) -> Scene:
    """Lay scenes over a ground, each at its top and left."""

    def scene(at_s: float) -> Picture:
        y, u, v = (plane.copy() for plane in ground)
        for part, (top, left) in parts:
            for half, (plane, inside) in enumerate(zip((y, u, v), part(at_s), strict=True)):
                down, across = (top // 2, left // 2) if half else (top, left)
                plane[down : down + inside.shape[0], across : across + inside.shape[1]] = inside
        return y, u, v

    return scene


def ticker(width: int, height: int) -> Scene:
    """News runs along the bottom of a still photograph."""
    ground = planes(landscape(width, height, seed=25))
    tall = height // 20 * 2
    words = "MARKETS CLOSE HIGHER  -  RAIN EXPECTED IN THE NORTH  -  BRIDGE OPENS AGAIN ON MONDAY  -  "
    band = np.full((tall, width * 4, 3), (22, 30, 84), np.uint8)
    scale = tall / 46
    for _ in range(2):
        cv2.putText(band, words * 2, (0, round(tall * 0.7)), cv2.FONT_HERSHEY_DUPLEX, scale, (238, 238, 238),
                    max(1, round(scale * 1.5)), cv2.LINE_AA)  # fmt: skip
    step = max(2, round(width / 8 / 25 / 2) * 2)
    top = height * 17 // 20 // 2 * 2

    def scene(at_s: float) -> Picture:
        left = round(at_s * 25) * step % (width * 2)
        strip = planes(np.ascontiguousarray(band[:, left : left + width]))
        y, u, v = (plane.copy() for plane in ground)
        y[top : top + tall] = strip[0]
        u[top // 2 : (top + tall) // 2] = strip[1]
        v[top // 2 : (top + tall) // 2] = strip[2]
        return y, u, v

    return scene


def scoreboard(width: int, height: int) -> Scene:
    """A game under a banner with a clock that counts: only its digits change at a stroke."""
    inside = crowd(width, height)
    box = (height // 20 * 2, height // 10 * 2)

    def scene(at_s: float) -> Picture:
        y, u, v = (plane.copy() for plane in inside(at_s))
        banner = np.full((height // 24 * 2, height // 4 * 2, 3), (16, 20, 40), np.uint8)
        clock = f"{int(at_s) + 71}:{int(at_s * 10) % 10}  2-1"
        lettering(banner, clock, (banner.shape[1] / 2, banner.shape[0] / 2), height * 0.035, (240, 240, 240))
        for half, (plane, part) in enumerate(zip((y, u, v), planes(banner), strict=True)):
            top, left = (side // (2 if half else 1) for side in box)
            plane[top : top + part.shape[0], left : left + part.shape[1]] = part
        return y, u, v

    return scene


def letterbox(width: int, height: int) -> Scene:
    """A wide film between black bars, from its first frame on."""
    tall = round(width / 2.35 / 4) * 4
    return _barred(width, height, snow_fall, (width, min(tall, height)))


def pillarbox(width: int, height: int) -> Scene:
    """An old programme of 4:3 between black bars, from its first frame on."""
    return _barred(width, height, talking_head, (height * 4 // 3 // 4 * 4, height))


def _barred(width: int, height: int, kind: Paint, inside: tuple[int, int]) -> Scene:
    place = ((height - inside[1]) // 4 * 2, (width - inside[0]) // 4 * 2)
    return _composed(flat(width, height, (0, 0, 0)), [(kind(*inside), place)])


def phone_video(width: int, height: int) -> Scene:
    """An upright video of a phone, with a blurred enlargement of itself at its sides."""
    wide = height * 9 // 16 // 4 * 4
    inside = hand_held(wide, height)
    left = (width - wide) // 4 * 2

    def scene(at_s: float) -> Picture:
        seen, blurred = inside(at_s), []
        for half, plane in enumerate(seen):
            divisor = 2 if half else 1
            small = cv2.resize(plane, (wide // 8, height // 8), interpolation=cv2.INTER_AREA)
            middle = cv2.GaussianBlur(small, (0, 0), height / 180)[height // 24 : -(height // 24) or None]
            size = (width // divisor, height // divisor)
            blurred.append(np.clip(cv2.resize(middle, size, interpolation=cv2.INTER_CUBIC), 16, 235))
        for half, (plane, part) in enumerate(zip(blurred, seen, strict=True)):
            first = left // 2 if half else left
            plane[:, first : first + part.shape[1]] = part
        return blurred[0], blurred[1], blurred[2]

    return scene


def slides(width: int, height: int) -> Scene:
    """A slide show: photographs stand for a second, then the next one glides in and pushes them out."""
    photographs = [planes(landscape(width, height, seed=seed)) for seed in (35, 37, 39, 41, 43)]

    def scene(at_s: float) -> Picture:
        number, within_s = divmod(at_s, 1.9)
        shown, following = photographs[int(number) % 5], photographs[(int(number) + 1) % 5]
        gone = min(max(within_s - 1.1, 0) / 0.8, 1.0)
        shift = round(width // 2 * gone**3 * (10 - 15 * gone + 6 * gone**2))
        y, u, v = (
            np.concatenate([old[:, at:], new[:, :at]], axis=1)
            for old, new, at in zip(shown, following, (2 * shift, shift, shift), strict=True)
        )
        return y, u, v

    return scene
