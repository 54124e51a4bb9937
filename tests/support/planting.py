"""Plants picture defects in decoded frames, and codes frames as a stream would."""

from fractions import Fraction

import av
import numpy as np


def freeze(pictures, start, count):
    """Hold picture `start - 1` for `count` pictures, then go on where the title would be."""
    held = pictures[start - 1]
    return pictures[:start] + [held] * count + pictures[start + count :]


def black(pictures, start, count, level=16, logo=None):
    """Show `count` pictures of one luma level, with a bright logo (share of the area) if asked."""
    y, u, v = pictures[start]
    blank = np.full_like(y, level)
    if logo:
        side = np.sqrt(logo)
        height, width = round(y.shape[0] * side), round(y.shape[1] * side)
        top, left = y.shape[0] // 12, y.shape[1] - width - y.shape[1] // 12
        blank[top : top + height, left : left + width] = 200
    dark = (blank, np.full_like(u, 128), np.full_like(v, 128))
    return pictures[:start] + [dark] * count + pictures[start + count :]


def stutter(pictures, start, count, seed=0, longest=4):
    """Repeat a picture 1 to `longest` times, then skip to where the title would be, again and again."""
    random = np.random.default_rng(seed)
    shown = list(pictures)
    at = start
    while at < start + count:
        repeats = int(random.integers(1, longest + 1))
        for step in range(repeats):
            if at + step < start + count:
                shown[at + step] = pictures[at - 1]
        at += repeats + int(random.integers(1, 4))
    return shown


def code(path, pictures, fps, bit_rate=None, crf=18, preset="veryfast"):
    """Write pictures (y, u, v planes) as H.264 at `bit_rate` bit/s, or at `crf`."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(fps))
        stream.height, stream.width = (side // 2 * 2 for side in pictures[0][0].shape)
        stream.pix_fmt = "yuv420p"
        stream.time_base = 1 / Fraction(fps)
        stream.codec_context.options = {"preset": preset} | ({} if bit_rate else {"crf": str(crf)})
        if bit_rate:
            stream.bit_rate = bit_rate
        for number, planes in enumerate(pictures):
            frame = av.VideoFrame(stream.width, stream.height, "yuv420p")
            for plane, values in zip(frame.planes, planes, strict=True):
                room = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
                room[:, : plane.width] = values[: plane.height, : plane.width]
            frame.pts = number
            frame.time_base = 1 / Fraction(fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
