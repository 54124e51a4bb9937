"""The modes that a card offers, and which of them a wish means."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from harness.capture.v4l2 import kernel
from harness.capture.v4l2.node import Node
from harness.capture.v4l2.options import FORMATS, Wish
from harness.capture.v4l2.presence import usual
from harness.errors import InputError

USUAL_SIZES_PX = ((3840, 2160), (1920, 1080), (1280, 720), (720, 576), (720, 480), (640, 480))
"""What is looked for where a card scales to any size."""
USUAL_FPS = tuple(Fraction(number) for number in (60, 50, 30, 25, 24))
LISTED = 6
SAME_FPS = Fraction(1, 100)
"""59.94 and 60000/1001 are one rate, 59.94 and 60 are two."""
HD_PX = (1920, 1080)
MOVING_FPS = 24
"""A card that gives fewer pictures a second in a large size is used in a smaller one."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One picture format, size and rate."""

    format: str
    width_px: int
    height_px: int
    fps: Fraction

    def __str__(self) -> str:
        return f"{self.format} {self.width_px}x{self.height_px} at {float(self.fps):.5g}"


def formats(node: Node) -> list[str]:
    """Return the names of the pixel formats that a card offers, in its order."""
    found = node.every(kernel.ENUM_FMT, kernel.Described, type=kernel.CAPTURE)
    return list(dict.fromkeys(kernel.name_of(entry.pixelformat) for entry in found))


def modes(node: Node) -> list[Mode]:
    """Return the modes that a card offers and that can be read; empty where it does not list them."""
    return [
        Mode(name, *size_px, fps)
        for name in formats(node)
        if name in FORMATS
        for size_px in _sizes(node, name)
        for fps in _rates(node, name, size_px)
    ]


def choose(offered: Sequence[Mode], wish: Wish, uri: str) -> Mode:
    """Return the best mode of a wish: the largest up to full HD that moves, the highest rate up to 60.

    Raises InputError that lists the nearest ones when none fits.
    """
    fitting = [mode for mode in offered if _fits(mode, wish)]
    if not fitting:
        asked = " ".join(_asked(wish))
        nearest = sorted(offered, key=lambda mode: _distance(mode, wish))[:LISTED]
        listed = ", ".join(str(mode) for mode in nearest) or "no mode that can be read"
        raise InputError(
            f"{uri}: the card does not offer {asked or 'a mode that can be read'}; nearest: {listed}"
        )
    return min(fitting, key=_cost)


def require_format(offered: Iterable[str], wish: Wish, uri: str) -> str:
    """Return the format to use of those offered; raises InputError that lists them."""
    names = list(offered)
    usable = [name for name in FORMATS if name in names and wish.format in (None, name)]
    if not usable:
        asked = wish.format or "any of " + ", ".join(FORMATS)
        raise InputError(f"{uri}: the card does not offer {asked}; it offers {_listed(names)}")
    return usable[0]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:LISTED]) + (" and others" if len(names) > LISTED else "") or "nothing"


def _cost(mode: Mode) -> tuple[object, ...]:
    beyond = mode.width_px > HD_PX[0] or mode.height_px > HD_PX[1]
    return (
        beyond,
        mode.fps < MOVING_FPS,
        mode.width_px * mode.height_px * (1 if beyond else -1),
        mode.fps > 60,
        -mode.fps,
        FORMATS.index(mode.format),
    )


def _fits(mode: Mode, wish: Wish) -> bool:
    return (
        wish.format in (None, mode.format)
        and wish.size_px in (None, (mode.width_px, mode.height_px))
        and (wish.fps is None or same_rate(mode.fps, wish.fps))
    )


def same_rate(one: Fraction, other: Fraction) -> bool:
    """Return whether two rates are meant to be one."""
    return abs(one - other) < SAME_FPS


def _distance(mode: Mode, wish: Wish) -> tuple[object, ...]:
    width_px, height_px = wish.size_px or (mode.width_px, mode.height_px)
    return (
        abs(mode.width_px * mode.height_px - width_px * height_px),
        abs(mode.fps - (wish.fps or mode.fps)),
        wish.format not in (None, mode.format),
        _cost(mode),
    )


def _asked(wish: Wish) -> Iterator[str]:
    if wish.format:
        yield wish.format
    if wish.size_px:
        yield "{}x{}".format(*wish.size_px)
    if wish.fps:
        yield f"at {float(wish.fps):.5g}"


def _sizes(node: Node, name: str) -> Iterator[tuple[int, int]]:
    for entry in node.every(kernel.ENUM_FRAMESIZES, kernel.FrameSize, pixel_format=kernel.fourcc(name)):
        numbers = list(entry.numbers)
        if entry.type == kernel.DISCRETE:
            yield numbers[0], numbers[1]
            continue
        least_w, most_w, _, least_h, most_h, _ = numbers
        yield from ((w, h) for w, h in USUAL_SIZES_PX if least_w <= w <= most_w and least_h <= h <= most_h)
        return


def _rates(node: Node, name: str, size_px: tuple[int, int]) -> Iterator[Fraction]:
    fields = {"pixel_format": kernel.fourcc(name), "width": size_px[0], "height": size_px[1]}
    for entry in node.every(kernel.ENUM_FRAMEINTERVALS, kernel.FrameInterval, **fields):
        rates = [_rate(interval) for interval in entry.intervals]
        if entry.type == kernel.DISCRETE:
            yield rates[0]
            continue
        fastest, slowest = rates[0], rates[1]
        yield from dict.fromkeys(
            (min(fastest, USUAL_FPS[0]), *(r for r in USUAL_FPS if slowest <= r <= fastest))
        )
        return


def _rate(interval: kernel.Fract) -> Fraction:
    if not interval.numerator:
        return Fraction(0)
    return usual(Fraction(interval.denominator, interval.numerator))
