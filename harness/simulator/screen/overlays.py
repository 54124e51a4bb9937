"""What the player lays over a picture: spinner, pause bar with progress, captions."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from harness.simulator.screen.canvas import ACCENT, INK, MUTED, Canvas
from harness.simulator.screen.sprite import Sprite
from harness.simulator.screen.typeface import set_in

SPINNER_STEPS = 24
SPINNER_DOTS = 12
SPINNER_TURN_S = 1.0


@lru_cache(maxsize=4)
def spinner(height_px: int) -> tuple[Sprite, ...]:
    """Return the steps of one turn of the spinner: twelve dots, of which the brightest goes round."""
    side = round(height_px * 0.16) & ~1
    dots = np.stack([_dot(side, 2 * math.pi * dot / SPINNER_DOTS) for dot in range(SPINNER_DOTS)])
    return tuple(_spinner_step(height_px, dots, step) for step in range(SPINNER_STEPS))


def _dot(side: int, angle: float) -> NDArray[np.float32]:
    canvas = Canvas(Image.new("RGB", (side, side)))
    place = (360 + 270 * math.sin(angle), 360 - 270 * math.cos(angle))
    canvas.disc(place, 48, (255, 255, 255))
    return np.asarray(canvas.image.getchannel("R"), np.float32)


def _spinner_step(height_px: int, dots: NDArray[np.float32], step: int) -> Sprite:
    behind = (step / SPINNER_STEPS - np.arange(SPINNER_DOTS) / SPINNER_DOTS) % 1.0
    light = (0.12 + 0.88 * (1 - behind) ** 2).astype(np.float32)
    side = dots.shape[1]
    image = Image.new("RGB", (side, side), INK)
    image.putalpha(Image.fromarray(np.rint(np.tensordot(light, dots, 1)).astype(np.uint8)))
    width_px = height_px * 16 // 9
    return Sprite(image, (width_px - side) // 2, (height_px - side) // 2)


@lru_cache(maxsize=64)
def bar(height_px: int, words: str, position_s: int, duration_s: int, icon: str) -> Sprite:
    """Return the bar at the bottom: icon (`pause`, `play`, `forward`, `rewind`), title, progress, times."""
    scale = height_px / 720
    width, height = round(1280 * scale), round(150 * scale) & ~1
    # Drawn on a full screen and cut out, so that the canvas counts in its usual units.
    canvas = Canvas(Image.new("RGB", (width, height_px), (10, 13, 28)))
    top = 570.0
    _icon(canvas, icon, (92, top + 52))
    canvas.text((140, top + 52), canvas.fitted(words, 28, 800), 28, anchor="lm")
    times = f"{_clock(position_s % max(1, duration_s))} / {_clock(duration_s)}"
    canvas.text((1208, top + 52), times, 23, MUTED, anchor="rm")
    canvas.card((72, top + 96, 1208, top + 106), (58, 66, 104), 5)
    share = position_s % max(1, duration_s) / max(1, duration_s)
    end = 72 + max(12.0, 1136 * share)
    canvas.card((72, top + 96, end, top + 106), ACCENT, 5)
    canvas.disc((end, top + 101), 11, INK)
    image = canvas.image.crop((0, height_px - height, width, height_px))
    return Sprite(image, 0, height_px - height)


def _icon(canvas: Canvas, icon: str, centre: tuple[float, float]) -> None:
    x, y = centre
    if icon == "pause":
        canvas.card((x - 14, y - 18, x - 4, y + 18), INK, 3)
        canvas.card((x + 4, y - 18, x + 14, y + 18), INK, 3)
    elif icon == "play":
        canvas.shape([(x - 12, y - 18), (x - 12, y + 18), (x + 18, y)], INK)
    else:
        way = 1 if icon == "forward" else -1
        for start in (-18, 2):
            tip = x + way * (start + 20)
            canvas.shape([(x + way * start, y - 16), (x + way * start, y + 16), (tip, y)], INK)


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


@lru_cache(maxsize=32)
def caption(height_px: int, text: str, raised: bool = False) -> Sprite:
    """Return the lines of a caption on a dark box, in the lower part of the frame, or above the bar."""
    size = round(height_px * 0.052)
    pad = size // 2
    text, font = set_in(text, size)
    lines = text.split("\n")
    advance = round(size * 1.32)
    widths = [round(font.getlength(line)) for line in lines]
    image = Image.new("RGBA", (max(widths) + 2 * pad + 1 & ~1, advance * len(lines) + pad & ~1))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, image.width - 1, image.height - 1), pad // 2, fill=(8, 10, 20, 215))
    for number, line in enumerate(lines):
        middle = (image.width // 2, pad // 2 + advance * number + advance // 2)
        draw.text(middle, line, fill=(*INK, 255), font=font, anchor="mm")
    width_px = height_px * 16 // 9
    bottom = round(height_px * (0.77 if raised else 0.92))
    return Sprite(image, (width_px - image.width) // 2, bottom - image.height)
