"""A real H.264 stream with damaged bytes: codes each picture, damages the slices, and decodes them."""

from fractions import Fraction
from typing import Any, Final

import av
import cv2
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray

from harness.impair.base import Picture
from harness.media import Plane

VISIBLE_CODES: Final = 8
"""A pixel that is off by more than this, in 8-bit code values, is visibly damaged."""

LEAST_SHARE: Final = 0.0008
"""Damage of less of the picture than this cannot be seen: the frame counts as clean."""

CELL_PX: Final = 16
CELL_CODES: Final = 1.5
"""A macroblock is shown as it was decoded from here on, mean code values; others as they came in."""

LONGEST_FRAMES: Final = 25
"""A keyframe ends the damage after so many frames at the latest."""

AGAIN_FRAMES: Final = (2, 7)
"""While packets are lost, the next loss comes after so many frames."""

START_CODE: Final = b"\x00\x00\x01"
SLICES: Final = (1, 5)
"""NAL unit types of coded slices."""


class BrokenStream:
    """Shows pictures as a decoder does that gets a damaged stream.

    Parameters
    ----------
    shape : (int, int)
        Height and width of the luma in px.
    share : (float, float)
        The least and the most of the picture that shall be visibly damaged: bytes are damaged while it
        is less; a keyframe mends the picture when it is more.
    random : numpy Generator
        Decides where.
    conceals : bool
        Whether the decoder hides what it lost, as far as it can.

    """

    def __init__(
        self,
        shape: tuple[int, ...],
        share: tuple[float, float],
        random: np.random.Generator,
        *,
        conceals: bool,
    ) -> None:
        self._height, self._width = (max(16, side // 2 * 2) for side in shape)
        self._share, self._random = share, random
        self._coder = _coder(self._height, self._width)
        self._clean, self._broken = _decoder(conceals=True), _decoder(conceals=conceals)
        self._damaged = 0.0
        self._since_key = 0
        self._until_loss = 0
        self._last: Picture | None = None

    def show(self, picture: Picture) -> Picture | None:
        """Return the picture as the damaged stream shows it, or None if nobody could see a difference."""
        key = self._damaged > self._share[1] or self._since_key >= LONGEST_FRAMES
        self._since_key = 0 if key else self._since_key + 1
        data = self._code(picture, key)
        self._until_loss -= 1
        damages = self._until_loss <= 0 or (not key and self._damaged < self._share[0])
        if damages:
            self._until_loss = int(self._random.integers(*AGAIN_FRAMES))
        clean = _decode(self._clean, data)
        broken = _decode(self._broken, self._damage(data, key) if damages else data) or self._last
        self._last = broken
        if clean is None or broken is None:
            return None
        difference = cv2.absdiff(clean[0], broken[0])
        off = cv2.threshold(difference, VISIBLE_CODES, 1, cv2.THRESH_BINARY)[1]
        self._damaged = cv2.countNonZero(off) / off.size
        return _merged(picture, broken, difference) if self._damaged >= LEAST_SHARE else None

    def _code(self, picture: Picture, key: bool) -> bytes:
        frame = av.VideoFrame(self._width, self._height, "yuv420p")
        for plane, values in zip(frame.planes, picture, strict=True):
            room = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
            fitting = values[: plane.height, : plane.width]
            room[: fitting.shape[0], : fitting.shape[1]] = fitting
        frame.pict_type = PictureType.I if key else PictureType.NONE
        return b"".join(bytes(packet) for packet in self._coder.encode(frame))

    def _damage(self, data: bytes, key: bool) -> bytes:
        """Return the data with a burst of wrong bytes in some of its slices."""
        units = data.split(START_CODE)
        slices = [number for number, unit in enumerate(units) if unit and unit[0] & 31 in SLICES]
        if not slices:
            return data
        wanted = np.mean(self._share) - self._damaged * (not key)
        hit = max(1, round(wanted * len(slices)))
        for number in self._random.choice(slices, min(hit, len(slices)), replace=False).tolist():
            unit = bytearray(units[number])
            # Behind the header of the slice; wrong bytes are not 0, so that no start code comes about.
            first = int(self._random.uniform(0.1, 0.7) * len(unit))
            burst = self._random.integers(1, 256, min(24, max(0, len(unit) - first - 4)), dtype=np.uint8)
            unit[first : first + len(burst)] = burst.tobytes()
            units[number] = bytes(unit)
        return START_CODE.join(units)


def _coder(height: int, width: int) -> Any:
    coder: Any = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
    coder.time_base = Fraction(1, 25)
    slices = max(1, min(height // 16, 34))
    coder.options = {
        "preset": "superfast",
        "tune": "zerolatency",
        "crf": "18",
        "forced-idr": "1",
        "x264-params": f"slices={slices}:keyint=infinite:scenecut=0:repeat-headers=1:threads=1",
    }
    return coder


def _decoder(*, conceals: bool) -> Any:
    decoder: Any = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    decoder.options = {"flags": "+low_delay+output_corrupt"} | ({} if conceals else {"ec": "0"})
    return decoder


def _decode(decoder: Any, data: bytes) -> Picture | None:
    try:
        frames = decoder.decode(av.Packet(data))
    except av.error.FFmpegError:
        return None
    if not frames:
        return None
    y, u, v = (
        np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width].copy()
        for plane in frames[-1].planes
    )
    return y, u, v


def _merged(picture: Picture, broken: Picture, difference: Plane) -> Picture:
    """Return the picture, but damaged macroblocks as decoded: coding alone shall change nothing."""
    height, width = difference.shape
    cells = (-(-width // CELL_PX), -(-height // CELL_PX))
    padded = cv2.copyMakeBorder(
        difference, 0, cells[1] * CELL_PX - height, 0, cells[0] * CELL_PX - width, cv2.BORDER_CONSTANT
    )
    means = cv2.resize(padded.astype(np.float32), cells, interpolation=cv2.INTER_AREA)
    damaged: NDArray[np.uint8] = np.where(means > CELL_CODES, 255, 0).astype(np.uint8)
    planes = []
    for plane, decoded, side in zip(picture, broken, (CELL_PX, CELL_PX // 2, CELL_PX // 2), strict=True):
        mask = cv2.resize(damaged, (cells[0] * side, cells[1] * side), interpolation=cv2.INTER_NEAREST)
        merged = np.array(plane)
        high, wide = (min(a, b) for a, b in zip(plane.shape, decoded.shape, strict=True))
        np.copyto(merged[:high, :wide], decoded[:high, :wide], where=mask[:high, :wide] > 0)
        planes.append(merged)
    return planes[0], planes[1], planes[2]
