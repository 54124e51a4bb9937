"""Sound for tests of sound detectors, planted, and what is found in it."""

from functools import lru_cache

import numpy as np

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.impair import IMPAIRMENTS
from harness.impair.base import FaultSpec
from harness.media import AudioBlock, AudioFormat, StreamFormat

RATE_HZ = 48_000


@lru_cache(maxsize=8)
def speech(seconds, level=0.12, seed=0, rate_hz=RATE_HZ):
    """Return words of a low voice with pauses, in a quiet room; float, shape (n, 2), not to be written to."""
    random = np.random.default_rng(seed)
    t_s = np.arange(round(seconds * rate_hz)) / rate_hz
    pitch_hz = 105 + 14 * np.sin(2 * np.pi * 0.7 * t_s + seed) + 4 * np.sin(2 * np.pi * 3.1 * t_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / rate_hz
    voice = sum(np.sin(number * phase + number) / number**1.2 for number in range(1, 30))
    breath = random.normal(0, 0.4, len(t_s))
    syllables = np.clip(np.sin(2 * np.pi * 2.3 * t_s + seed) + 0.35, 0, 1)
    words = np.clip(4 * np.sin(2 * np.pi * 0.31 * t_s + 2 * seed) + 2.2, 0, 1)
    sound = level * syllables * words * (voice / 2 + breath * (np.sin(2 * np.pi * 1.7 * t_s) > 0.6))
    sound += random.normal(0, 1e-4, len(t_s))
    both = np.stack([sound, sound], axis=1)
    both.flags.writeable = False
    return both


def steps(sound):
    """Return sound as a 16-bit source has it."""
    return np.clip(np.rint(sound * 32767), -32768, 32767).astype(np.int16)


def planted(sound, spec, rate_hz=RATE_HZ):
    """Return 16-bit sound with a defect, and the first interval of the ground truth."""
    fault = FaultSpec.parse(spec)
    impairment = IMPAIRMENTS[fault.defect](fault, None, rate_hz)
    whole = steps(sound) if sound.dtype != np.int16 else sound
    block = rate_hz // 20
    parts = [impairment.sound(whole[at : at + block], at / rate_hz) for at in range(0, len(whole), block)]
    return np.concatenate(parts), impairment.intervals_s()[0]


def analysis(detectors, sound, rate_hz=RATE_HZ):
    """Return what an engine with these detectors makes of the sound."""
    samples = np.float32(sound) / 32768 if sound.dtype == np.int16 else np.float32(sound)
    context = Context(StreamFormat(None, AudioFormat(rate_hz, samples.shape[1])))
    engine = Engine(detectors, context)
    for at in range(0, len(samples), 1024):
        engine.feed(AudioBlock(round(at * 1e9 / rate_hz), at, samples[at : at + 1024]))
    return engine.finish()


def found(detector, sound, rate_hz=RATE_HZ):
    """Return (start, end) in seconds of each finding of one detector."""
    findings = analysis([detector], sound, rate_hz).findings
    return [(item.start_ns / 1e9, item.end_ns / 1e9) for item in findings]
