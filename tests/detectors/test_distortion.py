"""distortion: found where the waveform was damaged, and not where a wave is square or loud by intent."""

import numpy as np
import pytest

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.detectors.audio.clicks import Clicks
from harness.detectors.audio.distortion import Distortion
from harness.detectors.audio.waveform import damage_of
from harness.impair import IMPAIRMENTS
from harness.impair.base import LEVELS, FaultSpec
from harness.media import AudioBlock, AudioFormat, StreamFormat
from tests.support import songs

RATE_HZ = songs.RATE_HZ
KINDS = IMPAIRMENTS["distortion"].kinds


def found(sound, block=1920):
    samples = sound.astype(np.float32) / 32768 if sound.dtype == np.int16 else sound.astype(np.float32)
    stream = StreamFormat(None, AudioFormat(RATE_HZ, samples.shape[1]))
    engine = Engine([Distortion(), Clicks()], Context(stream))
    for at in range(0, len(samples), block):
        engine.feed(AudioBlock(round(at * 1e9 / RATE_HZ), at, samples[at : at + block]))
    return [item for item in engine.finish().findings if not item.explained_by]


def planted(sound, spec):
    return songs.planted(IMPAIRMENTS["distortion"](FaultSpec.parse(spec), None, RATE_HZ), sound)


def first_damage_s(sound, kind, level):
    """Return when the sound first exceeds the top that the planting documents."""
    if kind == "quantised":
        return 1.5
    start = round(1.5 * RATE_HZ)
    rms = np.sqrt(np.mean(sound[start - RATE_HZ : start].astype(float) ** 2))
    top_db = IMPAIRMENTS["distortion"].top_db[level] - (3.0 if kind == "overload" else 0.0)
    beyond = np.abs(sound[start:].astype(float)).max(axis=1) > rms * 10 ** (top_db / 20)
    return (start + int(np.argmax(beyond))) / RATE_HZ


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_found_where_it_begins(kind, level):
    clean = songs.melody(4.0)
    sound, _ = planted(clean, f"distortion:start_s=1.5,duration_s=2,kind={kind},level={level}")
    (finding,) = found(sound)
    assert finding.defect == "distortion"
    assert finding.start_ns / 1e9 == pytest.approx(first_damage_s(clean, kind, level), abs=0.05)
    assert 2.5 <= finding.end_ns / 1e9 <= 3.55


@pytest.mark.parametrize("codec", ["aac", "mp2"])
def test_cut_tops_are_found_after_coding(tmp_path, codec):
    sound, _ = planted(songs.melody(4.0), "distortion:start_s=1.5,duration_s=2.4,kind=hard_clip")
    (finding,) = found(songs.coded(tmp_path, sound, codec))
    assert finding.start_ns / 1e9 == pytest.approx(1.5, abs=0.1)


def test_findings_do_not_depend_on_blocks():
    sound, _ = planted(songs.melody(3.0), "distortion:start_s=1,duration_s=1,level=medium")
    assert found(sound, 800) == found(sound, 1024)


def test_one_of_six_channels_is_enough():
    sound = np.tile(songs.melody(3.0), (1, 3))
    sound[:, 4] = planted(sound, "distortion:start_s=1,duration_s=1.5,level=medium")[0][:, 4]
    assert [item.channel for item in found(sound)] == [4]


def _master():
    """Return a loud master: held up to full scale by a limiter, and cut there for a sample or two."""
    sound = songs.melody(4.0) / 32768
    crest = np.abs(sound).max(axis=1)[: 400 * (len(sound) // 400)].reshape(-1, 400).max(axis=1)
    gain = 1 / np.interp(np.arange(len(sound)), 400 * np.arange(len(crest)) + 200, crest)
    return np.clip(sound * np.minimum(gain, 12.0)[:, None], -1.0, 32767 / 32768)


def _square():
    t_s = np.arange(4 * RATE_HZ) / RATE_HZ
    notes = 110 * 2 ** (np.floor(t_s / 0.4) % 5 / 12)
    decay = 1 - 0.7 * (t_s % 0.4) / 0.4
    return 0.4 * (decay * np.sign(np.sin(2 * np.pi * np.cumsum(notes) / RATE_HZ)))[:, None]


def _chiptune():
    t_s = np.arange(4 * RATE_HZ) / RATE_HZ
    random = np.random.default_rng(0)
    voices = [np.sign(np.sin(2 * np.pi * hz * t_s)) for hz in (220, 277.2, 329.6)]
    noise = np.repeat(random.integers(0, 2, len(t_s) // 16), 16) * (t_s % 0.5 < 0.05)
    return (0.125 * (sum(voices) + noise))[:, None]


def _fuzz():
    """Return a guitar through a fuzz and a loudspeaker: flat tops by intent, rounded by the box."""
    t_s = np.arange(4 * RATE_HZ) / RATE_HZ
    string = sum(np.sin(2 * np.pi * 110 * part * t_s) / part for part in range(1, 9))
    loud = np.clip(3 * string * np.exp(-(t_s % 1.0) / 0.5), -1, 1)
    box = np.hanning(14) / np.hanning(14).sum()
    coupling = np.exp(-np.arange(4_000) / 95) / 95
    rounded = np.convolve(loud, box, "same")
    return 0.4 * (rounded - np.convolve(rounded, coupling)[: len(rounded)])[:, None]


def _fuzz_bass():
    """Return a bass through a fuzz box alone: cut at one level from beginning to end."""
    t_s = np.arange(2 * RATE_HZ) / RATE_HZ
    string = sum(np.sin(2 * np.pi * 41 * part * t_s + part) / part for part in range(1, 5))
    return np.clip(0.5 * (1.2 - t_s % 0.4) * string, -0.25, 0.25)[:, None]


def _two_squares():
    """Return the square waves of a chip, with its drum: few levels, far apart, but for a quarter of it."""
    t_s = np.arange(2 * RATE_HZ) / RATE_HZ
    voices = 0.2 * np.sign(np.sin(2 * np.pi * 440 * t_s)) + 0.3 * np.sign(np.sin(2 * np.pi * 65 * t_s))
    drum = np.random.default_rng(1).uniform(-1, 1, len(t_s)) * (t_s % 0.4 < 0.1)
    return (0.6 * (voices + 0.3 * drum))[:, None]


def _bass():
    t_s = np.arange(4 * RATE_HZ) / RATE_HZ
    return 0.8 * (np.sin(2 * np.pi * 41 * t_s) * np.minimum(1, 2 * np.exp(-(t_s % 2))))[:, None]


@pytest.mark.parametrize(
    "honest",
    [_master, _square, _chiptune, _fuzz, _fuzz_bass, _two_squares, _bass],
    ids=lambda make: make.__name__,
)
def test_nothing_is_found_in_what_is_meant(honest):
    assert found(np.rint(32767 * honest()).astype(np.int16)) == []


def test_a_sine_is_less_full_than_a_cut_one():
    sine = np.sin(2 * np.pi * 220 * np.arange(2_400) / RATE_HZ).astype(np.float32)
    assert damage_of(0.5 * sine).fullness == pytest.approx(0.44, abs=0.02)
    assert damage_of(np.clip(0.5 * sine, -0.3, 0.3)).fullness > 0.7


@pytest.mark.media
@pytest.mark.parametrize(
    "name", ["audio/sonicpi_guit_em9.flac", "audio/sonicpi_loop_amen_full.flac", "audio/wesnoth_frantic.ogg"]
)
def test_nothing_is_found_in_clean_sound(media, name):
    assert found(songs.load(media / name)) == []
