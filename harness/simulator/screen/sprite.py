"""A small drawing that is laid over a picture, so that no frame needs to be drawn whole."""

import numpy as np
from PIL import Image

from harness.impair.base import Picture
from harness.media import Plane
from harness.simulator.screen.canvas import to_picture


class Sprite:
    """Planes with their transparency, ready to be laid over others.

    Parameters
    ----------
    image : RGBA image; odd sides are cut by a pixel
    left_px, top_px : where it goes by default; made even, because chroma has half the pixels

    """

    def __init__(self, image: Image.Image, left_px: int = 0, top_px: int = 0) -> None:
        image = image.convert("RGBA").crop((0, 0, image.width & ~1, image.height & ~1))
        self.left_px, self.top_px = left_px & ~1, top_px & ~1
        alpha = np.asarray(image.getchannel("A"))
        small = np.asarray(image.getchannel("A").reduce(2))
        self._solid = bool(alpha.min() == 255)
        self._planes = to_picture(image)
        shares = (alpha, small, small)
        self.width_px = image.width
        self._light = [
            plane.astype(np.uint16) * share for plane, share in zip(self._planes, shares, strict=True)
        ]
        self._kept = [255 - share.astype(np.uint16) for share in shares]

    def onto(self, picture: Picture, left_px: int | None = None, top_px: int | None = None) -> None:
        """Lay it over a picture, in place; what hangs over the frame's edge is cut."""
        left = self.left_px if left_px is None else left_px & ~1
        top = self.top_px if top_px is None else top_px & ~1
        for number, plane in enumerate(picture):
            half = 2 if number else 1
            self._lay(number, plane, left // half, top // half)

    def _lay(self, number: int, plane: Plane, left: int, top: int) -> None:
        height, width = self._planes[number].shape
        rows = slice(max(0, -top), min(height, plane.shape[0] - top))
        columns = slice(max(0, -left), min(width, plane.shape[1] - left))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        part = (rows, columns)
        under = plane[top + rows.start : top + rows.stop, left + columns.start : left + columns.stop]
        if self._solid:
            under[...] = self._planes[number][part]
        else:
            under[...] = (under * self._kept[number][part] + self._light[number][part] + 127) // 255


def copied(picture: Picture) -> Picture:
    """Return planes that may be written to."""
    y, u, v = picture
    return y.copy(), u.copy(), v.copy()
