"""hiss: found where noise was switched on, and not in rain, applause, breath, brushes or a quiet room."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from harness.detectors.audio.hiss import Hiss
from harness.simulator.titles.music import bed
from tests.support.sounds import RATE_HZ, found, planted, speech

SECONDS = 7
COUNT = SECONDS * RATE_HZ
T_S = np.arange(COUNT) / RATE_HZ


def noise(seed=0, low_hz=300, high_hz=15_000):
    random = np.random.default_rng(seed).normal(0, 1, (COUNT, 2))
    return sosfilt(butter(2, (low_hz, high_hz), "band", fs=RATE_HZ, output="sos"), random, axis=0)


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
@pytest.mark.parametrize("kind", ["white", "pink", "tape"])
def test_hiss_is_found_where_it_was_planted(kind, level):
    spec = f"hiss:start_s=2.0031,duration_s=3,level={level},kind={kind},seed=2"
    sound, interval = planted(speech(SECONDS, seed=1), spec)
    assert found(Hiss(), sound) == [pytest.approx(interval, abs=0.03)]


def test_hiss_over_music_that_lasts_to_the_end_is_found():
    sound, _ = planted(bed("calm", SECONDS, -20), "hiss:start_s=3,duration_s=9,kind=white,level=hard")
    assert found(Hiss(), sound) == [pytest.approx((3.0, SECONDS), abs=0.03)]


@pytest.mark.parametrize("rate_hz", [32_000, 22_050, 16_000])
def test_hiss_is_found_at_another_rate(rate_hz):
    spec = "hiss:start_s=2,duration_s=3,kind=white"
    sound, interval = planted(speech(SECONDS, rate_hz=rate_hz), spec, rate_hz)
    assert found(Hiss(), sound, rate_hz) == [pytest.approx(interval, abs=0.03)]


def test_less_than_two_seconds_are_an_effect():
    sound, _ = planted(speech(SECONDS, seed=1), "hiss:start_s=2,duration_s=1.2")
    assert found(Hiss(), sound) == []


def room():
    """Return speech in a room whose tone is there from first to last."""
    return speech(SECONDS) + 0.003 * noise(1)


def rain():
    """Return rain that comes up within a second: steady noise, but never switched."""
    drops = (np.random.default_rng(3).random((COUNT, 2)) < 2e-4) * np.random.default_rng(4).normal(
        0, 3, (COUNT, 2)
    )
    level = np.clip((T_S - 2) / 1.0, 0, 1)[:, None]
    return speech(SECONDS, 0.05) + level * 0.02 * (
        noise(2) + sosfilt(butter(2, 3000, fs=RATE_HZ, output="sos"), drops, 0)
    )


def applause():
    """Return hands that begin at once: thousands of claps a second, each a burst that decays."""
    claps = (np.random.default_rng(5).random((COUNT, 2)) < 4e-3) * np.random.default_rng(6).gamma(
        1.0, 1.0, (COUNT, 2)
    )
    swell = (1 + 0.4 * np.sin(2 * np.pi * 0.8 * T_S))[:, None]
    burst = noise(7) * np.sqrt(sosfilt(butter(1, 60, fs=RATE_HZ, output="sos"), claps, 0).clip(0))
    return 0.001 * noise(8) + (T_S > 2)[:, None] * 0.4 * swell * burst


def sea():
    return speech(SECONDS, 0.03) + 0.03 * noise(9) * (0.15 + np.sin(np.pi * T_S / 3.1) ** 2)[:, None]


def breath():
    return speech(SECONDS) + 0.02 * noise(10) * ((T_S > 2.5) & (T_S < 3.7))[:, None]


def brushes():
    """Return brushes on a snare, two strokes a second."""
    stroke = np.abs(np.sin(2 * np.pi * T_S)) ** 0.7 * (T_S > 1.5)
    return np.float64(bed("bright", SECONDS, -24)) / 32768 + 0.02 * stroke[:, None] * noise(11, 2000)


def vinyl():
    """Return an old record: surface noise with the needle's crackle, faded in by whoever made the film."""
    crackle = (np.random.default_rng(12).random((COUNT, 2)) < 1e-4) * 0.2
    return (speech(SECONDS) + 0.01 * noise(13, 100, 9000) + crackle) * np.clip(T_S / 0.5, 0, 1)[:, None]


def gate():
    """Return a voice in a noisy room, and a gate that opens for it: nothing is left of the room between."""
    open_s = np.clip((T_S - 2) / 0.01, 0, 1) * np.clip((4.6 - T_S) / 0.01, 0, 1)
    voice = 0.1 * np.sin(2 * np.pi * 900 * T_S) * np.sign(np.sin(2 * np.pi * 3 * T_S))
    return (voice[:, None] + 0.003 * noise(14)) * open_s[:, None]


@pytest.mark.parametrize(
    "honest", [gate, room, rain, applause, sea, breath, brushes, vinyl, lambda: speech(SECONDS)]
)
def test_noise_that_belongs_there_is_no_hiss(honest):
    assert found(Hiss(), honest()) == []
