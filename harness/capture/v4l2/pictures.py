"""From what a card writes into its buffers to planes in 8-bit 4:2:0, narrow range."""

from collections.abc import Callable
from typing import Any

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from harness.capture.v4l2 import kernel
from harness.decoding.video import planes
from harness.media import Plane

END_OF_IMAGE = b"\xff\xd9"
TAIL_BYTES = 1024
"""Some cards fill their pictures up; the end is before that."""

Picture = tuple[Plane, Plane, Plane]
Bytes = NDArray[np.uint8]


class Damaged(ValueError):
    """A buffer holds no whole picture."""


def unpacker(layout: kernel.PixFormat) -> Callable[[Bytes], Picture]:
    """Return what turns the bytes of a buffer into y, u and v, copied out of it; it raises Damaged."""
    name = kernel.name_of(layout.pixelformat)
    if name == "MJPG":
        return _Jpegs(layout.width, layout.height)
    return _Raw(layout, READERS[name])


class _Raw:
    """Reads pictures that were not compressed."""

    def __init__(self, layout: kernel.PixFormat, reader: "Reader") -> None:
        self._read = reader
        self._size = layout.height, layout.width, layout.bytesperline
        default = layout.quantization not in (kernel.FULL_RANGE, kernel.LIMITED_RANGE)
        full = layout.quantization == kernel.FULL_RANGE or (
            default and layout.colorspace == kernel.COLORSPACE_JPEG
        )
        self._tables = _narrowing() if full else None

    def __call__(self, data: Bytes) -> Picture:
        try:
            y, u, v = self._read(data, *self._size)
        except ValueError:
            raise Damaged(f"{len(data)} bytes are too few for a picture") from None
        if self._tables is None:
            return y, u, v
        luma, chroma = self._tables
        return _plane(cv2.LUT(y, luma)), _plane(cv2.LUT(u, chroma)), _plane(cv2.LUT(v, chroma))


class _Jpegs:
    """Decodes JPEG pictures, those of USB cards that leave out what every decoder knows too."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._size = width_px, height_px
        self._decoder: Any = av.CodecContext.create("mjpeg", "r")
        self._decoder.thread_count = 1
        self._ends = False

    def __call__(self, data: Bytes) -> Picture:
        # A decoder makes a picture even of a part of one.
        ended = END_OF_IMAGE in data[-TAIL_BYTES:].tobytes()
        if self._ends and not ended:
            raise Damaged("a JPEG picture without its end")
        self._ends = ended
        try:
            decoded = self._decoder.decode(av.Packet(data.tobytes()))
        except (av.error.FFmpegError, ValueError) as error:
            raise Damaged(f"not a whole JPEG picture ({error})") from None
        if not decoded or decoded[-1].is_corrupt:
            raise Damaged("not a whole JPEG picture")
        return planes(decoded[-1], *self._size)


Reader = Callable[[Bytes, int, int, int], Picture]


def _yuyv(data: Bytes, height: int, width: int, stride: int) -> Picture:
    return _interleaved(data, height, width, stride, luma=0)


def _uyvy(data: Bytes, height: int, width: int, stride: int) -> Picture:
    return _interleaved(data, height, width, stride, luma=1)


def _interleaved(data: Bytes, height: int, width: int, stride: int, *, luma: int) -> Picture:
    """Read 4:2:2; the chroma of two rows becomes that of one."""
    stride = max(stride, 2 * width)
    pixels = data[: height * stride].reshape(height, stride)[:, : 2 * width].reshape(height, width, 2)
    chroma = cv2.extractChannel(pixels, 1 - luma)
    above, below = chroma[0::2], chroma[1::2]
    if height % 2:
        below = np.vstack([below, above[-1:]])
    mean = cv2.addWeighted(above, 0.5, below, 0.5, 0).reshape(len(above), width // 2, 2)
    return _channel(pixels, luma), _channel(mean, 0), _channel(mean, 1)


def _nv12(data: Bytes, height: int, width: int, stride: int) -> Picture:
    stride, rows = max(stride, width), (height + 1) // 2
    lines = data[: (height + rows) * stride].reshape(height + rows, stride)[:, :width]
    pairs = np.ascontiguousarray(lines[height:]).reshape(rows, width // 2, 2)
    return lines[:height].copy(), _channel(pairs, 0), _channel(pairs, 1)


def _yu12(data: Bytes, height: int, width: int, stride: int) -> Picture:
    stride, rows, columns = max(stride, width), (height + 1) // 2, (width + 1) // 2
    luma, half = height * stride, rows * (stride // 2)
    y = data[:luma].reshape(height, stride)[:, :width].copy()
    u, v = (
        data[start : start + half].reshape(rows, stride // 2)[:, :columns].copy()
        for start in (luma, luma + half)
    )
    return y, u, v


READERS: dict[str, Reader] = {"YUYV": _yuyv, "UYVY": _uyvy, "NV12": _nv12, "YU12": _yu12}


def _narrowing() -> tuple[Plane, Plane]:
    """Return what each code of luma, and of chroma, in full range is in narrow range."""
    codes = np.arange(256)
    luma = np.rint(16 + codes * 219 / 255).astype(np.uint8)
    chroma = np.rint(128 + (codes - 128) * 224 / 255).astype(np.uint8)
    return luma, chroma


def _channel(pixels: Bytes, number: int) -> Plane:
    return _plane(cv2.extractChannel(pixels, number))


def _plane(array: Any) -> Plane:
    return np.asarray(array, np.uint8)
