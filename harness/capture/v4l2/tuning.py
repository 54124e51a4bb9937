"""Setting a card to the mode that is there, or that is asked for."""

import errno
from dataclasses import dataclass
from fractions import Fraction

from harness.capture.v4l2 import kernel
from harness.capture.v4l2.modes import choose, formats, modes, require_format, same_rate
from harness.capture.v4l2.node import Node, busy
from harness.capture.v4l2.options import Wish
from harness.capture.v4l2.presence import fps, scan_ns, usual
from harness.clock import NS_PER_S
from harness.errors import InputError, RigError
from harness.media import StreamFormat, VideoFormat

UNKNOWN_FPS = Fraction(30)


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a card is set to.

    Parameters
    ----------
    video : VideoFormat
        Size and rate of the frames.
    layout : kernel.PixFormat
        How a frame lies in a buffer.
    scan_ns : int
        How long a frame takes from its first row to its last.
    """

    video: VideoFormat
    layout: kernel.PixFormat
    scan_ns: int

    @property
    def stream(self) -> StreamFormat:
        """Return it as the format of a capture without sound."""
        return StreamFormat(self.video, None)


def select_input(node: Node, wish: Wish) -> None:
    """Switch to the input that is asked for; raises InputError that lists those that there are."""
    if wish.input is None:
        return
    try:
        node.number(kernel.S_INPUT, wish.input)
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise busy(node.path, node.uri) from None
        found = node.every(kernel.ENUMINPUT, kernel.Input)
        listed = ", ".join(f"{entry.index} ({entry.name.decode(errors='replace')})" for entry in found)
        raise InputError(
            f"{node.uri}: the card has no input {wish.input}; it has {listed or 'one'}"
        ) from None


def tune(node: Node, wish: Wish, timings: kernel.DvTimings | None, *, strict: bool) -> Tuned:
    """Set the card to the signal's mode, or to the best that it offers of a wish.

    With `strict`, raises InputError when what it is set to is not what was asked for. Raises RigError when
    another program has the card, OSError when its driver fails.
    """
    try:
        return _tune_to_signal(node, wish, timings, strict) if timings else _tune_to_wish(node, wish, strict)
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise busy(node.path, node.uri) from None
        raise


def _tune_to_signal(node: Node, wish: Wish, timings: kernel.DvTimings, strict: bool) -> Tuned:
    node.call(kernel.S_DV_TIMINGS, timings)
    name = require_format(formats(node), wish, node.uri)
    size_px = wish.size_px or (timings.bt.width, timings.bt.height)
    layout = _set_layout(node, name, size_px, interlaced=bool(timings.bt.interlaced))
    rate = fps(timings) or UNKNOWN_FPS
    if wish.fps:
        # Some cards can drop frames to a lower rate.
        rate = _set_rate(node, wish.fps) or rate
    got_px = (layout.width, layout.height)
    if strict and (got_px != size_px or (wish.fps and not same_rate(rate, wish.fps))):
        raise InputError(
            f"{node.uri}: the signal is {timings.bt.width}x{timings.bt.height} at {float(fps(timings)):.5g}, "
            "and the card follows it; leave size= and fps= out, or set the device's output"
        )
    return Tuned(VideoFormat(*got_px, rate), layout, scan_ns(timings))


def _tune_to_wish(node: Node, wish: Wish, strict: bool) -> Tuned:
    offered = modes(node)
    if offered:
        mode = choose(offered, wish, node.uri)
        name, size_px, asked_fps = mode.format, (mode.width_px, mode.height_px), mode.fps
    else:
        name = require_format(formats(node), wish, node.uri)
        size_px, asked_fps = wish.size_px or _present_size(node), wish.fps or Fraction(0)
    layout = _set_layout(node, name, size_px, interlaced=False)
    rate = _set_rate(node, asked_fps) or asked_fps or UNKNOWN_FPS
    got_px = (layout.width, layout.height)
    if strict and (got_px != size_px or (wish.fps and not same_rate(rate, wish.fps))):
        raise InputError(
            f"{node.uri}: the card gives {got_px[0]}x{got_px[1]} at {float(rate):.5g} instead of what was "
            "asked for; leave size= and fps= out, or ask for that"
        )
    return Tuned(VideoFormat(*got_px, rate), layout, round(NS_PER_S / rate))


def _present_size(node: Node) -> tuple[int, int]:
    layout = node.call(kernel.G_FMT, kernel.Format(type=kernel.CAPTURE)).fmt.pix
    return layout.width, layout.height


def _set_layout(node: Node, name: str, size_px: tuple[int, int], *, interlaced: bool) -> kernel.PixFormat:
    asked = kernel.Format(type=kernel.CAPTURE)
    asked.fmt.pix.width, asked.fmt.pix.height = size_px
    asked.fmt.pix.pixelformat = kernel.fourcc(name)
    asked.fmt.pix.field = kernel.FIELD_INTERLACED if interlaced else kernel.FIELD_NONE
    got: kernel.PixFormat = node.call(kernel.S_FMT, asked).fmt.pix
    if kernel.name_of(got.pixelformat) != name:
        raise InputError(f"{node.uri}: the card gives {kernel.name_of(got.pixelformat)} instead of {name}")
    if got.field == kernel.FIELD_ALTERNATE:
        raise RigError(
            f"{node.uri}: the card delivers single fields of an interlaced signal; use a progressive one"
        )
    return got


def _set_rate(node: Node, rate: Fraction) -> Fraction | None:
    """Ask for a rate; return the one that the card is set to, None where it does not say."""
    asked = kernel.Parameters(type=kernel.CAPTURE)
    asked.parm.capture.timeperframe = kernel.Fract(rate.denominator, rate.numerator)
    try:
        got = node.call(kernel.S_PARM, asked).parm.capture
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise
        return None
    per_frame = got.timeperframe
    if not got.capability & kernel.CAP_TIMEPERFRAME or not per_frame.numerator or not per_frame.denominator:
        return None
    return usual(Fraction(per_frame.denominator, per_frame.numerator))
