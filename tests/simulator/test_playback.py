"""A playback is where it says, to the sample, and no cut of its sound clicks."""

import threading
from fractions import Fraction

import numpy as np
import pytest

from harness.analysis import markers
from harness.errors import InputError
from harness.media import VideoFormat
from harness.simulator.modes import MODES
from harness.simulator.playback import CROSSING, Playback
from harness.simulator.titles.captions import Cue
from harness.simulator.titles.library import Library

RATE = 48_000
SMALL = VideoFormat(640, 360, Fraction(50))
BLOCK = 960
LEVEL = 5000


def steps(first, count):
    return (np.arange(first, first + count) % 30_000).astype(np.int16)


class Steps:
    """A title whose samples tell their own positions; its reel may be held back while it opens."""

    name = words = "steps"
    duration_s = Fraction(10)
    captions = (Cue(1.0, 2.0, "one"), Cue(2.0, 2.5, "two"))

    def __init__(self, may_open=None, fails=False):
        self.may_open = may_open
        self.fails = fails
        self.opened = []
        self.closed = 0

    def open(self, video):
        if self.may_open:
            self.may_open.wait(30)
        if self.fails:
            raise InputError("steps: broken")
        self.opened.append(video)
        return self

    def picture(self, at_s):
        plane = np.full((4, 4), int(at_s), np.uint8)
        return plane, plane[:2, :2], plane[:2, :2]

    def sound(self, first, count):
        return np.repeat(steps(first, count)[:, None], 2, axis=1)

    def close(self):
        self.closed += 1


class Level(Steps):
    """A title whose sound is a steady level for a second, and the opposite after it."""

    def sound(self, first, count):
        places = np.arange(first, first + count)
        return np.repeat(np.where(places < RATE, LEVEL, -LEVEL).astype(np.int16)[:, None], 2, axis=1)


@pytest.fixture
def playing():
    started = []

    def play(title, video=SMALL):
        started.append(Playback(title, video))
        return started[-1]

    yield play
    for playback in started:
        playback.close()


def _heard(playback, ticks, count=BLOCK):
    blocks = []
    for _ in range(ticks):
        blocks.append(playback.sound(count))
        playback.advance()
    return np.concatenate(blocks)[:, 0]


@pytest.mark.parametrize("mode", MODES)
def test_an_hour_later_picture_and_sound_are_still_together(playing, mode):
    video = MODES[mode]
    playback = playing(Steps(), video)
    playback.seek(Fraction(3600))
    for _ in range(100):
        playback.advance()
    assert playback.position_s == 3600 + 100 / video.fps
    heard = playback.sound(800)[:, 0]
    assert np.array_equal(heard[CROSSING:], steps(round(playback.position_s * RATE), 800)[CROSSING:])


@pytest.mark.parametrize("mode", MODES)
def test_sound_follows_without_a_seam(playing, mode):
    video = MODES[mode]
    count = round(RATE / video.fps)
    heard = _heard(playing(Steps(), video), 20, count)
    assert np.array_equal(heard, steps(0, 20 * count))


def test_the_first_sample_is_sharp(playing):
    assert playing(Level()).sound(BLOCK)[0, 0] == LEVEL


def test_seeking_goes_there_exactly_and_not_before_the_start(playing):
    playback = playing(Steps())
    _heard(playback, 10)
    playback.seek(Fraction(3, 10))
    assert playback.picture()[0][0, 0] == 0 and playback.position_s == Fraction(3, 10)
    heard = _heard(playback, 2)
    assert np.array_equal(heard[CROSSING:], steps(14_400, 2 * BLOCK)[CROSSING:])
    playback.seek(Fraction(-5))
    assert playback.position_s == 0


def test_a_seek_fades_over_and_does_not_click(playing):
    playback = playing(Level())
    _heard(playback, 10)
    playback.seek(Fraction(5))
    heard = _heard(playback, 1).astype(int)
    assert heard[0] == LEVEL and (heard[CROSSING:] == -LEVEL).all()
    assert np.abs(np.diff(heard)).max() <= 2 * LEVEL / CROSSING + 1


def test_silence_fades_out_stays_and_fades_in_where_it_was(playing):
    playback = playing(Level())
    _heard(playback, 10)
    faded = playback.silence(BLOCK)[:, 0].astype(int)
    assert faded[0] == LEVEL and not faded[CROSSING:].any()
    assert not playback.silence(BLOCK).any()
    back = _heard(playback, 1).astype(int)
    assert back[0] == 0 and (back[CROSSING:] == LEVEL).all()
    assert playback.position_s == Fraction(11, 50)


@pytest.mark.parametrize("offset_ms", [200, -160, 41.5])
def test_the_sound_may_run_beside_its_picture(playing, offset_ms):
    playback = playing(Steps())
    playback.seek(Fraction(1))
    playback.sound_offset_s = Fraction(offset_ms) / 1000
    heard = _heard(playback, 4)
    expected = steps(RATE + round(offset_ms * 48), 4 * BLOCK)
    assert np.array_equal(heard[CROSSING:], expected[CROSSING:])


def test_an_offset_that_begins_fades_over(playing):
    playback = playing(Level())
    playback.seek(Fraction(9, 10))
    _heard(playback, 2)
    playback.sound_offset_s = Fraction(1, 5)
    heard = _heard(playback, 1).astype(int)
    assert heard[0] == LEVEL and (heard[CROSSING:] == -LEVEL).all()


def test_another_mode_goes_on_at_the_same_place(playing):
    playback = playing(Library().title("sync_pattern"))
    for _ in range(100):
        playback.advance()
    playback.resize(MODES["720p60"])
    assert playback.position_s == 2
    assert markers.read(playback.picture()[0]).number == 120
    playback.advance()
    assert markers.read(playback.picture()[0]).number == 121


def test_captions_belong_to_the_round(playing):
    playback = playing(Steps())
    told = {}
    for position in (Fraction(99, 100), 1, Fraction(199, 100), 2, Fraction(5, 2), 11, Fraction(124, 10)):
        playback.seek(Fraction(position))
        told[float(position)] = playback.caption()
    assert told == {0.99: "", 1.0: "one", 1.99: "one", 2.0: "two", 2.5: "", 11.0: "one", 12.4: "two"}


def test_it_opens_while_others_go_on_and_tells_when_it_is_ready(playing):
    may_open = threading.Event()
    title = Steps(may_open)
    playback = playing(title)
    assert not playback.ready
    may_open.set()
    assert playback.picture()[0][0, 0] == 0
    assert playback.ready and title.opened == [SMALL]


def test_what_is_closed_before_it_is_open_is_closed_then():
    may_open = threading.Event()
    title = Steps(may_open)
    playback = Playback(title, SMALL)
    playback.close()
    assert title.closed == 0
    may_open.set()
    playback.picture()
    while not title.closed:
        may_open.wait(0.01)
    assert title.closed == 1


def test_a_title_that_does_not_open_is_told_with_its_first_picture(playing):
    playback = playing(Steps(fails=True))
    with pytest.raises(InputError, match="broken"):
        playback.picture()
    assert playback.ready
