"""hum: found where the mains were planted, and not in what is merely low or held."""

import numpy as np
import pytest

from harness.detectors.audio.hum import Hum
from harness.simulator.titles.music import bed
from tests.support.sounds import RATE_HZ, analysis, found, planted, speech

SECONDS = 8
T_S = np.arange(SECONDS * RATE_HZ) / RATE_HZ


def stereo(sound):
    return np.stack([sound, sound], axis=1)


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
@pytest.mark.parametrize("kind", ["mains_50", "mains_60", "ripple"])
def test_hum_is_found_where_it_was_planted(kind, level):
    spec = f"hum:start_s=1.2031,duration_s=3.4,level={level},kind={kind},seed=3"
    sound, (start_s, end_s) = planted(speech(SECONDS, seed=1), spec)
    ((found_s, gone_s),) = found(Hum(), sound)
    assert found_s == pytest.approx(start_s, abs=0.05)
    assert gone_s == pytest.approx(end_s, abs=0.05)


def test_hum_under_music_is_found():
    sound, interval = planted(bed("calm", SECONDS, -20), "hum:start_s=3,duration_s=4,kind=mains_50")
    assert found(Hum(), sound) == [pytest.approx(interval, abs=0.1)]


def test_hum_that_is_there_all_along_is_found_from_end_to_end():
    sound, _ = planted(speech(SECONDS), "hum:start_s=0,duration_s=9,kind=mains_60,level=hard")
    (finding,) = analysis([Hum()], sound).findings
    assert (finding.start_ns, finding.end_ns) == (0, SECONDS * 10**9)
    assert finding.peak == pytest.approx(-49, abs=2)


@pytest.mark.parametrize("rate_hz", [44_100, 32_000])
def test_hum_is_found_at_other_rates(rate_hz):
    spec = "hum:start_s=2,duration_s=3,kind=mains_50,seed=1"
    sound, interval = planted(speech(6, rate_hz=rate_hz), spec, rate_hz)
    assert found(Hum(), sound, rate_hz) == [pytest.approx(interval, abs=0.1)]


def bass(pitch_hz, level=0.2):
    """Return a held note of a synthesiser: as steady as the mains, but tuned."""
    return stereo(level * sum(np.sin(2 * np.pi * n * pitch_hz * T_S) / n for n in range(1, 9)))


def organ():
    return bass(48.9994) * 0.5 + bass(97.9989) * 0.3 + speech(SECONDS)


def engine():
    """Return a motor that holds its speed to a per cent or so, at fifty turns a second."""
    wander = np.cumsum(np.random.default_rng(2).normal(0, 1, len(T_S)))
    speed_hz = 50 + 0.6 * np.sin(2 * np.pi * 0.4 * T_S) + 0.2 * wander / np.abs(wander).max()
    phase = 2 * np.pi * np.cumsum(speed_hz) / RATE_HZ
    return stereo(0.1 * sum(np.sin(n * phase + n) / n for n in range(1, 9)))


def beats():
    """Return a bass drum at 50 Hz, twice a second."""
    since_s = T_S % 0.5
    return stereo(0.5 * np.exp(-since_s / 0.1) * np.sin(2 * np.pi * 50 * since_s))


def low_voice():
    return speech(SECONDS, seed=4)


def one_tone():
    """Return a single held tone that happens to lie on the mains: a sub-bass, not a hum."""
    return stereo(0.1 * np.sin(2 * np.pi * 100 * T_S)) + speech(SECONDS)


def rumble():
    noise = np.random.default_rng(1).normal(0, 1, len(T_S))
    return stereo(0.05 * np.convolve(noise, np.ones(400) / 20, "same"))


def club():
    """Return a bass of exactly 50 Hz that pumps four times a second, and is most of what is heard."""
    return bass(50.0, 0.3) * (T_S % 0.25 < 0.19)[:, None] + 0.3 * speech(SECONDS)


NEGATIVES = [
    club,
    low_voice,
    organ,
    engine,
    beats,
    rumble,
    one_tone,
    lambda: bass(51.913),
    lambda: bass(61.735),
]


@pytest.mark.parametrize("quiet", NEGATIVES)
def test_what_is_low_or_held_is_no_hum(quiet):
    assert found(Hum(), quiet()) == []


def test_two_seconds_are_needed():
    sound, _ = planted(speech(6), "hum:start_s=2,duration_s=1,kind=mains_50")
    assert found(Hum(), sound) == []
