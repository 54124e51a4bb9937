"""Films whose every frame and every sample can be told apart."""

from fractions import Fraction

import av
import numpy as np

RATE = 48_000


def make_film(path, fps=Fraction(25), frames=40, size=(320, 180), sound_s=None, drop=()):
    """Write a film whose frame n has luma 40 + 4 n, with a ramp as sound; FFV1 and PCM, so exact."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("ffv1", rate=fps)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.time_base = Fraction(1, 1) / fps
        audio = out.add_stream("pcm_s16le", rate=RATE, layout="stereo") if sound_s else None
        for number in range(frames):
            if number in drop:
                continue
            planes = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
            planes[: size[1]] = 40 + 4 * (number % 48)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts = number
            frame.time_base = Fraction(1, 1) / fps
            out.mux(video.encode(frame))
        out.mux(video.encode())
        if audio:
            samples = np.arange(round(sound_s * RATE), dtype=np.int64) % 20_000
            block = av.AudioFrame.from_ndarray(
                np.repeat(samples.astype(np.int16), 2)[None], format="s16", layout="stereo"
            )
            block.rate, block.pts = RATE, 0
            out.mux(audio.encode(block))
            out.mux(audio.encode())
    return path
