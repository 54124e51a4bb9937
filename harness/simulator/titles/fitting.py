"""Brings decoded frames to the output's size and colours: BT.709, narrow range, bars where shapes differ."""

from fractions import Fraction
from typing import Any

import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from harness.impair.base import Picture
from harness.media import Plane, VideoFormat

_HD_HEIGHT_PX = 720
"""A file that does not say: BT.709 from this height on, BT.601 below, as players assume."""


class Fitting:
    """Scales frames for one output mode; keeps the scaler between frames."""

    def __init__(self, video: VideoFormat) -> None:
        self.video = video
        self._reformatter = VideoReformatter()

    def picture(self, frame: Any) -> Picture:
        """Return a decoded frame (PyAV) as contiguous planes of the output's size."""
        width, height = self._inside(frame)
        fitted = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="yuv420p",
            src_colorspace=_colorspace(frame),
            dst_colorspace=Colorspace.ITU709,
            src_color_range=_range(frame),
            dst_color_range=ColorRange.MPEG,
            interpolation="BICUBIC",
        )
        y, u, v = (_plane(plane) for plane in fitted.planes)
        if (width, height) == (self.video.width_px, self.video.height_px):
            return y, u, v
        return self._framed(y, 16, 1), self._framed(u, 128, 2), self._framed(v, 128, 2)

    def _inside(self, frame: Any) -> tuple[int, int]:
        """Return the largest even size of the frame's shape that the output holds."""
        pixel = frame.sample_aspect_ratio if hasattr(frame, "sample_aspect_ratio") else None
        shape = Fraction(frame.width, frame.height) * (pixel or 1)
        width = min(self.video.width_px, round(self.video.height_px * shape / 2) * 2)
        height = min(self.video.height_px, round(width / shape / 2) * 2)
        return max(2, width), max(2, height)

    def _framed(self, plane: Plane, fill: int, divisor: int) -> Plane:
        framed = np.full((self.video.height_px // divisor, self.video.width_px // divisor), fill, np.uint8)
        top = (framed.shape[0] - plane.shape[0]) // 2
        left = (framed.shape[1] - plane.shape[1]) // 2
        framed[top : top + plane.shape[0], left : left + plane.shape[1]] = plane
        return framed


def _plane(plane: Any) -> Plane:
    lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(lines[: plane.height, : plane.width])


def _colorspace(frame: Any) -> Colorspace:
    if frame.colorspace in (5, 6, 7):
        return Colorspace.ITU601
    if frame.colorspace == 1 or frame.height >= _HD_HEIGHT_PX:
        return Colorspace.ITU709
    return Colorspace.ITU601


def _range(frame: Any) -> ColorRange:
    full = frame.color_range == 2 or frame.format.name.startswith(("yuvj", "rgb", "bgr", "gbr"))
    return ColorRange.JPEG if full else ColorRange.MPEG
