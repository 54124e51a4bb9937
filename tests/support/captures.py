"""Plays a capture source: frames with sound beside them, that a test can tell apart."""

from fractions import Fraction

import numpy as np

from harness.media import AudioBlock, AudioFormat, Frame, StreamFormat, VideoFormat

START_NS = 3_000_000_000_123
"""On the rig's clock: recordings must count from here."""


def stream_format(width=64, height=48, fps=Fraction(60)):
    """Return the format of `captured`."""
    return StreamFormat(VideoFormat(width, height, fps), AudioFormat(48000, 2))


def captured(count, *, width=64, height=48, fps=Fraction(60), first=0):
    """Return frames and blocks in order of capture, starting with frame `first`."""
    items = []
    for index in range(first, first + count):
        t_ns = START_NS + round(index / fps * 1_000_000_000)
        samples = round(48000 * (index + 1) / fps) - round(48000 * index / fps)
        noise = np.random.default_rng(index).integers(-32768, 32768, (samples, 2))
        items += [
            coded_frame(index, t_ns, width, height),
            AudioBlock(t_ns, round(48000 * index / fps), noise.astype(np.float32) / 32768),
        ]
    return items


def coded_frame(index, t_ns, width=64, height=48):
    """Return a frame whose luma tells its index modulo 200, also after lossy coding."""
    chroma = ((height + 1) // 2, (width + 1) // 2)
    y = np.full((height, width), 20 + index % 200, np.uint8)
    return Frame(t_ns, index, y, np.full(chroma, 128, np.uint8), np.full(chroma, 128, np.uint8))


def seen_index(frame):
    """Return the index modulo 200 that a frame's luma tells."""
    return round(float(frame.y.mean())) - 20


def same(one, other):
    """Return whether two captured items are equal to the last bit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Frame):
        planes = zip((one.y, one.u, one.v), (other.y, other.u, other.v), strict=True)
        return (one.t_ns, one.index) == (other.t_ns, other.index) and all(
            np.array_equal(a, b) for a, b in planes
        )
    if isinstance(one, AudioBlock):
        times = (one.t_ns, one.first_sample) == (other.t_ns, other.first_sample)
        return times and np.array_equal(one.samples, other.samples)
    return one == other
