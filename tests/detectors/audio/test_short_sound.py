"""Sound of any length is measured: no detector of sound fails on what is shorter than its windows."""

from fractions import Fraction

import numpy as np
import pytest

from harness.analysis.detector import AudioDetector, Context
from harness.analysis.engine import Engine
from harness.detectors import DETECTORS
from harness.media import AudioBlock, AudioFormat, StreamFormat

RATE_HZ = 48_000
SOUNDS = {
    "hum": lambda t_s: 0.3 * np.sin(2 * np.pi * 50 * t_s),
    "cut": lambda t_s: np.clip(1.6 * np.sin(2 * np.pi * 440 * t_s), -1, 1),
    "noise": lambda t_s: np.random.default_rng(4).normal(0, 0.1, len(t_s)),
}


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize(
    "seconds", [Fraction(1, 1000), *[Fraction(part, 100) for part in (1, 7, 29, 70, 160)]]
)
def test_it_is_measured(sound, seconds):
    wave = SOUNDS[sound](np.arange(int(seconds * RATE_HZ)) / RATE_HZ)
    sounding = [detector() for detector in DETECTORS if issubclass(detector, AudioDetector)]
    engine = Engine(sounding, Context(StreamFormat(None, AudioFormat(RATE_HZ, 2))))
    engine.feed(AudioBlock(0, 0, np.repeat(np.float32(wave)[:, None], 2, axis=1)))
    reasons = {check.defect: check.reason for check in engine.finish().checks}
    assert [reason for reason in reasons.values() if "failed" in (reason or "")] == []
