"""Makes small media files of every kind, with pictures and samples that a test can tell apart."""

from fractions import Fraction

import av
import numpy as np


def gray_level(index):
    """Return the luma of frame `index`: it survives lossy coding and no neighbour has it."""
    return 40 + 37 * index % 160


def picture(index, width=64, height=48):
    """Return y, u, v of a flat frame."""
    chroma = ((height + 1) // 2, (width + 1) // 2)
    return (
        np.full((height, width), gray_level(index), np.uint8),
        np.full(chroma, 128, np.uint8),
        np.full(chroma, 128, np.uint8),
    )


def tone(samples, channels=2, seed=0):
    """Return int16 noise, shape (samples, channels): every sample can be recognised."""
    return np.random.default_rng(seed).integers(-20000, 20000, (samples, channels), np.int16)


def write_clip(
    path, frames=10, *, fps=Fraction(25), size=(64, 48), codec="libx264", pix_fmt="yuv420p", **more
):
    """Write a video file; `times` (ms) makes it VFR, `audio` (int16) adds sound, `options` set the codec."""
    audio, times = more.get("audio"), more.get("times")
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps, options=more.get("options", {}))
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.time_base = Fraction(1, 1000) if times else 1 / fps
        if more.get("color_range"):
            stream.codec_context.color_range = more["color_range"]
        sound = _add_sound(container, audio, more.get("audio_codec", "pcm_s16le"))
        for index in range(frames):
            y, u, v = picture(index, *size)
            frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), y[0, 0], np.uint8), "rgb24")
            frame = frame.reformat(format=pix_fmt)
            if pix_fmt in {"yuv420p", "yuvj420p"}:
                for plane, values in zip(frame.planes, (y, u, v), strict=True):
                    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
                    rows[: values.shape[0], : values.shape[1]] = values
            frame.pts = times[index] if times else index
            frame.time_base = stream.codec_context.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound:
            _write_sound(container, sound, audio)
    return path


def write_sound(path, samples, *, codec="pcm_s16le", rate_hz=48000):
    """Write int16 samples, shape (samples, channels), as a sound file."""
    with av.open(str(path), "w") as container:
        _write_sound(container, _add_sound(container, samples, codec, rate_hz), samples)
    return path


def _add_sound(container, samples, codec, rate_hz=48000):
    if samples is None:
        return None
    layout = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}[samples.shape[1]]
    return container.add_stream(codec, rate=rate_hz, layout=layout)


def _write_sound(container, stream, samples):
    step = stream.codec_context.frame_size or 1024
    for at in range(0, len(samples), step):
        part = samples[at : at + step]
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(part).reshape(1, -1), "s16", stream.layout.name
        )
        frame.sample_rate, frame.pts, frame.time_base = stream.rate, at, Fraction(1, stream.rate)
        for converted in av.AudioResampler(stream.format.name, stream.layout.name, stream.rate).resample(
            frame
        ):
            converted.pts = at
            container.mux(stream.encode(converted))
    container.mux(stream.encode(None))
