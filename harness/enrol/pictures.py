"""Pictures to look at: what is captured as JPEG or PNG, and whether two pictures differ."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.media import Frame, Plane

HD_FROM_LINES: Final = 577
"""Pictures of so many lines carry BT.709 colour."""
KR_KB: Final = {True: (0.2126, 0.0722), False: (0.299, 0.114)}
"""Weights of red and blue in luma: ITU-R BT.709, and BT.601."""

JPEG_QUALITY = 80
SMALL_PX: Final = (160, 90)
UNLIKE_CODES = 10
"""A cell of the small picture has changed from so many 8-bit codes on: above the noise of a card."""
UNLIKE_SHARE = 0.002
"""So much of the picture must change: a frame of focus around one small tile does."""


def jpeg(frame: Frame, width_px: int = 960) -> bytes:
    """Return a frame as JPEG, at most `width_px` wide."""
    return _encoded(".jpg", bgr(frame, width_px), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


def png(frame: Frame) -> bytes:
    """Return a frame as PNG in its own size."""
    return _encoded(".png", bgr(frame, frame.y.shape[1]), [])


def bgr(frame: Frame, width_px: int) -> NDArray[np.uint8]:
    """Return a frame in colour, shape (height, width, 3), blue first, at most `width_px` wide."""
    height, width = frame.y.shape
    wide = min(width, width_px)
    size = (wide, max(1, round(height * wide / width)))
    planes = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (frame.y, frame.u, frame.v)]
    return np.asarray(cv2.transform(cv2.merge(planes), _matrix(height >= HD_FROM_LINES)), dtype=np.uint8)


def small(frame: Frame) -> Plane:
    """Return a frame's luma as 160 x 90 cells."""
    return np.asarray(cv2.resize(frame.y, SMALL_PX, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def unlike(one: Plane, other: Plane) -> bool:
    """Return whether two small pictures differ by more than noise."""
    return float(np.mean(cv2.absdiff(one, other) >= UNLIKE_CODES)) >= UNLIKE_SHARE


def _matrix(hd: bool) -> NDArray[np.float64]:
    """Return what turns narrow-range YUV with a 1 behind it into full-range BGR."""
    red, blue = KR_KB[hd]
    green = 1 - red - blue
    luma, chroma = 255 / 219, 255 / 112
    u = np.array([(1 - blue), -blue * (1 - blue) / green, 0.0]) * chroma
    v = np.array([0.0, -red * (1 - red) / green, (1 - red)]) * chroma
    offset = -16 * luma - 128 * (u + v)
    return np.column_stack([np.full(3, luma), u, v, offset])


def _encoded(suffix: str, picture: NDArray[np.uint8], options: list[int]) -> bytes:
    done, data = cv2.imencode(suffix, picture, options)
    if not done:
        raise ValueError(f"cv2 cannot write {suffix}")
    return bytes(data)
