"""channel_error: found where the pair of channels changes, and not where a title is mono or panned."""

import numpy as np
import pytest

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.detectors.audio.channel_error import ChannelError
from harness.impair import IMPAIRMENTS
from harness.impair.base import LEVELS, FaultSpec
from harness.media import AudioBlock, AudioFormat, StreamFormat
from tests.support import songs

RATE_HZ = songs.RATE_HZ
KINDS = IMPAIRMENTS["channel_error"].kinds


def analysis(sound, block=1920):
    samples = sound.astype(np.float32) / 32768
    stream = StreamFormat(None, AudioFormat(RATE_HZ, samples.shape[1]))
    engine = Engine([ChannelError()], Context(stream))
    for at in range(0, len(samples), block):
        engine.feed(AudioBlock(round(at * 1e9 / RATE_HZ), at, samples[at : at + block]))
    return engine.finish()


def found(sound, block=1920):
    return analysis(sound, block).findings


def planted(sound, spec):
    return songs.planted(IMPAIRMENTS["channel_error"](FaultSpec.parse(spec), None, RATE_HZ), sound)[0]


def double(seconds=6.0):
    """Return speech-like sound on both channels alike: syllables and pauses."""
    sound = songs.music(seconds)
    t_s = np.arange(len(sound)) / RATE_HZ
    return np.rint(sound[:, :1] * (np.sin(2 * np.pi * 1.1 * t_s) > -0.5)[:, None] * [1, 1]).astype(np.int16)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_change_of_the_pair_is_found_where_it_begins(kind, level):
    spec = f"channel_error:start_s=2.3047,duration_s=2.5,kind={kind},level={level}"
    (finding,) = found(planted(songs.music(6.0), spec))
    assert finding.start_ns / 1e9 == pytest.approx(2.3047, abs=0.025)
    assert finding.end_ns / 1e9 == pytest.approx(4.8047, abs=0.025)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_found_after_coding(tmp_path, kind):
    sound = planted(songs.music(5.5), f"channel_error:start_s=2,duration_s=2.5,kind={kind}")
    (finding,) = found(songs.coded(tmp_path, sound, "aac"))
    assert finding.start_ns / 1e9 == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("seed", [0, 3])
def test_a_lost_channel_is_named(seed):
    sound = planted(songs.music(6.0), f"channel_error:start_s=2,duration_s=3,kind=silent,seed={seed}")
    assert [item.channel for item in found(sound)] == [seed // 3]


@pytest.mark.parametrize("kind", ["silent", "inverted"])
@pytest.mark.parametrize("start_s", [2.2, 2.6])
def test_it_is_found_in_a_voice_on_both_channels(kind, start_s):
    sound = planted(double(), f"channel_error:start_s={start_s},duration_s=3,kind={kind}")
    (finding,) = found(sound)
    assert finding.start_ns / 1e9 == pytest.approx(start_s, abs=0.35)


def test_a_channel_that_is_missing_all_along_is_found():
    sound = songs.music(4.0)
    sound[:, 1] = 0
    assert [item.channel for item in found(sound)] == [1]


def test_two_seconds_are_the_limit():
    assert found(planted(songs.music(6.0), "channel_error:start_s=2,duration_s=1.9,kind=silent")) == []


def test_findings_do_not_depend_on_blocks():
    sound = planted(songs.music(5.0), "channel_error:start_s=2,duration_s=2.5,kind=mono")
    assert found(sound, 800) == found(sound, 1024)


def test_one_channel_alone_cannot_be_judged():
    (check,) = [item for item in analysis(songs.music(3.0)[:, :1]).checks if item.defect == "channel_error"]
    assert check.reason == "one channel of sound only"


def _panned():
    """Return a guitar on one side that ends, and another on the other side that begins later."""
    sound = songs.music(9.0).astype(np.float64)
    t_s = np.arange(len(sound)) / RATE_HZ
    sound[:, 0] *= np.exp(-np.maximum(0, t_s - 5) / 0.25)
    sound[:, 1] *= np.clip((t_s - 3) / 0.1, 0, 1)
    return sound


def _jingle():
    """Return a stereo jingle that is cut to a mono microphone, and back."""
    sound = songs.music(9.0).astype(np.float64)
    voice = 0.3 * songs.melody(9.0, seed=3)[:, :1].astype(np.float64) * [1, 1]
    sound[3 * RATE_HZ : 6 * RATE_HZ] = voice[3 * RATE_HZ : 6 * RATE_HZ]
    return sound


def _surround():
    """Return 5.1 whose rears and LFE play now and then, and whose front pair rests in a dialogue."""
    sound = np.tile(songs.music(9.0), (1, 3)).astype(np.float64)
    sound[2 * RATE_HZ :, 3:] = 0
    t_s = np.arange(len(sound)) / RATE_HZ
    sound[:, :2] *= np.exp(-np.maximum(0, t_s - 4) / 0.3)[:, None]
    return sound


def _wide():
    """Return stereo that is wide by intent: the right side is the left one, late, and then out of phase."""
    left = songs.music(9.0)[:, 0].astype(np.float64)
    t_s = np.arange(len(left)) / RATE_HZ
    turn = np.cos(2 * np.pi * t_s / 9)
    return np.stack([left, turn * left + 0.5 * np.roll(left, 700)], axis=1)


def _stopped():
    sound = songs.music(9.0).astype(np.float64)
    sound[4 * RATE_HZ : 7 * RATE_HZ] = 0
    return sound


HONEST = {
    "dual mono": lambda: double(9.0),
    "panned": _panned,
    "jingle": _jingle,
    "surround": _surround,
    "wide": _wide,
    "stopped": _stopped,
}


@pytest.mark.parametrize("name", HONEST)
def test_what_is_mixed_so_is_no_error(name):
    assert found(np.rint(HONEST[name]()).astype(np.int16)) == []


@pytest.mark.media
@pytest.mark.parametrize(
    "name", ["video/bigbuckbunny.mp4", "audio/wesnoth_battle.ogg", "video/mdn_rabbit.mp4"]
)
def test_nothing_is_found_in_clean_sound(media, name):
    assert found(songs.load(media / name)) == []
