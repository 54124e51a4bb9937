"""Drawing for a television screen: type, gradients, rounded cards, and the way into broadcast planes."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from PIL import Image, ImageDraw

from harness.impair.base import Picture
from harness.media import Plane
from harness.simulator.screen.typeface import set_in

Colour = tuple[int, int, int]
INK: Final[Colour] = (240, 243, 250)
MUTED: Final[Colour] = (152, 163, 190)
ACCENT: Final[Colour] = (92, 200, 250)
TOP: Final[Colour] = (24, 30, 58)
BOTTOM: Final[Colour] = (10, 12, 24)
CARD: Final[Colour] = (40, 48, 84)
SMOOTH: Final = 4
"""Shapes are drawn this many times larger and scaled down, so that their edges are smooth."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in units of a 1280x720 screen."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """An RGB image that is drawn on in units of a 1280x720 screen, whatever its size."""

    image: Image.Image

    @classmethod
    def gradient(cls, width_px: int, height_px: int, top: Colour = TOP, bottom: Colour = BOTTOM) -> "Canvas":
        """Return a canvas that runs from one colour at the top to another at the bottom."""
        share = np.linspace(0, 1, height_px)[:, None, None]
        column = np.asarray(top) * (1 - share) + np.asarray(bottom) * share
        pixels = np.broadcast_to(np.rint(column), (height_px, width_px, 3)).astype(np.uint8)
        return cls(Image.fromarray(pixels))

    @property
    def scale(self) -> float:
        """Return pixels for each unit."""
        return self.image.height / 720

    def px(self, value: float) -> int:
        """Return a length in pixels."""
        return round(value * self.scale)

    def card(self, box: Box, colour: Colour, radius: float = 18, alpha: int = 255) -> None:
        """Draw a filled rounded rectangle."""
        mask = self._rounded(box, radius, width=0)
        self._through(mask, box, colour, alpha)

    def ring(self, box: Box, colour: Colour, radius: float = 18, width: float = 5) -> None:
        """Draw the outline of a rounded rectangle."""
        self._through(self._rounded(box, radius, width), box, colour, 255)

    def picture(self, box: Box, image: Image.Image, radius: float = 18) -> None:
        """Put an image into a rounded rectangle."""
        left, top, right, bottom = (self.px(value) for value in box)
        fitted = image.resize((right - left, bottom - top), Image.Resampling.LANCZOS)
        self.image.paste(fitted, (left, top), self._rounded(box, radius, width=0))

    def disc(self, centre: tuple[float, float], radius: float, colour: Colour, alpha: int = 255) -> None:
        """Draw a filled circle."""
        box = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
        self.card(box, colour, radius, alpha)

    def shape(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """Draw a filled polygon with smooth edges."""
        xs, ys = zip(*points, strict=True)
        box = (min(xs), min(ys), max(xs), max(ys))
        left, top, right, bottom = (self.px(value) for value in box)
        mask = Image.new("L", ((right - left + 1) * SMOOTH, (bottom - top + 1) * SMOOTH))
        scaled = [((x - box[0]) * self.scale * SMOOTH, (y - box[1]) * self.scale * SMOOTH) for x, y in points]
        ImageDraw.Draw(mask).polygon(scaled, fill=255)
        mask = mask.resize((right - left + 1, bottom - top + 1), Image.Resampling.BOX)
        self.image.paste(colour, (left, top, left + mask.width, top + mask.height), mask)

    def text(
        self, at: tuple[float, float], words: str, size: float, colour: Colour = INK, anchor: str = "la"
    ) -> None:
        """Write one line; `anchor` is Pillow's: `la` left and top, `mm` middle."""
        place = (self.px(at[0]), self.px(at[1]))
        words, font = set_in(words, self.px(size))
        ImageDraw.Draw(self.image).text(place, words, fill=colour, font=font, anchor=anchor)

    def width_of(self, words: str, size: float) -> float:
        """Return how wide a line would be, in units."""
        words, font = set_in(words, self.px(size))
        return font.getlength(words) / self.scale

    def fitted(self, words: str, size: float, width: float) -> str:
        """Return a line, cut with an ellipsis where it is wider than `width` units."""
        if self.width_of(words, size) <= width:
            return words
        while words and self.width_of(words + "...", size) > width:
            words = words[:-1]
        return words.rstrip() + "..."

    def _rounded(self, box: Box, radius: float, width: float) -> Image.Image:
        left, top, right, bottom = (self.px(value) for value in box)
        size = ((right - left) * SMOOTH, (bottom - top) * SMOOTH)
        mask = Image.new("L", size)
        corner, line = self.px(radius * SMOOTH), self.px(width * SMOOTH)
        area = (0, 0, size[0] - 1, size[1] - 1)
        draw = ImageDraw.Draw(mask)
        if width:
            draw.rounded_rectangle(area, corner, outline=255, width=line)
        else:
            draw.rounded_rectangle(area, corner, fill=255)
        return mask.resize((right - left, bottom - top), Image.Resampling.BOX)

    def _through(self, mask: Image.Image, box: Box, colour: Colour, alpha: int) -> None:
        if alpha < 255:
            mask = mask.point([value * alpha // 255 for value in range(256)])
        left, top = self.px(box[0]), self.px(box[1])
        self.image.paste(colour, (left, top, left + mask.width, top + mask.height), mask)


def to_picture(image: Image.Image) -> Picture:
    """Return an RGB image of even size as planes: BT.709, narrow range, 4:2:0."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(np.asarray(image.convert("RGB"))), format="rgb24")
    planes = VideoReformatter().reformat(
        frame,
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation="BICUBIC",
    )
    y, u, v = (_plane(plane) for plane in planes.planes)
    return y, u, v


def to_image(picture: Picture) -> Image.Image:
    """Return planes as an RGB image."""
    y, u, v = picture
    height, width = y.shape
    frame = av.VideoFrame.from_ndarray(
        np.concatenate([plane.reshape(-1) for plane in (y, u, v)]).reshape(height * 3 // 2, width),
        format="yuv420p",
    )
    rgb = VideoReformatter().reformat(
        frame,
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return Image.fromarray(rgb.to_ndarray())


def _plane(plane: av.video.plane.VideoPlane) -> Plane:
    lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(lines[: plane.height, : plane.width])


def dimmed(picture: Picture, share: float | Fraction) -> Picture:
    """Return a picture with its light and its colour reduced to a share."""
    part = float(share)
    y = np.clip((picture[0].astype(np.float32) - 16) * part + 16, 16, 235).astype(np.uint8)
    u, v = ((((plane.astype(np.float32) - 128) * part) + 128).astype(np.uint8) for plane in picture[1:])
    return y, u, v
