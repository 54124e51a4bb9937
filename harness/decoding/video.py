"""One stream of pictures out of a media file, as frames in 8-bit 4:2:0, narrow range."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from av.video.reformatter import ColorRange

from harness.decoding.container import LARGEST_SIDE_PX, Damage, frames
from harness.decoding.times import FrameTimes
from harness.media import Frame, Plane, VideoFormat

Stamped = tuple[int | None, tuple[Plane, Plane, Plane]]
UNKNOWN_FPS = Fraction(25)
FULL_RANGE = int(ColorRange.JPEG)
BT709_FROM_PX = 576
"""Pictures higher than this carry BT.709 colour, others BT.601, when they are made from RGB."""


class VideoStream:
    """Decodes the pictures of one container, in order of time.

    Parameters
    ----------
    container, stream
        As opened by PyAV; nothing else reads from them.
    zero_s : Fraction
        The stamp that becomes 0 ns.
    damage : Damage
        Where what could not be decoded is counted.

    """

    def __init__(self, container: Any, stream: Any, zero_s: Fraction, damage: Damage) -> None:
        self._damage = damage
        self._pictures = self._decode(container, stream)
        self._times = FrameTimes(stream.time_base, rate(stream), zero_s)
        self._first = next(self._pictures, None)
        self.format: VideoFormat | None = None
        if self._first is not None:
            height, width = self._first[1][0].shape
            self.format = VideoFormat(width, height, rate(stream))

    def frames(self) -> Iterator[Frame]:
        """Yield the frames with their times; to be called once, and not after `pictures`."""
        for index, (pts, planes) in enumerate(self.pictures()):
            yield Frame(self._times.place(pts), index, *planes)

    def pictures(self) -> Iterator[Stamped]:
        """Yield the stamp, in the stream's time base, and the planes of each picture; to be called once."""
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._pictures

    def _decode(self, container: Any, stream: Any) -> Iterator[Stamped]:
        size: tuple[int, int] | None = None
        if not _possible(stream.codec_context, self._damage):
            return
        for picture in frames(container, stream, self._damage):
            if not _possible(picture, self._damage):
                continue
            size = size or (picture.width, picture.height)
            try:
                yield picture.pts, planes(picture, *size)
            except (OSError, ValueError) as error:
                self._damage.note(error)


def _possible(sized: Any, damage: Damage) -> bool:
    if max(sized.width, sized.height) <= LARGEST_SIDE_PX:
        return True
    damage.note(f"a picture of {sized.width} x {sized.height} pixels, more than {LARGEST_SIDE_PX}")
    return False


def rate(stream: Any) -> Fraction:
    """Return the nominal frame rate of a stream; 25 where it tells none that is possible."""
    for value in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if value and Fraction(1, 10) <= value <= 1000:
            return _standard(Fraction(value))
    return UNKNOWN_FPS


def _standard(fps: Fraction) -> Fraction:
    """Undo a container's rounding: Matroska says 19001/317 for 60000/1001."""
    for standard in (Fraction(round(fps)), Fraction(round(fps * 1001 / 1000) * 1000, 1001)):
        if abs(fps - standard) <= standard / 100_000:
            return standard
    return fps


def planes(picture: Any, width_px: int, height_px: int) -> tuple[Plane, Plane, Plane]:
    """Return y, u, v of a decoded picture, scaled if it has another size; views wherever possible."""
    full_range = picture.color_range == FULL_RANGE or picture.format.name.startswith("yuvj")
    same_size = (picture.width, picture.height) == (width_px, height_px)
    if full_range or not same_size or picture.format.name != "yuv420p":
        picture = _convert(picture, width_px, height_px, full_range)
    y, u, v = (_view(plane) for plane in picture.planes)
    turns = round((picture.rotation or 0) / 90) % 4
    if turns:
        y, u, v = (np.ascontiguousarray(np.rot90(plane, turns)) for plane in (y, u, v))
    return y, u, v


def _convert(picture: Any, width_px: int, height_px: int, full_range: bool) -> Any:
    rotation = picture.rotation
    colour: dict[str, Any] = {}
    if full_range:
        colour["src_color_range"] = ColorRange.JPEG
    if picture.format.is_rgb:
        colour["dst_colorspace"] = "ITU709" if height_px > BT709_FROM_PX else "ITU601"
    converted = picture.reformat(
        width_px, height_px, "yuv420p", dst_color_range=ColorRange.MPEG, interpolation="AREA", **colour
    )
    return converted if rotation == converted.rotation else _Turned(converted.planes, rotation)


class _Turned:
    """A converted picture that lost the note of how it is to be turned."""

    def __init__(self, planes: Any, rotation: int) -> None:
        self.planes = planes
        self.rotation = rotation


def _view(plane: Any) -> Plane:
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
