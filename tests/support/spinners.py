"""Draws buffering spinners, in the styles of several players, over pictures that are held and dimmed."""

import cv2
import numpy as np

from harness.impair.spinner import spinner


def spun(picture, style, turn, dim=0.5, size=0.14, at=(0.5, 0.5)):
    """Return a picture, `dim` of its light left, under a spinner, `size` of its height, at `turn` turns."""
    y, u, v = picture
    share = np.zeros(y.shape, np.float32)
    radius = max(4, round(y.shape[0] * size / 2))
    top, left = round(y.shape[0] * at[1]) - 3 * radius // 2, round(y.shape[1] * at[0]) - 3 * radius // 2
    share[top : top + 3 * radius, left : left + 3 * radius] = spinner(style, 3 * radius, radius, turn) / 255
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
