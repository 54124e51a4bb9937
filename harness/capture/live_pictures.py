"""The pictures of a live stream: decoded, counted, and only those that arrived whole."""

from collections import deque
from fractions import Fraction
from statistics import median
from typing import Any

import av.error

from harness.clock import NS_PER_S
from harness.decoding.container import LARGEST_SIDE_PX
from harness.decoding.video import planes
from harness.errors import RigError
from harness.media import Captured, Frame, Gap, VideoFormat

LOST = "the network lost packets"
UNKEYED_S = 10
"""A stream without key frames for so long refreshes its picture bit by bit: it is taken as it is."""

MEASURED = 24
"""So many steps between pictures tell the rate."""

RATES = tuple(Fraction(n) / d for n in (24, 25, 30, 48, 50, 60, 100, 120) for d in (1, Fraction(1001, 1000)))
NEAR = 0.02

Stamped = tuple[int, Any]


class LivePictures:
    """Decodes one stream of pictures at a time; `uri` is what error messages name."""

    def __init__(self, uri: str) -> None:
        self.stream: Any = None
        self._uri = uri
        self._steps_ns: deque[int] = deque(maxlen=MEASURED)
        self._stamp_ns: int | None = None
        self._size_px = (0, 0)
        self._format: VideoFormat | None = None
        self._damaged_s: float | None = 0.0
        """When damage began, in the stream's time; None while all is well."""
        self._reason = LOST
        self._index = 0
        self._last_ns: int | None = None

    def begin(self, stream: Any) -> None:
        """Decode this stream from now on, from its first key frame."""
        self.stream, self._damaged_s = stream, 0.0

    def decode(self, packet: Any) -> list[Stamped]:
        """Return what is whole, each with its stamp in ns; raises RigError for what cannot be captured."""
        if not self._whole(packet):
            return []
        try:
            decoded = self.stream.codec_context.decode(packet)
        except (av.error.FFmpegError, OSError, ValueError):
            self._damaged_s = _seconds(packet)
            return []
        stamped = [(round(one.pts * one.time_base * NS_PER_S), one) for one in decoded if one.pts is not None]
        for stamp_ns, picture in stamped:
            self._require(picture)
            self._size_px = (picture.width, picture.height)
            if self._stamp_ns is not None:
                self._steps_ns.append(stamp_ns - self._stamp_ns)
            self._stamp_ns = stamp_ns
        return stamped

    def format(self) -> VideoFormat | None:
        """Return the format once it is known: the size, and the rate by the steps of the stamps."""
        if len(self._steps_ns) < MEASURED:
            return None
        self._format = VideoFormat(*self._size_px, rate_of(list(self._steps_ns)))
        return self._format

    def changed(self) -> bool:
        """Return whether the last pictures have another size or rate than the format says."""
        if self._format is None:
            return False
        if self._size_px != (self._format.width_px, self._format.height_px):
            return True
        step_ns, period_ns = median(self._steps_ns), NS_PER_S / self._format.fps
        return len(self._steps_ns) == MEASURED and abs(step_ns / period_ns - 1) > NEAR

    def again(self, reason: str) -> None:
        """Learn the format anew; `reason` is why pictures are missing until it is known."""
        self._steps_ns.clear()
        self._stamp_ns, self._format = None, None
        self._reason = reason

    def place(self, t_ns: int, picture: Any) -> list[Captured]:
        """Return the frame at its time, and before it what is missing."""
        if self._format is None:
            return []
        period_ns = NS_PER_S / self._format.fps
        items: list[Captured] = []
        if self._last_ns is not None:
            if t_ns <= self._last_ns:
                return []
            steps = max(1, round((t_ns - self._last_ns) / period_ns))
            self._index += steps
            if steps > 1 or self._reason != LOST:
                items.append(Gap(round(self._last_ns + period_ns), t_ns, "video", self._reason))
        self._reason, self._last_ns = LOST, t_ns
        return [*items, Frame(t_ns, self._index, *planes(picture, picture.width, picture.height))]

    def _whole(self, packet: Any) -> bool:
        if packet.is_corrupt:
            self._damaged_s = _seconds(packet)
            return False
        if self._damaged_s is None:
            return True
        if packet.is_keyframe or abs(_seconds(packet) - self._damaged_s) > UNKEYED_S:
            self._damaged_s = None
            return True
        return False

    def _require(self, picture: Any) -> None:
        if picture.interlaced_frame:
            raise RigError(f"{self._uri}: the picture is interlaced; set the encoder to progressive")
        if max(picture.width, picture.height) > LARGEST_SIDE_PX:
            raise RigError(
                f"{self._uri}: pictures of {picture.width} x {picture.height}; {LARGEST_SIDE_PX} is the most"
            )


def rate_of(steps_ns: list[int]) -> Fraction:
    """Return the rate of pictures that come at such steps: a standard one if it is near.

    Steps that are not near the usual one (a picture was lost) do not count; the others' mean undoes the
    rounding of the stamps.
    """
    usual_ns = median(steps_ns)
    near = [step_ns for step_ns in steps_ns if abs(step_ns - usual_ns) < usual_ns / 4]
    fps = Fraction(NS_PER_S * len(near), max(1, sum(near)))
    standard = min(RATES, key=lambda rate: abs(rate - fps))
    return standard if abs(standard / fps - 1) < NEAR else fps.limit_denominator(1001)


def _seconds(packet: Any) -> float:
    stamp = packet.pts if packet.pts is not None else packet.dts
    return float((stamp or 0) * packet.time_base)
