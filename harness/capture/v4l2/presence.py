"""Whether a card's input has a signal, and which."""

import errno
from dataclasses import dataclass
from fractions import Fraction

from harness.capture.v4l2 import kernel
from harness.capture.v4l2.node import Node
from harness.clock import NS_PER_S
from harness.media import RigEventKind

UNKNOWN = (errno.ENOTTY, errno.ENODATA, errno.EINVAL)
"""What a driver answers that cannot tell the timings of its input, such as that of a USB card."""

WORDS = {
    errno.ENOLINK: "no signal",
    errno.ENOLCK: "a signal that cannot be locked to",
    errno.ERANGE: "a signal outside what the card can capture; let the device show a smaller mode",
}
PROTECTED = "the input is protected (HDCP): the card may not show it; use a source without HDCP"
SNAP = Fraction(1, 4000)
"""A pixel clock is told to the hertz at best: rates this near to a usual one are that one."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What the input has.

    Parameters
    ----------
    signal : bool
        Whether a signal is there; True where the card cannot tell.
    timings : kernel.DvTimings or None
        Those of the signal, where the card can tell.
    why : str
        Why there is no signal.
    kind : RigEventKind or None
        What it is to the rig that there is one, which cannot be captured.
    """

    signal: bool
    timings: kernel.DvTimings | None = None
    why: str = ""
    kind: RigEventKind | None = None


def look(node: Node) -> Presence:
    """Ask the card for the signal at its input; raises Unplugged."""
    status = _status(node)
    if status & kernel.INPUT_NO_ACCESS:
        return Presence(False, why=PROTECTED, kind="protected")
    try:
        timings = node.call(kernel.QUERY_DV_TIMINGS, kernel.DvTimings())
    except OSError as error:
        if error.errno not in UNKNOWN:
            why = WORDS.get(error.errno or 0, f"the signal cannot be asked for ({error.strerror})")
            return Presence(False, why=why, kind="out_of_range" if error.errno == errno.ERANGE else None)
        if status & (kernel.INPUT_NO_SIGNAL | kernel.INPUT_NO_SYNC | kernel.INPUT_NO_POWER):
            return Presence(False, why=WORDS[errno.ENOLINK])
        return Presence(True)
    return Presence(True, timings)


def same(one: kernel.DvTimings | None, other: kernel.DvTimings | None) -> bool:
    """Return whether two timings are of the same mode."""
    if one is None or other is None:
        return one is other
    return _mode(one) == _mode(other)


def _mode(timings: kernel.DvTimings) -> tuple[object, ...]:
    bt = timings.bt
    return bt.width, bt.height, bool(bt.interlaced), fps(timings)


def fps(timings: kernel.DvTimings) -> Fraction:
    """Return the frames a second of a signal."""
    bt = timings.bt
    columns = bt.width + bt.hfrontporch + bt.hsync + bt.hbackporch
    clock_hz = Fraction(bt.pixelclock)
    if bt.flags & kernel.REDUCED_FPS:
        clock_hz = clock_hz * 1000 / 1001
    rows = total_rows(timings)
    return usual(clock_hz / (columns * rows)) if columns * rows and clock_hz else Fraction(0)


def total_rows(timings: kernel.DvTimings) -> int:
    """Return how many rows a frame has, those that are not seen too."""
    bt = timings.bt
    rows = bt.height + bt.vfrontporch + bt.vsync + bt.vbackporch
    if bt.interlaced:
        rows += bt.il_vfrontporch + bt.il_vsync + bt.il_vbackporch
    return int(rows)


def scan_ns(timings: kernel.DvTimings) -> int:
    """Return how long the seen rows of a frame take from the first to the last."""
    rate = fps(timings)
    return round(NS_PER_S / rate * Fraction(timings.bt.height, total_rows(timings))) if rate else 0


def usual(rate: Fraction) -> Fraction:
    """Return the usual rate that a measured or rounded one means, such as 60000/1001 for 59.94."""
    whole = round(rate)
    for near in (Fraction(whole), Fraction(round(rate * 1001 / 1000) * 1000, 1001)):
        if near and abs(rate - near) <= near * SNAP:
            return near
    return rate.limit_denominator(10_000)


def _status(node: Node) -> int:
    try:
        index = node.number(kernel.G_INPUT)
        return int(node.call(kernel.ENUMINPUT, kernel.Input(index=index)).status)
    except OSError:
        return 0
