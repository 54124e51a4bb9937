"""silence and audio_dropout: found to the millisecond where planted, and not where sound pauses by itself."""

import numpy as np
import pytest

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.clock import NS_PER_MS
from harness.detectors.audio.audio_dropout import AudioDropout
from harness.detectors.audio.silence import Silence
from harness.impair import IMPAIRMENTS
from harness.impair.base import FaultSpec
from harness.media import AudioBlock, AudioFormat, StreamFormat, VideoFormat
from harness.simulator.titles.library import Library

RATE_HZ = 48_000
VIDEO = VideoFormat(320, 180, 25)
LIBRARY = Library()


def title(name, seconds=6.0):
    """Return a title's sound, shape (samples, 2), int16."""
    reel = LIBRARY.title(name).open(VIDEO)
    sound = reel.sound(0, round(seconds * RATE_HZ)).copy()
    reel.close()
    return sound


def music(seconds=6.0, level=0.1, seed=0):
    """Return chords with breaths between them, as speech and music have."""
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    random = np.random.default_rng(seed)
    tone = sum(np.sin(2 * np.pi * hz * t_s) for hz in (220, 277, 330)) / 3
    breath = 0.5 + 0.5 * np.sin(2 * np.pi * 1.3 * t_s)
    sound = level * tone * breath + random.normal(0, level / 60, len(t_s))
    return np.rint(32767 * np.stack([sound, sound], axis=1)).astype(np.int16)


def planted(sound, spec):
    fault = FaultSpec.parse(spec)
    impairment = IMPAIRMENTS[fault.defect](fault, None, RATE_HZ)
    parts = [impairment.sound(sound[at : at + 960], at / RATE_HZ) for at in range(0, len(sound), 960)]
    return np.concatenate(parts), impairment.intervals_s()


def found(sound, rate_hz=RATE_HZ):
    """Return (defect, start, end) of what is found and nothing else explains, in seconds."""
    samples = sound.astype(np.float32) / 32768 if sound.dtype == np.int16 else sound.astype(np.float32)
    engine = Engine(
        [Silence(), AudioDropout()], Context(StreamFormat(None, AudioFormat(rate_hz, samples.shape[1])))
    )
    for at in range(0, len(samples), 1024):
        engine.feed(AudioBlock(round(at * 1e9 / rate_hz), at, samples[at : at + 1024]))
    return [
        (item.defect, item.start_ns / 1e9, item.end_ns / 1e9)
        for item in engine.finish().findings
        if not item.explained_by
    ]


def near(interval):
    return pytest.approx(interval[0], abs=0.005), pytest.approx(interval[1], abs=0.02)


@pytest.mark.parametrize("level", ["easy", "medium"])
@pytest.mark.parametrize("name", sorted(LIBRARY.titles))
def test_silence_in_a_title_is_found_where_it_was_planted(name, level):
    sound, (interval,) = planted(title(name), f"silence:start_s=3.2,duration_s=1,level={level}")
    assert found(sound) == [("silence", *near(interval))]


@pytest.mark.parametrize("duration_s", [0.6, 1.5])
def test_silence_to_the_millisecond(duration_s):
    sound, (interval,) = planted(music(), f"silence:start_s=3.0507,duration_s={duration_s}")
    assert found(sound) == [("silence", *near(interval))]


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
def test_every_hole_is_a_dropout(level):
    sound, intervals = planted(music(seed=2), f"audio_dropout:start_s=2,duration_s=2,level={level},seed=4")
    assert found(sound) == [("audio_dropout", *near(interval)) for interval in intervals]


def test_a_hole_in_one_channel_names_it():
    sound = music()
    sound[144_000:148_800, 1] = 0
    samples = sound.astype(np.float32) / 32768
    engine = Engine([AudioDropout()], Context(StreamFormat(None, AudioFormat(RATE_HZ, 2))))
    engine.feed(AudioBlock(0, 0, samples))
    (finding,) = engine.finish().findings
    assert finding.channel == 1
    assert finding.start_ns == pytest.approx(3_000 * NS_PER_MS, abs=5 * NS_PER_MS)


@pytest.mark.parametrize("name", sorted(LIBRARY.titles))
def test_a_clean_title_has_neither(name):
    assert found(title(name, 11.0)) == []


def claps(seconds=6.0):
    sound = np.zeros((round(seconds * RATE_HZ), 2), np.float32)
    random = np.random.default_rng(3)
    decay = np.exp(-np.arange(9_600) / 1_200)[:, None]
    for at in range(0, len(sound) - 9_600, 24_000):
        sound[at : at + 9_600] += 0.5 * decay * random.normal(0, 0.3, (9_600, 1)).astype(np.float32)
    return sound


def faded(seconds=6.0):
    sound = music(seconds).astype(np.float32) / 32768
    t_s = np.arange(len(sound)) / RATE_HZ
    return sound * np.clip((4.0 - t_s) / 1.5, 0, 1)[:, None].astype(np.float32)


def led_in(seconds=6.0):
    sound = music(seconds).astype(np.float32) / 32768
    sound[: 2 * RATE_HZ] = 0
    return sound


@pytest.mark.parametrize("quiet", [claps, faded, led_in], ids=["claps", "fade-out", "lead-in"])
def test_sound_that_pauses_by_itself_has_neither(quiet):
    assert found(quiet()) == []


def test_hiss_that_is_heard_is_no_silence():
    sound = music().astype(np.float32) / 32768
    sound[96_000:192_000] = np.random.default_rng(0).normal(0, 10 ** (-50 / 20), (96_000, 2))
    assert [defect for defect, *_ in found(sound) if defect == "silence"] == []


def test_a_file_without_any_sound_is_silent():
    assert [defect for defect, *_ in found(np.zeros((5 * RATE_HZ, 2), np.int16))] == ["silence"]
