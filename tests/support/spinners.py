"""Draws buffering spinners, in the styles of several players, over pictures that are held and dimmed."""

import cv2
import numpy as np

SHIFT = 4
"""Drawing is exact to a sixteenth of a pixel."""


def _ring(mask, centre, radius, turn):
    """A faint full ring with a bright quarter that goes round."""
    thick = max(2, radius // 5)
    cv2.circle(mask, centre, radius, 60, thick, cv2.LINE_AA)
    start = 360 * turn
    cv2.ellipse(mask, centre, (radius, radius), 0, start, start + 90, 255, thick, cv2.LINE_AA)


def _arc(mask, centre, radius, turn):
    """An arc that grows and shrinks while it goes round."""
    thick = max(2, radius // 6)
    length = 150 + 110 * np.sin(2 * np.pi * turn * 0.75)
    start = 360 * turn * 1.4
    cv2.ellipse(mask, centre, (radius, radius), 0, start, start + length, 255, thick, cv2.LINE_AA)


def _dots(mask, centre, radius, turn):
    """Eight dots in a circle, lit one after the other, in steps."""
    lit = int(turn * 8) % 8
    for dot in range(8):
        angle = 2 * np.pi * dot / 8
        place = (centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle))
        at = tuple(round(value * (1 << SHIFT)) for value in place)
        size = round(radius / 4.5 * (1 << SHIFT))
        light = max(40, 255 - 45 * ((lit - dot) % 8))
        cv2.circle(mask, at, size, light, -1, cv2.LINE_AA, SHIFT)


STYLES = {"ring": _ring, "arc": _arc, "dots": _dots}


def spun(picture, style, turn, dim=0.5, size=0.14, at=(0.5, 0.5)):
    """Return a picture, `dim` of its light left, under a spinner, `size` of its height, at `turn` turns."""
    y, u, v = picture
    mask = np.zeros(y.shape, np.uint8)
    centre = (round(y.shape[1] * at[0]), round(y.shape[0] * at[1]))
    STYLES[style](mask, centre, max(4, round(y.shape[0] * size / 2)), turn)
    share = mask.astype(np.float32) / 255
    dark = 16 + (y.astype(np.float32) - 16) * dim
    kept = cv2.resize(1 - share, (u.shape[1], u.shape[0]), interpolation=cv2.INTER_AREA) * dim
    luma = np.rint(dark * (1 - share) + 228 * share).astype(np.uint8)
    chroma = [np.rint(128 + (plane.astype(np.float32) - 128) * kept).astype(np.uint8) for plane in (u, v)]
    return luma, chroma[0], chroma[1]


def stall(pictures, start, count, fps, style="ring", go_on=True, **look):
    """Hold picture `start` for `count` pictures under a spinner; then go on where it stopped, or end."""
    held = pictures[start]
    waits = [spun(held, style, 0.1 + index / fps * 0.9, **look) for index in range(count)]
    return [*pictures[:start], *waits, *(pictures[start:] if go_on else [])]
