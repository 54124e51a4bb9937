"""What a `v4l2:` URI asks for."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from harness.capture.uri import address_and_options
from harness.config import nearest
from harness.errors import InputError

FORMATS = ("NV12", "YUYV", "UYVY", "YU12", "MJPG")
"""The pixel formats that can be read, in the order in which they are preferred: the lightest first."""

LARGEST_SIDE_PX = 8192
FASTEST_FPS = 1000


@dataclass(frozen=True, slots=True)
class Wish:
    """The mode and the input that are asked for; what is None is left to the card."""

    size_px: tuple[int, int] | None = None
    fps: Fraction | None = None
    format: str | None = None
    input: int | None = None


def parse(uri: str) -> tuple[Path, Wish]:
    """Return the device node and the wish of `v4l2:/dev/video0?size=1280x720&fps=60&format=NV12&input=0`.

    Raises InputError that names the option and what it takes.
    """
    address, options = address_and_options(uri, ("size", "fps", "format", "input"))
    if not address.startswith("/"):
        raise InputError(f"capture source {uri!r}: give the path of the card, such as v4l2:/dev/video0")
    wish = Wish(
        _size(uri, options.get("size")),
        _fps(uri, options.get("fps")),
        _format(uri, options.get("format")),
        _input(uri, options.get("input")),
    )
    return Path(address), wish


def _size(uri: str, text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,4})x(\d{1,4})", text)
    width_px, height_px = (int(number) for number in found.groups()) if found else (0, 0)
    if not (0 < width_px <= LARGEST_SIDE_PX and 0 < height_px <= LARGEST_SIDE_PX):
        raise InputError(f"capture source {uri!r}: size={text} is no size; write it like size=1280x720")
    return width_px, height_px


def _fps(uri: str, text: str | None) -> Fraction | None:
    if text is None:
        return None
    found = re.fullmatch(r"\d{1,7}(\.\d{1,6}|/[1-9]\d{0,6})?", text)
    fps = Fraction(text) if found else Fraction(0)
    if not 0 < fps <= FASTEST_FPS:
        raise InputError(
            f"capture source {uri!r}: fps={text} is no rate; write it like fps=60, 59.94 or 50/1"
        )
    return fps


def _format(uri: str, text: str | None) -> str | None:
    if text is not None and text not in FORMATS:
        hint = nearest(text.upper(), list(FORMATS))
        raise InputError(
            f"capture source {uri!r}: format={text} cannot be read{hint}; one of {', '.join(FORMATS)}"
        )
    return text


def _input(uri: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,2}", text):
        raise InputError(f"capture source {uri!r}: input={text} is no number of an input, such as input=0")
    return int(text)
