"""Makes sounds that are like what is played and spoken, plants holes in them, codes them, and listens."""

import io
from fractions import Fraction

import av
import numpy as np

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.decoding.audio import samples as decoded
from harness.detectors.audio.audio_dropout import AudioDropout
from harness.detectors.audio.silence import Silence
from harness.media import AudioBlock, AudioFormat, StreamFormat

RATE_HZ = 48_000


def analysed(sound, rate_hz=RATE_HZ, block=1024):
    """Return what the two detectors make of samples, shape (n, channels), range -1..1."""
    context = Context(StreamFormat(None, AudioFormat(rate_hz, sound.shape[1])))
    engine = Engine([Silence(), AudioDropout()], context)
    for at in range(0, len(sound), block):
        engine.feed(AudioBlock(round(at * 1e9 / rate_hz), at, np.float32(sound[at : at + block])))
    return engine.finish()


def heard(sound, rate_hz=RATE_HZ, block=1024):
    """Return (defect, start in s, end in s, channel) of each finding that nothing explains."""
    return [
        (item.defect, item.start_ns / 1e9, item.end_ns / 1e9, item.channel)
        for item in analysed(sound, rate_hz, block).findings
        if not item.explained_by
    ]


def as_pcm(sound):
    """Return samples as 16-bit codes would give them."""
    return np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.float32) / 32768


def cut(sound, start_s, length_s, *, held=False, channel=None, steps=0, rate_hz=RATE_HZ):
    """Replace a part by zeros, by the sample before it, or by noise of +- `steps` 16-bit codes."""
    first, end = round(start_s * rate_hz), round((start_s + length_s) * rate_hz)
    holed = sound.copy()
    columns = slice(None) if channel is None else slice(channel, channel + 1)
    holed[first:end, columns] = holed[first - 1, columns] if held else 0
    if steps:
        noise = np.random.default_rng(first).integers(-steps, steps + 1, holed[first:end, columns].shape)
        holed[first:end, columns] = noise / 32768
    return holed


def coded(sound, codec, bit_rate, rate_hz=RATE_HZ):
    """Return the sound after coding and decoding, sample for sample in its place."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[sound.shape[1]]
    codes = np.rint(as_pcm(sound) * 32768).astype(np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(codes).reshape(1, -1), "s16", layout)
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
        fifo = av.AudioFifo()
        for part in av.AudioResampler(stream.format.name, layout, rate_hz).resample(frame):
            part.pts = None
            fifo.write(part)
        at, step = 0, stream.codec_context.frame_size or 1024
        while part := fifo.read(step, partial=True):
            part.pts, part.time_base, part.sample_rate = at, Fraction(1, rate_hz), rate_hz
            at += part.samples
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as container:
        frames = list(container.decode(audio=0))
    lead = round(float(frames[0].pts * frames[0].time_base) * rate_hz)
    out = np.concatenate([decoded(frame) for frame in frames])
    silent = np.zeros((max(0, lead), sound.shape[1]), np.float32)
    return np.concatenate([silent, out[max(0, -lead) :]])[: len(sound)]


def seconds(count):
    """Return the times of the samples of so many seconds."""
    return np.arange(round(count * RATE_HZ)) / RATE_HZ


def stereo(sound, width=0.8):
    """Return a sound of one channel in two, the second a little softer."""
    return as_pcm(np.stack([sound, sound * width], axis=1))


def noise(count, dbfs, seed=0):
    """Return `count` seconds of white noise."""
    return np.random.default_rng(seed).normal(0, 10 ** (dbfs / 20), round(count * RATE_HZ))


def chords(count, dbfs=-20.0, seed=0):
    """Return plucked chords that ring into each other, with a little room noise."""
    random, times = np.random.default_rng(seed), seconds(count)
    sound = np.zeros_like(times)
    for begin in np.arange(0, count, 0.4):
        since = np.maximum(times - begin, 0)
        envelope = np.where(times >= begin, np.minimum(since / 0.005, 1) * np.exp(-since / 0.6), 0)
        for pitch_hz in random.choice([147.0, 196.0, 220.0, 262.0, 330.0, 392.0, 523.0], 3, replace=False):
            for part in (1, 2, 3):
                sound += envelope * np.sin(2 * np.pi * pitch_hz * part * times + part) / part
    return sound * 10 ** (dbfs / 20) / np.sqrt(np.mean(sound**2)) + noise(count, -70, seed)


def speech(count, dbfs=-22.0, seed=0, pause_s=(0.05, 0.3)):
    """Return syllables of a buzzing voice and hissing consonants; between them is digital silence."""
    random, times = np.random.default_rng(seed), seconds(count)
    sound = np.zeros_like(times)
    at = random.uniform(0.05, 0.1)
    while at < count:
        length = random.uniform(0.12, 0.3)
        inside = slice(round(at * RATE_HZ), round((at + length + 0.25) * RATE_HZ))
        local = times[inside] - at
        envelope = np.minimum(local / 0.02, 1) * np.where(
            local > length, np.exp(-(local - length) / 0.025), 1
        )
        if random.random() < 0.3:
            voice = random.normal(0, 0.5, local.size)
        else:
            pitch = random.uniform(95, 220) * (1 - 0.2 * local)
            phase = (np.cumsum(pitch) / RATE_HZ % 1.0) / pitch
            formants = random.uniform(300, 2500, 3)
            voice = sum(np.exp(-phase * 180) * np.sin(2 * np.pi * hertz * phase) for hertz in formants)
        sound[inside] += envelope * voice
        at += length + random.uniform(*pause_s)
    return sound * 10 ** (dbfs / 20) / np.sqrt(np.mean(sound**2))


def strokes(count, each_s, decay_s, dbfs=-12.0, pitch_hz=180.0):
    """Return drum strokes that die away into digital silence."""
    since = seconds(count) % each_s
    envelope = np.minimum(since / 0.001, 1) * np.exp(-since / decay_s)
    return envelope * (np.sin(2 * np.pi * pitch_hz * since) + 0.3 * noise(count, 0, 3)) * 10 ** (dbfs / 20)


def bursts(sound, on_s, off_s, release_s):
    """Return a sound that a gate opens for `on_s` and closes within `release_s`, again and again."""
    since = (np.arange(len(sound)) / RATE_HZ) % (on_s + off_s)
    return sound * np.minimum(since / 0.002, 1) * np.clip(1 - (since - on_s) / release_s, 0, 1)


def gated(sound, open_dbfs=-45.0, release_s=0.05):
    """Return a sound behind a noise gate: what is softer than `open_dbfs` fades out within `release_s`."""
    hop = RATE_HZ // 1000
    level = np.sqrt(np.mean(np.reshape(sound[: len(sound) // hop * hop], (-1, hop)) ** 2, axis=1))
    gains, gain = [], 0.0
    for value in level:
        gain = 1.0 if value > 10 ** (open_dbfs / 20) else gain * np.exp(-4 / (1000 * release_s))
        gains.append(gain)
    wide = np.interp(np.arange(len(sound)) / hop, np.arange(len(gains)) + 0.5, gains)
    return sound * wide
