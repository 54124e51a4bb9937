"""What Linux's video4linux2 interface passes between a program and a driver: numbers and structures.

Names and layouts are those of `linux/videodev2.h`, where they never change. Wrappers in Python exist, but
under licences that are stricter than ours.
"""

import ctypes
from ctypes import Structure, Union, c_char, c_int, c_long, c_uint8, c_uint32, c_uint64
from typing import ClassVar

Fields = list[tuple[str, type]]

CAPTURE = 1
"""The kind of buffer, V4L2_BUF_TYPE_VIDEO_CAPTURE."""
MMAP = 1
FIELD_ANY, FIELD_NONE, FIELD_INTERLACED, FIELD_ALTERNATE = 0, 1, 4, 7

CAP_VIDEO_CAPTURE, CAP_CAPTURE_MPLANE = 0x1, 0x1000
CAP_STREAMING, CAP_DEVICE_CAPS = 0x0400_0000, 0x8000_0000
CAP_TIMEPERFRAME = 0x1000
INPUT_HAS_TIMINGS = 0x2
INPUT_NO_POWER, INPUT_NO_SIGNAL, INPUT_NO_SYNC, INPUT_NO_ACCESS = 0x1, 0x2, 0x1_0000, 0x0200_0000

BUFFER_ERROR = 0x40
CLOCK_MASK, CLOCK_MONOTONIC = 0xE000, 0x2000
STAMPED_MASK, STAMPED_AT_START = 0x7_0000, 0x1_0000

EVENT_SOURCE_CHANGE = 5
REDUCED_FPS = 0x4
"""A flag of the timings: the pixel clock is 1/1.001 of what it says."""

COLORSPACE_JPEG, FULL_RANGE, LIMITED_RANGE = 7, 1, 2
DISCRETE = 1


class Capability(Structure):
    """struct v4l2_capability."""

    _fields_: ClassVar[Fields] = [
        ("driver", c_char * 16),
        ("card", c_char * 32),
        ("bus_info", c_char * 32),
        ("version", c_uint32),
        ("capabilities", c_uint32),
        ("device_caps", c_uint32),
        ("reserved", c_uint32 * 3),
    ]


class Input(Structure):
    """struct v4l2_input."""

    _fields_: ClassVar[Fields] = [
        ("index", c_uint32),
        ("name", c_char * 32),
        ("type", c_uint32),
        ("audioset", c_uint32),
        ("tuner", c_uint32),
        ("std", c_uint64),
        ("status", c_uint32),
        ("capabilities", c_uint32),
        ("reserved", c_uint32 * 3),
    ]


class Described(Structure):
    """struct v4l2_fmtdesc: one pixel format that is offered."""

    _fields_: ClassVar[Fields] = [
        ("index", c_uint32),
        ("type", c_uint32),
        ("flags", c_uint32),
        ("description", c_char * 32),
        ("pixelformat", c_uint32),
        ("mbus_code", c_uint32),
        ("reserved", c_uint32 * 3),
    ]


class Fract(Structure):
    """struct v4l2_fract."""

    _fields_: ClassVar[Fields] = [("numerator", c_uint32), ("denominator", c_uint32)]


class FrameSize(Structure):
    """struct v4l2_frmsizeenum; `numbers` are width and height, or the steps from least to most."""

    _fields_: ClassVar[Fields] = [
        ("index", c_uint32),
        ("pixel_format", c_uint32),
        ("type", c_uint32),
        ("numbers", c_uint32 * 6),
        ("reserved", c_uint32 * 2),
    ]


class FrameInterval(Structure):
    """struct v4l2_frmivalenum; `intervals` are one, or the least, the most and the step."""

    _fields_: ClassVar[Fields] = [
        ("index", c_uint32),
        ("pixel_format", c_uint32),
        ("width", c_uint32),
        ("height", c_uint32),
        ("type", c_uint32),
        ("intervals", Fract * 3),
        ("reserved", c_uint32 * 2),
    ]


class PixFormat(Structure):
    """struct v4l2_pix_format."""

    _fields_: ClassVar[Fields] = [
        ("width", c_uint32),
        ("height", c_uint32),
        ("pixelformat", c_uint32),
        ("field", c_uint32),
        ("bytesperline", c_uint32),
        ("sizeimage", c_uint32),
        ("colorspace", c_uint32),
        ("priv", c_uint32),
        ("flags", c_uint32),
        ("ycbcr_enc", c_uint32),
        ("quantization", c_uint32),
        ("xfer_func", c_uint32),
    ]


class _FormatUnion(Union):
    # The pointer inside some members gives the union its alignment.
    _fields_: ClassVar[Fields] = [("pix", PixFormat), ("raw", c_uint8 * 200), ("align", c_long)]


class Format(Structure):
    """struct v4l2_format."""

    _fields_: ClassVar[Fields] = [("type", c_uint32), ("fmt", _FormatUnion)]


class _CaptureParm(Structure):
    _fields_: ClassVar[Fields] = [
        ("capability", c_uint32),
        ("capturemode", c_uint32),
        ("timeperframe", Fract),
        ("extendedmode", c_uint32),
        ("readbuffers", c_uint32),
        ("reserved", c_uint32 * 4),
    ]


class _ParmUnion(Union):
    _fields_: ClassVar[Fields] = [("capture", _CaptureParm), ("raw", c_uint8 * 200)]


class Parameters(Structure):
    """struct v4l2_streamparm."""

    _fields_: ClassVar[Fields] = [("type", c_uint32), ("parm", _ParmUnion)]


class Request(Structure):
    """struct v4l2_requestbuffers."""

    _fields_: ClassVar[Fields] = [
        ("count", c_uint32),
        ("type", c_uint32),
        ("memory", c_uint32),
        ("capabilities", c_uint32),
        ("reserved", c_uint32),
    ]


class _Time(Structure):
    _fields_: ClassVar[Fields] = [("seconds", c_long), ("fraction", c_long)]


class _Place(Union):
    _fields_: ClassVar[Fields] = [("offset", c_uint32), ("userptr", ctypes.c_ulong)]


class Buffer(Structure):
    """struct v4l2_buffer; the fraction of its time is in microseconds."""

    _fields_: ClassVar[Fields] = [
        ("index", c_uint32),
        ("type", c_uint32),
        ("bytesused", c_uint32),
        ("flags", c_uint32),
        ("field", c_uint32),
        ("timestamp", _Time),
        ("timecode", c_uint32 * 4),
        ("sequence", c_uint32),
        ("memory", c_uint32),
        ("m", _Place),
        ("length", c_uint32),
        ("reserved2", c_uint32),
        ("reserved", c_uint32),
    ]


class Timings(Structure):
    """struct v4l2_bt_timings."""

    _pack_ = 1
    _fields_: ClassVar[Fields] = [
        ("width", c_uint32),
        ("height", c_uint32),
        ("interlaced", c_uint32),
        ("polarities", c_uint32),
        ("pixelclock", c_uint64),
        ("hfrontporch", c_uint32),
        ("hsync", c_uint32),
        ("hbackporch", c_uint32),
        ("vfrontporch", c_uint32),
        ("vsync", c_uint32),
        ("vbackporch", c_uint32),
        ("il_vfrontporch", c_uint32),
        ("il_vsync", c_uint32),
        ("il_vbackporch", c_uint32),
        ("standards", c_uint32),
        ("flags", c_uint32),
        ("rest", c_uint32 * 14),
    ]


class DvTimings(Structure):
    """struct v4l2_dv_timings."""

    _pack_ = 1
    _fields_: ClassVar[Fields] = [("type", c_uint32), ("bt", Timings), ("reserved", c_uint32 * 1)]


class Event(Structure):
    """struct v4l2_event; the fraction of its time is in nanoseconds."""

    _fields_: ClassVar[Fields] = [
        ("type", c_uint32),
        ("data", c_uint64 * 8),
        ("pending", c_uint32),
        ("sequence", c_uint32),
        ("timestamp", _Time),
        ("id", c_uint32),
        ("reserved", c_uint32 * 8),
    ]


class Subscription(Structure):
    """struct v4l2_event_subscription."""

    _fields_: ClassVar[Fields] = [
        ("type", c_uint32),
        ("id", c_uint32),
        ("flags", c_uint32),
        ("reserved", c_uint32 * 5),
    ]


def _number(direction: int, number: int, kind: type) -> int:
    return direction << 30 | ctypes.sizeof(kind) << 16 | ord("V") << 8 | number


_IN, _OUT, _BOTH = 1, 2, 3

QUERYCAP = _number(_OUT, 0, Capability)
ENUM_FMT = _number(_BOTH, 2, Described)
G_FMT = _number(_BOTH, 4, Format)
S_FMT = _number(_BOTH, 5, Format)
REQBUFS = _number(_BOTH, 8, Request)
QUERYBUF = _number(_BOTH, 9, Buffer)
QBUF = _number(_BOTH, 15, Buffer)
DQBUF = _number(_BOTH, 17, Buffer)
STREAMON = _number(_IN, 18, c_int)
STREAMOFF = _number(_IN, 19, c_int)
G_PARM = _number(_BOTH, 21, Parameters)
S_PARM = _number(_BOTH, 22, Parameters)
ENUMINPUT = _number(_BOTH, 26, Input)
G_INPUT = _number(_OUT, 38, c_int)
S_INPUT = _number(_BOTH, 39, c_int)
ENUM_FRAMESIZES = _number(_BOTH, 74, FrameSize)
ENUM_FRAMEINTERVALS = _number(_BOTH, 75, FrameInterval)
S_DV_TIMINGS = _number(_BOTH, 87, DvTimings)
G_DV_TIMINGS = _number(_BOTH, 88, DvTimings)
DQEVENT = _number(_OUT, 89, Event)
SUBSCRIBE_EVENT = _number(_IN, 90, Subscription)
QUERY_DV_TIMINGS = _number(_OUT, 99, DvTimings)


def fourcc(name: str) -> int:
    """Return the number of a pixel format such as `YUYV`."""
    return int.from_bytes(name.encode("ascii"), "little")


def name_of(pixelformat: int) -> str:
    """Return the name of a pixel format."""
    return (pixelformat & 0x7FFF_FFFF).to_bytes(4, "little").decode("ascii", "replace").strip()
