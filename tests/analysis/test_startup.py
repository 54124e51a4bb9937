"""Start-up: the first frame of content is told to the frame, whatever was on the screen before."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.analysis.frame_view import FrameView
from harness.analysis.startup import StartUp
from harness.detectors.video.black_frames import BlackFrames
from harness.media import Frame, StreamFormat, VideoFormat
from harness.recording.recording import Recording
from harness.simulator.modes import MODES
from harness.simulator.screen.gallery import Sofa
from harness.timeline import Mark, Timeline
from tests.support.watched import LIBRARY, Watched, watch

FPS = 25
FRAME_NS = 40_000_000
WIDTH, HEIGHT = 320, 180
CHROMA = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)


def _world(seed):
    noise = np.random.default_rng(seed).integers(0, 256, (HEIGHT, 1400)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 8)
    return np.clip((soft - soft.mean()) * 11 + 120, 20, 230).astype(np.uint8)


def _film(count, seed=0, speed_px=4):
    world = _world(seed)
    return [world[:, index * speed_px : index * speed_px + WIDTH] for index in range(count)]


def _menu(focus=0, seed=9):
    picture = np.full((HEIGHT, WIDTH), 34, np.uint8)
    for place in range(4):
        tile = picture[60:120, 12 + place * 76 : 80 + place * 76]
        tile[...] = 120 if place == focus else 60
        tile[20:40, 10:-10] = np.random.default_rng(seed + place).integers(60, 220, (20, 48))
    cv2.putText(picture, "What would you like", (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 200, 1)
    return picture


def _black(count, spinner=True, level=16):
    pictures = []
    for index in range(count):
        picture = np.full((HEIGHT, WIDTH), level, np.uint8)
        if spinner:
            angle = index * 0.5
            centre = (WIDTH // 2 + round(12 * np.cos(angle)), HEIGHT // 2 + round(12 * np.sin(angle)))
            cv2.circle(picture, centre, 4, 220, -1)
        pictures.append(picture)
    return pictures


def _dimmed(picture, index):
    dim = (16 + (picture.astype(np.float32) - 16) * 0.4).astype(np.uint8)
    return np.where(_black(index + 1)[-1] > 100, 220, dim).astype(np.uint8)


def _first(pictures, asked, fps=FPS, skip=()):
    """Return the index of the first frame of content, play being asked during frame `asked`."""
    start_up, view = StartUp(), None
    times = [round(index * 1e9 / fps) for index in range(len(pictures))]
    for index, y in enumerate(pictures):
        if index not in skip:
            view = FrameView(Frame(times[index], index, y, CHROMA, CHROMA), view)
            start_up.see(view)
    timeline = Timeline(marks=[Mark("play_asked", round((asked + 0.5) * 1e9 / fps), "film")])
    start_up.mark(timeline)
    mark = timeline.first("first_frame")
    return None if mark is None else times.index(mark.t_ns)


def _recorded(path):
    recording = Recording(path)
    engine = Engine([], Context(recording.format, recording.timeline))
    for item in recording.items():
        engine.feed(item)
    engine.finish()
    return engine.context.timeline


@pytest.mark.fuller
@pytest.mark.parametrize("title", list(LIBRARY.titles))
def test_every_title_of_the_virtual_device_begins_to_the_frame(tmp_path, title):
    watch(tmp_path / "title.mkv", title, seconds=1.6, before_s=0.2)
    timeline = _recorded(tmp_path / "title.mkv")
    asked, first = timeline.first("play_asked"), timeline.first("first_frame")
    assert first.t_ns - asked.t_ns == 800_000_000
    assert first.detail == title


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "720p25"])
def test_it_begins_to_the_frame_in_every_mode(mode):
    sofa, start_up, view = Sofa(LIBRARY, mode), StartUp(), None
    sofa.device.start_app(None, "harness://title/nature", {})
    for index, shown in enumerate(sofa.watch(Fraction(6, 5))):
        view = FrameView(Frame(round(index * 1e9 / MODES[mode].fps), index, *shown.picture), view)
        start_up.see(view)
    sofa.device.close()
    timeline = Timeline(marks=[Mark("play_asked", 0)])
    start_up.mark(timeline)
    assert timeline.first("first_frame").t_ns == pytest.approx(800_000_000, abs=1)


@pytest.mark.parametrize(("channel", "before_s"), [(1, 0.04), (2, 0.4), (4, 1)])
def test_a_channel_begins_to_the_frame_while_another_one_plays(tmp_path, channel, before_s):
    with Watched(tmp_path / "zap.mkv") as watched:
        watched.device.start_app(None, f"harness://live/{channel}", {})
        watched.skip(1.2)
        watched.run(before_s)
        watched.mark("play_asked")
        watched.press("CHANNEL_UP")
        watched.run(1.8)
    timeline = _recorded(tmp_path / "zap.mkv")
    assert timeline.first("first_frame").t_ns - timeline.first("play_asked").t_ns == 800_000_000


def test_a_lost_frame_moves_nothing():
    assert _first([*[_menu()] * 10, *_black(15), *_film(20)], 8, skip=(12, 20, 30)) == 25


@pytest.mark.parametrize("asked", [0, 9])
@pytest.mark.parametrize("level", [16, 40])
def test_from_a_menu_over_black(asked, level):
    assert _first([*[_menu()] * 10, *_black(15, level=level), *_film(20)], asked) == 25


def test_from_a_menu_straight_into_the_title():
    assert _first([*[_menu()] * 20, *_film(20)], 10) == 20


def test_a_focus_that_moves_leaves_the_menu_the_menu():
    assert _first([*[_menu()] * 12, *[_menu(focus=1)] * 9, *_film(20)], 10) == 21


def test_a_dimmed_menu_under_a_spinner_is_still_the_menu():
    dimmed = [_dimmed(_menu(), index) for index in range(9)]
    assert _first([*[_menu()] * 12, *dimmed, *_film(20)], 10) == 21


def test_a_transition_between_two_waits_is_not_the_title():
    other = _menu(seed=40)[::-1]
    assert _first([*[_menu()] * 12, *[other] * 6, *_black(15), *_film(20)], 10) == 33


def test_a_title_card_is_content():
    card = np.full((HEIGHT, WIDTH), 16, np.uint8)
    cv2.putText(card, "A FILM BY NOBODY", (30, 95), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 200, 2)
    assert _first([*[_menu()] * 12, *_black(10), *[card] * 40], 10) == 22


def test_a_dimmed_picture_under_a_spinner_is_content():
    held = _film(1)[0]
    waits = [_dimmed(held, index) for index in range(40)]
    assert _first([*[_menu()] * 12, *_black(10), *waits], 10) == 22


@pytest.mark.parametrize(
    "pictures", [[*[_menu()] * 12, *_black(50)], [_menu()] * 60, _black(60, spinner=False)]
)
def test_waiting_for_ever_has_no_first_frame(pictures):
    assert _first(pictures, 10) is None


def test_without_a_frame_or_a_request_nothing_is_marked():
    assert _first([], 0) is None
    timeline = Timeline()
    StartUp().mark(timeline)
    assert timeline.marks == []


def test_what_the_plan_marked_stays():
    start_up, view = StartUp(), None
    for index, y in enumerate([*_black(10), *_film(10)]):
        view = FrameView(Frame(index * FRAME_NS, index, y, CHROMA, CHROMA), view)
        start_up.see(view)
    marks = [Mark("play_asked", 0), Mark("first_frame", 15 * FRAME_NS)]
    timeline = Timeline(marks=list(marks))
    start_up.mark(timeline)
    assert timeline.marks == marks


def test_a_cut_in_the_old_title_is_not_the_new_one():
    old = [*_film(20), *_film(15, seed=5)]
    assert _first([*old, *_black(12), *_film(20, seed=3)], 14) == 47


def test_a_cut_from_one_title_to_the_next():
    assert _first([*_film(40), *_film(30, seed=3)], 15) == 40


def test_a_flash_in_the_old_title_is_no_cut():
    old = _film(60)
    for index in (20, 21):
        old[index] = old[index].copy()
        old[index][20:160, 40:280] = 235
    assert _first(old, 15) is None


def test_black_after_which_the_old_title_goes_on_is_no_answer():
    old = _film(80, speed_px=1)
    old[30:40] = _black(10, spinner=False)
    assert _first(old, 15) is None
    assert _first([*old[:50], *_film(20, seed=3)], 15) == 50


def test_a_title_that_was_there_all_along_has_no_first_frame_and_is_judged_from_the_ask():
    engine = Engine(
        [BlackFrames()],
        Context(
            StreamFormat(VideoFormat(WIDTH, HEIGHT, Fraction(FPS)), None),
            Timeline(marks=[Mark("play_asked", 10 * FRAME_NS)]),
        ),
    )
    pictures = _film(80, speed_px=1)
    pictures[30:40] = _black(10, spinner=False)
    for index, y in enumerate(pictures):
        engine.feed(Frame(index * FRAME_NS, index, y, CHROMA, CHROMA))
    assert [(item.defect, item.start_ns) for item in engine.finish().findings] == [
        ("black_frames", 30 * FRAME_NS)
    ]


def test_what_came_before_the_first_frame_is_not_judged(tmp_path):
    faults = ("black_frames:start_s=0.6,duration_s=0.4",)
    truth = watch(tmp_path / "title.mkv", "nature", *faults, seconds=2.6, before_s=0.2)
    recording = Recording(tmp_path / "title.mkv")
    engine = Engine([BlackFrames()], Context(recording.format, recording.timeline))
    for item in recording.items():
        engine.feed(item)
    assert [(item.start_ns, item.end_ns) for item in engine.finish().findings] == truth
