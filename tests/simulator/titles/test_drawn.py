"""The titles we draw: every frame differs, sound never stops, and the pattern is exact."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from harness.analysis import markers
from harness.media import VideoFormat
from harness.simulator.modes import MODES
from harness.simulator.titles.library import Library

RATE = 48_000
DRAWN = ("sync_pattern", "talking_points", "news", "nature")


@pytest.mark.parametrize("mode", MODES)
def test_each_frame_of_the_pattern_is_numbered(mode):
    video = MODES[mode]
    reel = Library().title("sync_pattern").open(video)
    for number in (0, 1, 2, 49, 50, 51, 119, 120, 7201, 599 * int(video.fps)):
        marker = markers.read(reel.picture(number / video.fps)[0])
        in_flash = number % int(video.fps) < markers.flash_frames(video.fps)
        assert marker == markers.Marker(number, in_flash)


@pytest.mark.parametrize("mode", MODES)
def test_the_beep_is_as_exact_as_a_sample(mode):
    fps = MODES[mode].fps
    sound = Library().title("sync_pattern").open(MODES[mode]).sound(0, 3 * RATE)[:, 0]
    loud = np.abs(sound.astype(int)) > 6000
    length = round(markers.flash_frames(fps) * RATE / fps)
    for second in range(3):
        first = second * RATE
        assert loud[first]
        assert loud[first : first + length].any() and not loud[first + length : first + RATE].any()
    spectrum = np.abs(np.fft.rfft(sound[:length] * np.hanning(length), RATE))
    assert abs(int(np.argmax(spectrum)) - markers.BEEP_HZ) <= 1


@pytest.mark.parametrize("name", DRAWN)
def test_no_frame_is_like_the_one_before(name):
    video = VideoFormat(640, 360, Fraction(60))
    reel = Library().title(name).open(video)
    frames = [reel.picture(Fraction(tick, 60))[0] for tick in range(50, 110)]
    changes = [np.abs(one.astype(int) - other).mean() for one, other in itertools.pairwise(frames)]
    assert min(changes) > 0.5


@pytest.mark.parametrize("name", DRAWN)
def test_sound_never_falls_silent_nor_clips(name):
    title = Library().title(name)
    sound = title.open(VideoFormat(320, 180, Fraction(25))).sound(0, 30 * RATE) / 32768.0
    hops = np.sqrt((sound.reshape(-1, 960, 2) ** 2).mean(axis=(1, 2)))
    assert 20 * np.log10(hops.min()) > -50
    assert np.abs(sound).max() < 0.7


@pytest.mark.parametrize("name", ["talking_points", "news", "nature"])
def test_sound_repeats_without_a_seam(name):
    title = Library().title(name)
    length = title.seconds * RATE
    reel = title.open(VideoFormat(320, 180, Fraction(25)))
    across = reel.sound(length - 500, 1000).astype(int)
    inside = reel.sound(length // 2, 20_000).astype(int)
    assert np.abs(np.diff(across, axis=0)).max() <= 1.5 * np.abs(np.diff(inside, axis=0)).max()


def test_captions_keep_their_own_rules():
    for cue in Library().title("talking_points").captions:
        lines = cue.text.split("\n")
        assert len(lines) <= 2 and max(map(len, lines)) <= 42
        assert len(cue.text) / (cue.end_s - cue.start_s) <= 30
        assert 2.0 <= cue.end_s - cue.start_s <= 4.0


def test_live_channels_go_round():
    library = Library()
    count = len(library.channels)
    assert library.channel(1).name == "news"
    assert library.channel(count + 1) is library.channel(1)
