"""clicks: found where they were planted, and not where something is struck, plucked or spoken."""

import numpy as np
import pytest

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.detectors.audio.clicks import Clicks
from harness.detectors.audio.outliers import Predictor, interpolation_error
from harness.impair import IMPAIRMENTS
from harness.impair.base import LEVELS, FaultSpec
from harness.media import AudioBlock, AudioFormat, StreamFormat
from tests.support import songs

RATE_HZ = songs.RATE_HZ
KINDS = IMPAIRMENTS["clicks"].kinds


def found(sound, block=1024):
    """Return the findings in int16 or float sound."""
    samples = sound.astype(np.float32) / 32768 if sound.dtype == np.int16 else sound.astype(np.float32)
    engine = Engine([Clicks()], Context(StreamFormat(None, AudioFormat(RATE_HZ, samples.shape[1]))))
    for at in range(0, len(samples), block):
        engine.feed(AudioBlock(round(at * 1e9 / RATE_HZ), at, samples[at : at + block]))
    return engine.finish().findings


def planted(sound, spec):
    return songs.planted(IMPAIRMENTS["clicks"](FaultSpec.parse(spec), None, RATE_HZ), sound)


def interval(impairment):
    return impairment.intervals_s()[0][0], impairment.intervals_s()[-1][1]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", KINDS)
def test_clicks_are_found_to_the_millisecond(kind, level):
    spec = f"clicks:start_s=1.2347,duration_s=1.5,kind={kind},level={level},seed=4"
    sound, impairment = planted(songs.music(4.0), spec)
    (finding,) = found(sound)
    start_s, end_s = interval(impairment)
    assert finding.start_ns / 1e9 == pytest.approx(start_s, abs=0.002)
    assert finding.end_ns / 1e9 == pytest.approx(end_s, abs=0.2)


def test_what_is_less_plain_does_not_lengthen_a_row_of_clicks():
    sound, impairment = planted(songs.music(4.0), "clicks:start_s=1.7347,duration_s=1,kind=delta,seed=4")
    tick = int(1.1 * RATE_HZ)
    sound[tick] = np.clip(sound[tick] + 0.2 * 32768, -32768, 32767)
    (finding,) = found(sound)
    assert finding.start_ns / 1e9 == pytest.approx(interval(impairment)[0], abs=0.002)


@pytest.mark.parametrize("codec", ["aac", "mp2"])
@pytest.mark.parametrize("kind", ["delta", "step"])
def test_clicks_are_found_after_coding(tmp_path, kind, codec):
    spec = f"clicks:start_s=1.2,duration_s=2,kind={kind},seed=4"
    sound, impairment = planted(songs.music(4.0), spec)
    (finding,) = found(songs.coded(tmp_path, sound, codec))
    start_s, _ = interval(impairment)
    assert finding.start_ns / 1e9 == pytest.approx(start_s, abs=0.05)


def test_a_click_in_one_channel_names_it():
    sound = songs.music(3.0)
    sound[48_000::9_000, 1] += 12_000
    assert [finding.channel for finding in found(sound)] == [1]


def test_six_channels():
    sound = np.tile(songs.music(2.0), (1, 3))
    sound[:, 3] = 0
    sound[40_000:80_000:9_000, 4] += 12_000
    assert [finding.channel for finding in found(sound)] == [4]


def test_findings_do_not_depend_on_blocks():
    sound, _ = planted(songs.music(3.0), "clicks:start_s=1,duration_s=1,level=hard")
    assert found(sound, 800) == found(sound, 1920)


@pytest.mark.parametrize("height_db", [24, 40])
def test_one_small_click_is_not_enough_but_one_plain_click_is(height_db):
    sound = songs.music(3.0)
    rms = np.sqrt(np.mean(sound[60_000:70_000].astype(float) ** 2))
    sound[72_000] = np.clip(sound[72_000] + rms * 10 ** ((height_db - 16) / 20), -32768, 32767)
    assert len(found(sound)) == (height_db == 40)


@pytest.mark.parametrize("name", sorted(songs.STRUCK))
def test_what_is_struck_does_not_click(name):
    assert found(songs.STRUCK[name]()) == []


def test_a_drum_that_starts_within_a_sample_does_not_click():
    decay = np.exp(-np.arange(9_600) / 2_400)
    drum = decay * np.cos(2 * np.pi * 60 * np.arange(9_600) / RATE_HZ)
    sound = np.tile(np.concatenate([0.6 * drum, np.zeros(2_400)]), 16)[:, None]
    assert found(sound + 1e-4 * np.random.default_rng(0).standard_normal(sound.shape)) == []


def test_a_lone_wrong_sample_reads_its_height():
    t_s = np.arange(4_800) / RATE_HZ
    sound = 0.1 * np.sin(2 * np.pi * 440 * t_s)
    sound[2_400] += 0.05
    error = interpolation_error(sound, Predictor(order=20, white=1e-9))
    assert error[2_400] == pytest.approx(0.05, rel=0.01)
    assert np.abs(np.delete(error, 2_400)).max() < 0.005


@pytest.mark.media
@pytest.mark.parametrize(
    "name",
    [
        "audio/sonicpi_loop_tabla.flac",
        "audio/sonicpi_loop_amen_full.flac",
        "audio/sonicpi_vinyl_scratch.flac",
        "audio/speechbrain_TTS_LJ050-0131.flac",
        "audio/wesnoth_frantic.ogg",
    ],
)
def test_nothing_is_found_in_clean_sound(media, name):
    assert found(songs.load(media / name)) == []
