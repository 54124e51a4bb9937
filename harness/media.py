"""What a capture delivers: frames, blocks of sound, gaps and signal changes, in order of time."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """The shape and the nominal rate of a stream of frames."""

    width_px: int
    height_px: int
    fps: Fraction


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """The rate and the number of channels of a stream of sound."""

    rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """What a source delivers; a missing half is `None`."""

    video: VideoFormat | None
    audio: AudioFormat | None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture in 8-bit 4:2:0, narrow range (black 16, white 235).

    Parameters
    ----------
    t_ns : int
        When its scan-out began, on the rig's monotonic clock (or since the start of a file).
    index : int
        The source's own count; a jump means that the capture lost frames.
    y : uint8 array, shape (height, width)
    u, v : uint8 arrays, shape (ceil(height / 2), ceil(width / 2))
        Views that may be strided; never write to them.
    """

    t_ns: int
    index: int
    y: Plane
    u: Plane
    v: Plane


@dataclass(frozen=True, slots=True, eq=False)
class AudioBlock:
    """Consecutive samples of sound.

    Parameters
    ----------
    t_ns : int
        When the first sample was heard, on the clock of the frames.
    first_sample : int
        Index of the first sample since the stream began.
    samples : float32 array, shape (samples, channels), range -1..1
        16-bit capture is delivered as code / 32768, so that nothing is lost by recording it.
    """

    t_ns: int
    first_sample: int
    samples: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Gap:
    """What the rig lost, never a defect of the device. Times in ns, `[start, end)`."""

    start_ns: int
    end_ns: int
    medium: Literal["video", "audio"]
    reason: str


@dataclass(frozen=True, slots=True)
class SignalEvent:
    """The signal came, went, or changed its format (`format` is set when it came or changed)."""

    t_ns: int
    kind: Literal["signal_lost", "signal_back", "format_changed"]
    format: StreamFormat | None = None


RigEventKind = Literal[
    "unplugged", "plugged_in", "overflow", "clock", "protected", "out_of_range", "restarted"
]


@dataclass(frozen=True, slots=True)
class RigEvent:
    """Something happened to what we test with, never to the device.

    `kind`: the capture was unplugged or came back, a queue of its driver ran over, its clock was measured
    or jumped, its input is protected (HDCP) or beyond what it can capture, it or a sender began anew.
    `detail` says it in one line to a technician; what was lost meanwhile is a `Gap` of its own.
    """

    t_ns: int
    kind: RigEventKind
    detail: str = ""


Captured = Frame | AudioBlock | Gap | SignalEvent | RigEvent
"""Anything a capture source or a recording yields, in order of time."""
