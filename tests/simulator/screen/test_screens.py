"""Keys change the screen as on a real box, in the first frame that is not earlier than the press."""

import threading
from fractions import Fraction

import numpy as np
import pytest

from harness.analysis import markers
from harness.impair.base import FaultSpec
from harness.simulator.screen.gallery import SCREENS
from harness.simulator.titles.library import Library
from harness.simulator.titles.previews import Previews

START_UP = 40
"""Frames until a title starts, at 720p50."""
HOME, PLAYER = "org.captureharness.home/.Home", "org.captureharness.player/.Player"


def _same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one.picture, other.picture, strict=True))


def _number(shown):
    marker = markers.read(shown.picture[0])
    return marker.number if marker else None


def _playing(sofa, title="sync_pattern", ticks=0):
    sofa.device.start_app(None, f"harness://title/{title}", {})
    for _ in range(START_UP + ticks):
        sofa.tick()


def test_home_is_always_the_same(sofa):
    box = sofa()
    first = box.wait(Fraction(1, 10))
    box.press("RIGHT", "HOME")
    assert _same(box.wait(Fraction(7)), first)
    assert not first.sound.any()


def test_home_focus_moves_and_stops_at_the_ends(sofa):
    box = sofa()
    start = box.tick()
    box.press("LEFT")
    assert _same(box.tick(), start)
    box.press("RIGHT")
    assert not _same(box.tick(), start)


def test_a_press_is_seen_in_the_first_frame_that_is_not_earlier(sofa):
    box = sofa()
    before = box.tick()
    box.device.key("RIGHT", box.now_ns() + 1)
    assert _same(box.tick(), before)
    assert not _same(box.tick(), before)


def test_from_home_to_a_title_and_back_with_keys(sofa):
    box = sofa()
    box.press("SELECT")
    assert (box.device.foreground(), box.device.media_session().state) == (PLAYER, "STOPPED")
    box.press("RIGHT", "SELECT")
    assert box.device.media_session().state == "BUFFERING"
    shown = box.watch(Fraction(1))
    assert [_number(frame) for frame in shown][START_UP - 1 :] == list(range(50 - START_UP + 1))
    session = box.device.media_session()
    assert (session.state, session.title, session.package) == (
        "PLAYING",
        "sync_pattern",
        "org.captureharness.player",
    )
    box.press("BACK")
    assert box.device.media_session().state == "STOPPED"
    box.press("BACK")
    assert box.device.foreground() == HOME


def test_start_up_shows_a_turning_spinner_and_is_silent(sofa):
    box = sofa()
    box.device.start_app(None, "harness://title/sync_pattern", {})
    shown = box.watch(Fraction(START_UP, 50))
    assert all(_number(frame) is None and not frame.sound.any() for frame in shown)
    assert len({frame.picture[0].tobytes() for frame in shown}) >= 10
    assert shown[0].picture[0][:200].max() == 16
    assert _number(box.tick()) == 0


def test_every_frame_and_sample_comes_once(sofa):
    box = sofa()
    _playing(box)
    shown = box.watch(Fraction(5))
    assert [_number(frame) for frame in shown] == list(range(250))
    sound = np.concatenate([frame.sound for frame in shown])
    reel = Library().title("sync_pattern").open(box.device.apply(box.now_ns()))
    assert np.array_equal(sound, reel.sound(0, 5 * 48_000))


def test_pause_holds_picture_and_sound_and_play_goes_on(sofa):
    box = sofa()
    _playing(box, ticks=30)
    box.press("PAUSE")
    held = box.watch(Fraction(1))
    assert {_number(frame) for frame in held} == {30}
    assert not held[-1].sound.any()
    assert box.device.media_session().state == "PAUSED"
    box.device.key("PLAY", box.now_ns())
    assert [_number(frame) for frame in box.watch(Fraction(1, 10))] == [30, 31, 32, 33, 34]


def test_pausing_does_not_click(sofa):
    box = sofa()
    _playing(box, "news", ticks=30)
    before = box.tick().sound
    box.device.key("PAUSE", box.now_ns())
    after = box.tick().sound
    steps = np.abs(np.diff(np.concatenate([before, after]).astype(int), axis=0))
    assert steps.max() < 600


def test_seek_goes_ten_seconds_and_stops_at_the_beginning(sofa):
    box = sofa()
    _playing(box, ticks=50)
    box.device.key("FAST_FORWARD", box.now_ns())
    assert _number(box.tick()) == 550
    box.device.key("REWIND", box.now_ns())
    assert _number(box.tick()) == 51
    box.device.key("REWIND", box.now_ns())
    assert _number(box.tick()) == 0


def test_the_bar_comes_with_a_key_and_hides(sofa):
    box = sofa()
    _playing(box, "news", ticks=10)
    box.device.key("MENU", box.now_ns())
    shown = [frame.picture[0][600:] for frame in box.watch(Fraction(4))]
    dark = [part.mean() < 50 for part in shown]
    assert dark == [True] * 150 + [False] * 50


def test_captions_come_and_go_with_their_times(sofa):
    box = sofa()
    _playing(box, "talking_points")
    box.device.preferences.captions = False
    plain = box.watch(Fraction(3))
    box.device.preferences.captions = True
    _playing(box, "talking_points")
    written = box.watch(Fraction(3))
    different = [not _same(one, other) for one, other in zip(plain, written, strict=True)]
    assert different == [False] * 25 + [True] * 125


def test_the_bar_pushes_captions_up(sofa):
    box = sofa()
    _playing(box, "talking_points", ticks=60)
    below = slice(580, 660)
    written = box.tick().picture[0]
    assert written[below, 340:940].max() > 200
    box.press("PAUSE")
    y = box.tick().picture[0]
    assert y[540:550, 640].max() < 60  # the caption's box
    assert y[450:550, 340:940].max() > 200
    box.device.key("PLAY", box.now_ns())
    shown = box.watch(Fraction(31, 10))
    raised = [frame.picture[0][450:540, 340:940].max() > 200 for frame in shown]
    barred = [frame.picture[0][572:590, 100:300].max() < 40 for frame in shown]
    assert raised == barred == [True] * 150 + [False] * 5


def test_live_channels_zap(sofa):
    box = sofa()
    box.device.start_app(None, "harness://live/1", {})
    box.tick()
    assert box.device.media_session().title == "news"
    box.press("CHANNEL_UP")
    assert box.device.media_session().title == "nature"
    box.press("CHANNEL_DOWN", "CHANNEL_DOWN")
    assert box.device.media_session().title == "big_buck_bunny"


def test_a_broken_film_shows_the_dialog_and_takes_no_fault(sofa, tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    box = sofa(titles=Library(tmp_path))
    box.device.plant(FaultSpec.parse("freeze_frame"))
    _playing(box, "broken")
    assert box.device.media_session().state == "BUFFERING"
    box.tick()
    assert box.device.media_session().state == "ERROR"
    assert not any("first frame" in line for line in box.device.log())
    _playing(box, ticks=1)
    assert box.device.planted()[0]["seen"]


def test_a_title_that_goes_bad_shows_the_dialog(sofa, tmp_path, library):
    path = tmp_path / "clip.mp4"
    path.write_bytes(library.title("big_buck_bunny").path.read_bytes())
    titles = Library(tmp_path)
    path.write_bytes(b"gone")
    box = sofa(titles=titles)
    _playing(box, "clip", ticks=2)
    assert box.device.media_session().state == "ERROR"
    assert any("cannot" in line or "not readable" in line for line in box.device.log())
    box.press("SELECT")
    assert box.device.media_session().state == "STOPPED"


class Held:
    """A title that does not open until it may."""

    name = words = "held"
    captions = ()

    def __init__(self, title):
        self.title = title
        self.duration_s = title.duration_s
        self.may_open = threading.Event()

    def open(self, video):
        self.may_open.wait(30)
        return self.title.open(video)


def test_the_spinner_turns_until_a_slow_title_is_open(sofa):
    titles = Library()
    held = titles.titles["held"] = Held(titles.title("sync_pattern"))
    box = sofa(titles=titles)
    box.device.start_app(None, "harness://title/held", {})
    box.device.ticking = True
    assert {_number(frame) for frame in box.watch(Fraction(2))} == {None}
    assert box.device.media_session().state == "BUFFERING"
    held.may_open.set()
    while (number := _number(box.tick())) is None:
        continue
    assert number == 0
    assert _number(box.tick()) == 1


def test_the_catalogue_does_not_wait_for_its_posters(sofa):
    titles = Library()
    held = titles.titles["held"] = Held(titles.title("sync_pattern"))
    box = sofa(titles=titles)
    held.may_open.set()
    box.press("SELECT")
    complete = box.tick()
    held.may_open.clear()
    titles.previews = Previews()
    box.device.ticking = True
    assert not _same(box.tick(), complete)
    held.may_open.set()
    while not _same(box.tick(), complete):
        continue


def test_settings_switch_captions_and_mode(sofa):
    box = sofa()
    box.press("RIGHT", "RIGHT", "SELECT")
    assert box.device.foreground() == "org.captureharness.settings/.Settings"
    box.press("DOWN", "DOWN", "SELECT")
    assert box.device.mode == "1080p60"
    assert box.watch(Fraction(29, 60)) == []
    shown = box.wait(Fraction(1, 4))
    assert shown.picture[0].shape == (1080, 1920)
    box.press("DOWN", "SELECT")
    assert not box.device.preferences.captions


def test_a_title_goes_on_through_a_change_of_mode(sofa):
    box = sofa()
    _playing(box, ticks=100)
    box.device.start_app("org.captureharness.settings", None, {})
    box.tick()
    _playing(box, ticks=100)
    box.device.set_mode("720p25")
    box.watch(Fraction(1))
    shown = box.watch(Fraction(1, 5))
    numbers = [_number(frame) for frame in shown]
    assert numbers == list(range(numbers[0], numbers[0] + 5))


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_can_be_drawn_in_every_mode(sofa, name):
    for mode in ("720p25", "1080p60"):
        box = sofa(mode)
        SCREENS[name](box)
        y, u, v = box.tick().picture
        height = 1080 if mode == "1080p60" else 720
        assert y.shape == (height, height * 16 // 9)
        assert u.shape == v.shape == (height // 2, height * 8 // 9)
        assert y.min() >= 1 and y.max() <= 254
