"""Cuts in sound: whatever is cut, however it is coded; and what is played or spoken that is like a cut."""

from fractions import Fraction

import numpy as np
import pytest

from harness.bench.negatives.instruments import fuzz_bass
from harness.impair.base import FaultSpec
from harness.media import VideoFormat
from harness.simulator.faults import FAULTS
from harness.simulator.playback import Playback
from harness.simulator.titles.library import Library
from tests.support.sounding import (
    RATE_HZ,
    bursts,
    chords,
    coded,
    cut,
    gated,
    heard,
    noise,
    seconds,
    speech,
    stereo,
    strokes,
)

CODECS = {"pcm": None, "aac": 128_000, "mp2": 192_000}
TUNE = stereo(chords(6))
SOUNDS = {
    "chords": lambda: stereo(chords(4)),
    "speech": lambda: stereo(speech(4, pause_s=(0.02, 0.08)) + noise(4, -60)),
    "noise": lambda: stereo(noise(4, -30)),
}


def _as(codec, sound):
    return coded(sound, codec, CODECS[codec]) if CODECS[codec] else sound


def _near(defect, start_s, end_s, channel=None):
    return (defect, pytest.approx(start_s, abs=0.006), pytest.approx(end_s, abs=0.006), channel)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("sound", SOUNDS)
def test_dropouts_are_found_after_coding(sound, codec):
    holes = {1.0213: 0.02, 2.0107: 0.1, 3.0041: 0.4}
    holed = SOUNDS[sound]()
    for start_s, length_s in holes.items():
        holed = cut(holed, start_s, length_s)
    wanted = [_near("audio_dropout", start_s, start_s + length_s) for start_s, length_s in holes.items()]
    assert heard(_as(codec, holed)) == wanted


def test_silence_that_begins_in_a_pause_is_heard_where_sound_is_cut_in_again():
    pause_db = np.interp(np.arange(len(TUNE)) / RATE_HZ, (2.03, 2.12, 2.2, 2.3), (0, -50, -50, 0))
    sound = cut(TUNE * 10 ** (pause_db / 20)[:, None] + stereo(noise(6, -62)), 2.15, 0.7)
    assert heard(sound) == [_near("silence", 2.15, 2.85)]


@pytest.mark.parametrize("codec", ["pcm", "mp2"])
@pytest.mark.parametrize("length_s", [0.03, 0.2])
def test_a_held_sample_is_a_dropout(codec, length_s):
    found = heard(_as(codec, cut(TUNE, 2.0213, length_s, held=True)))
    assert found == [_near("audio_dropout", 2.0213, 2.0213 + length_s)]


@pytest.mark.parametrize("offset_samples", range(0, 48, 7))
def test_a_hole_of_ten_milliseconds_is_found_wherever_it_begins(offset_samples):
    start_s = 2 + offset_samples / RATE_HZ
    assert heard(cut(TUNE, start_s, 0.01)) == [_near("audio_dropout", start_s, start_s + 0.01)]


def test_a_click_of_four_milliseconds_is_no_dropout():
    assert heard(cut(TUNE, 3.0, 0.004)) == []


@pytest.mark.parametrize(
    ("codec", "length_s"),
    [("pcm", length_s) for length_s in (0.45, 0.5, 0.55, 0.6, 0.65, 2.0)] + [("aac", 0.5), ("aac", 0.65)],
)
def test_one_cut_is_one_finding_however_long(codec, length_s):
    found = heard(_as(codec, cut(stereo(chords(4)), 1.0213, length_s)))
    defect = "silence" if length_s >= 0.5 else "audio_dropout"
    assert found == [_near(defect, 1.0213, 1.0213 + length_s)]


def test_a_hole_of_one_channel_is_no_silence():
    assert heard(cut(TUNE, 3.0, 0.55, channel=0)) == [_near("audio_dropout", 3.0, 3.55, 0)]
    assert heard(cut(TUNE, 3.0, 0.62, channel=0)) == []
    assert heard(cut(TUNE, 3.0, 1.5, channel=0)) == []


def test_several_holes_are_several_dropouts():
    sound, starts = TUNE, (2.0, 2.3, 2.7, 3.5)
    for start_s in starts:
        sound = cut(sound, start_s, 0.12)
    assert heard(sound) == [_near("audio_dropout", start_s, start_s + 0.12) for start_s in starts]


def test_holes_that_overlap_in_two_channels_are_one():
    sound = cut(cut(TUNE, 3.0, 0.3, channel=0), 3.1, 0.05, channel=1)
    assert heard(sound) == [_near("audio_dropout", 3.0, 3.3)]


@pytest.mark.parametrize("channels", [1, 6])
def test_other_numbers_of_channels(channels):
    sound = np.repeat(TUNE[:, :1], channels, axis=1)
    found = heard(cut(cut(sound, 3.0, 0.05), 4.0, 1.0))
    assert found == [_near("audio_dropout", 3.0, 3.05), _near("silence", 4.0, 5.0)]


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 96_000])
def test_other_rates(rate_hz):
    times = np.arange(rate_hz * 6) / rate_hz
    tone = 0.1 * sum(np.sin(2 * np.pi * hertz * times) for hertz in (220, 331, 553))
    sound = cut(cut(np.float32(tone[:, None]), 3.0, 0.05, rate_hz=rate_hz), 4.0, 1.0, rate_hz=rate_hz)
    assert heard(sound, rate_hz) == [_near("audio_dropout", 3.0, 3.05), _near("silence", 4.0, 5.0)]


def test_findings_do_not_depend_on_the_blocks():
    sound = cut(cut(TUNE, 3.0, 0.05), 4.0, 1.0)
    assert heard(sound) == heard(sound, block=len(sound)) == heard(sound, block=311)


@pytest.mark.parametrize("samples", [1, 24, 49, 480, 500])
def test_sound_of_a_few_samples_is_measured(samples):
    assert heard(stereo(noise(1, -20))[:samples]) == []


@pytest.mark.parametrize(("steps", "silent"), [(0, True), (4, True), (12, True), (180, False)])
def test_the_noise_of_a_capture_card_is_silence_and_hiss_is_not(steps, silent):
    found = heard(cut(stereo(speech(7, seed=4, pause_s=(0.02, 0.08))), 3.0, 1.5, steps=steps))
    assert ([item[0] for item in found] == ["silence"]) is silent


def test_an_offset_of_the_converter_is_no_sound():
    sound = cut(TUNE, 3.0, 1.0, steps=2) + np.float32(0.01)
    assert heard(sound) == [_near("silence", 3.0, 4.0)]


@pytest.mark.parametrize("dbfs", [-45.0, -55.0, -62.0])
def test_silence_begins_with_the_cut_and_not_with_a_soft_passage(dbfs):
    ending = chords(2) * np.exp(-np.maximum(seconds(2) - 1, 0) / 0.1)
    sound = np.concatenate([ending, np.zeros(3 * RATE_HZ), chords(2, seed=1)]) + noise(7, dbfs)
    assert heard(cut(stereo(sound, 1.0), 3.5, 1.0)) == [_near("silence", 3.5, 4.5)]


def test_silence_lasts_to_the_end_when_sound_does_not_come_back():
    assert heard(cut(TUNE, 4.0, 2.0)) == [_near("silence", 4.0, 6.0)]


def test_sound_that_comes_back_softly_ends_the_silence():
    sound = stereo(np.concatenate([chords(3), chords(3, seed=1) * np.clip(seconds(3) - 1, 0, 1)]))
    (found,) = heard(sound)
    assert found == ("silence", pytest.approx(3.0, abs=0.006), pytest.approx(4.0, abs=0.05), None)


def test_a_title_that_never_sounds_and_one_that_waits_for_long_are_silent():
    silent = stereo(np.zeros(RATE_HZ * 3))
    late = stereo(np.concatenate([np.zeros(RATE_HZ * 11), chords(2)]))
    assert heard(silent) == [_near("silence", 0.0, 3.0)]
    assert heard(late) == [_near("silence", 0.0, 11.0)]


def _rests(sound):
    return np.concatenate([sound, np.exp(-seconds(1.5) / 0.1) * chords(1.5, seed=2), chords(2, seed=3)])


CLEAN = {
    "speech with digital silence between": lambda: speech(8, seed=2, pause_s=(0.3, 0.9)),
    "speech in a room": lambda: speech(8, seed=1, pause_s=(0.3, 0.9)) + noise(8, -62, 1),
    "speech behind a noise gate": lambda: gated(speech(8, seed=1, pause_s=(0.3, 0.9)) + noise(8, -60, 1)),
    "staccato": lambda: strokes(8, 0.35, 0.03, pitch_hz=440),
    "notes behind a gate": lambda: bursts(noise(8, -22), 0.2, 0.2, 0.02),
    "bursts of noise behind a gate": lambda: bursts(noise(8, -25), 0.3, 0.7, 0.02),
    "tabla": lambda: strokes(8, 0.7, 0.08, pitch_hz=120),
    "claps with silence between": lambda: strokes(8, 0.9, 0.02, pitch_hz=1200),
    "fast claps": lambda: strokes(8, 0.4, 0.005, pitch_hz=1200),
    "musical rests": lambda: _rests(chords(2)),
    "a slow fade": lambda: np.concatenate([chords(4) * np.clip(3 - seconds(4), 0, 1), chords(3)]),
    "a fast fade": lambda: np.concatenate([noise(4, -20) * np.clip(10 * (2 - seconds(4)), 0, 1), chords(3)]),
    "a lead-in": lambda: np.concatenate([np.zeros(2 * RATE_HZ), chords(4)]),
    "beeps in silence": lambda: (
        0.25 * np.sin(2 * np.pi * 1000 * seconds(7)) * (np.abs(seconds(7) % 1 - 0.5) < 0.05)
    ),
    "a deep square wave": lambda: 0.3 * np.sign(np.sin(2 * np.pi * 32 * seconds(4))),
    "a bass with a fuzz pedal": lambda: fuzz_bass(4)[:, 0],
    "a bass of pulses": lambda: (
        0.3 * np.sin(2 * np.pi * 300 * seconds(4)) * (seconds(4) * 32 % 1 < 0.65) + noise(4, -70)
    ),
    "a word whose room tone was cut away": lambda: np.concatenate(
        [
            chords(2) * np.exp(-np.maximum(seconds(2) - 1.8, 0) / 0.045) + noise(2, -60),
            np.zeros(RATE_HZ),
            chords(2, seed=1) * np.minimum(seconds(2) / 0.3, 1) + noise(2, -60),
        ]
    ),
    "clicks": lambda: 0.7 * (seconds(6) % 0.8 < 0.0005),
}


@pytest.mark.parametrize("name", CLEAN)
def test_what_is_played_or_spoken_is_clean(name):
    assert heard(stereo(CLEAN[name]())) == []


@pytest.mark.fuller
@pytest.mark.parametrize(
    "name",
    sorted(
        set(CLEAN)
        - {"a deep square wave", "a bass with a fuzz pedal", "a bass of pulses", "clicks", "a lead-in"}
    ),
)
def test_what_is_played_or_spoken_is_clean_after_coding(name):
    assert heard(_as("aac", stereo(CLEAN[name]())[: 5 * RATE_HZ])) == []


def _played(title, spec, count):
    """Return what the virtual device plays with a fault in it, and when the fault is."""
    video = VideoFormat(320, 180, Fraction(50))
    playback = Playback(Library().title(title), video)
    fault = FAULTS[FaultSpec.parse(spec).defect](FaultSpec.parse(spec), video.fps, RATE_HZ)
    ticks = []
    for tick in range(count * 50):
        ticks.append(fault.sound(playback.sound(RATE_HZ // 50), tick / 50))
        playback.advance()
    playback.close()
    return np.concatenate(ticks).astype(np.float32) / 32768, fault.intervals_s()


@pytest.mark.parametrize("title", Library().titles)
def test_silence_that_a_device_plays_is_found(title):
    sound, intervals = _played(title, "silence:start_s=5,duration_s=1.5", 8)
    assert heard(sound) == [_near("silence", *interval) for interval in intervals]


@pytest.mark.parametrize(
    ("title", "level"),
    [("sync_pattern", "easy"), ("sync_pattern", "medium"), *((title, "hard") for title in Library().titles)],
)
def test_dropouts_that_a_device_plays_are_found(title, level):
    sound, intervals = _played(title, f"audio_dropout:start_s=4.6,duration_s=1,level={level},seed=2", 7)
    found = heard(sound)
    assert [item[0] for item in found] == ["audio_dropout"] * len(intervals)
    for (_, start_s, end_s, _), interval in zip(found, intervals, strict=True):
        assert (start_s, end_s) == (
            pytest.approx(interval[0], abs=0.02),
            pytest.approx(interval[1], abs=0.01),
        )


@pytest.mark.fuller
@pytest.mark.parametrize("start_s", [0.6, 1.3, 2.0, 2.7, 3.4, 4.1])
def test_silence_in_a_soft_part_of_a_title_is_found(start_s):
    sound, intervals = _played("big_buck_bunny", f"silence:start_s={start_s},duration_s=0.8", 6)
    assert heard(sound) == [_near("silence", *interval) for interval in intervals]
