"""stalling: a spinner over a held picture is found to the frame, in every style; talking heads are none."""

from fractions import Fraction
from itertools import islice

import cv2
import numpy as np
import pytest

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.decoding import MediaFile
from harness.detectors.video.freeze_frame import FreezeFrame
from harness.detectors.video.stalling import Stalling
from harness.findings import Status
from harness.impair.spinner import STYLES
from harness.media import Frame, Gap, StreamFormat, VideoFormat
from harness.recording.recording import Recording
from harness.run.analyze import analyze, find_criteria
from harness.timeline import Mark, Press, Timeline
from tests.support import planting
from tests.support.spinners import spun, stall
from tests.support.watched import LIBRARY, Watched, watch

FPS = 25
WIDTH, HEIGHT = 480, 270
VIDEO = VideoFormat(WIDTH, HEIGHT, Fraction(FPS))
HARD_NEGATIVES = (
    "faces/grid_s4_bwbt5p.mkv",
    "faces/grid_s4_pbbc4a.mkv",
    "faces/grid_s4_srah4a.mkv",
    "faces/grid_s4_swwc4a.mkv",
    "faces/retalking_2.mp4",
    "video/intel_bottle-detection.mp4",
)


def _film(title, count):
    reel = LIBRARY.title(title).open(VIDEO)
    pictures = [reel.picture(Fraction(index, FPS)) for index in range(count)]
    reel.close()
    return pictures


@pytest.fixture(scope="module")
def film():
    return _film("big_buck_bunny", 90)


def _engine(pictures, timeline=None, lost=()):
    engine = Engine([FreezeFrame(), Stalling()], Context(StreamFormat(VIDEO, None), timeline or Timeline()))
    for index, planes in enumerate(pictures):
        t_ns = index * 40_000_000
        if index in lost:
            engine.feed(Gap(t_ns, t_ns + 40_000_000, "video", "the card lost it"))
        else:
            engine.feed(Frame(t_ns, index, *planes))
    return engine.finish()


def _stalls(findings, fps=FPS):
    return [
        (round(item.start_ns * fps / 1e9, 2), round(item.end_ns * fps / 1e9, 2))
        for item in findings
        if item.defect == "stalling"
    ]


def _recorded(path, **more):
    return analyze(Recording(path), find_criteria("default"), **more).analysis


@pytest.mark.parametrize(
    ("title", "mode", "start_s", "duration_s"),
    [
        *[pytest.param(title, "720p25", 0.52, 0.72, marks=pytest.mark.fuller) for title in LIBRARY.titles],
        ("news", "720p25", 0.4, 0.5),
        pytest.param("sync_pattern", "720p30", 1.0, 1.0, marks=pytest.mark.fuller),
        pytest.param("big_buck_bunny", "720p50", 0.4, 0.6, marks=pytest.mark.fuller),
        ("nature", "720p60", 0.35, 0.55),
        pytest.param("talking_points", "1080p60", 0.5, 0.5, marks=pytest.mark.fuller),
    ],
)
def test_what_the_device_plants_is_found_to_the_frame(tmp_path, title, mode, start_s, duration_s):
    fault = f"stalling:start_s={start_s},duration_s={duration_s}"
    (truth,) = watch(
        tmp_path / "wait.mkv", title, fault, mode=mode, seconds=1.2 + start_s + duration_s, before_s=0.1
    )
    findings = _recorded(tmp_path / "wait.mkv").findings
    assert [(item.start_ns, item.end_ns) for item in findings if item.defect == "stalling"] == [truth]
    assert {item.defect for item in findings if not item.explained_by} == {"stalling"}


@pytest.mark.parametrize("start_s", [0, 0.6])
def test_a_wait_without_an_end_is_found_from_its_first_frame(tmp_path, start_s):
    fault = f"stalling:start_s={start_s},duration_s=inf"
    ((start_ns, _),) = watch(tmp_path / "wait.mkv", "nature", fault, seconds=2.2, before_s=0.2)
    analysis = _recorded(tmp_path / "wait.mkv")
    (finding,) = [item for item in analysis.findings if item.defect == "stalling"]
    assert (finding.start_ns, finding.end_ns) == (start_ns, 2_400_000_000)
    silences = [item for item in analysis.findings if item.defect == "silence"]
    assert all(item.explained_by == "stalling" for item in silences)


@pytest.mark.parametrize("dim", [0.0, 0.35, 1.0])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_found_over_a_film(film, tmp_path, style, dim):
    planting.code(tmp_path / "wait.mkv", stall(film, 30, 20, FPS, style, dim=dim), FPS, preset="ultrafast")
    ((start, end),) = _stalls(_recorded(tmp_path / "wait.mkv", asked={"stalling"}).findings)
    assert abs(start - 30) <= 1
    assert abs(end - 50) <= 2


@pytest.mark.parametrize(("size", "at"), [(0.08, (0.5, 0.5)), (0.24, (0.5, 0.5)), (0.12, (0.4, 0.62))])
def test_size_and_place_may_differ(film, size, at):
    assert _stalls(_engine(stall(film, 30, 25, FPS, size=size, at=at)).findings) == [(30, 55)]


@pytest.mark.fuller
@pytest.mark.media
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("name", "dim"),
    [("video/bikes.mp4", 0.35), ("video/mdn_rabbit.mp4", 0.5), ("faces/grid_brbk7n.mpg", 0.65)],
)
def test_every_style_is_found_over_real_clips(media, tmp_path, name, dim, style):
    with MediaFile(media / name) as file:
        fps = file.format.video.fps
        frames = islice((item for item in file.items() if isinstance(item, Frame)), 70)
        pictures = [(item.y, item.u, item.v) for item in frames]
    planted = stall(pictures, 30, 20, float(fps), style, dim=dim)
    planting.code(tmp_path / "wait.mkv", planted, fps, preset="ultrafast")
    ((start, end),) = _stalls(_recorded(tmp_path / "wait.mkv", asked={"stalling"}).findings, float(fps))
    assert abs(start - 30) <= 2
    assert abs(end - 50) <= 2


@pytest.mark.fuller
@pytest.mark.media
@pytest.mark.parametrize("name", HARD_NEGATIVES)
def test_clean_clips_have_none(media, name):
    assert _recorded(media / name, asked={"stalling"}).findings == []


def _head(count, seed=0):
    """A head that talks before a still ground: what moves is small, and in one place."""
    random = np.random.default_rng(seed)
    ground = cv2.GaussianBlur(random.integers(60, 200, (HEIGHT, WIDTH)).astype(np.uint8), (0, 0), 4)
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    pictures, open_px = [], 8.0
    for _ in range(count):
        open_px = float(np.clip(open_px + random.normal(0, 3), 1, 16))
        y = ground.copy()
        cv2.ellipse(y, (240, 130), (42, 56), 0, 0, 360, 170, -1)
        cv2.ellipse(y, (240, 155), (16, round(open_px)), 0, 0, 360, 60, -1)
        pictures.append((y, chroma, chroma))
    return pictures


@pytest.mark.parametrize("seed", range(6))
def test_a_talking_head_before_a_still_ground_is_none(film, seed):
    assert _stalls(_engine([*film[:20], *_head(60, seed), *film[20:40]]).findings) == []


def test_a_wait_over_a_talking_head_is_found():
    assert _stalls(_engine(stall(_head(90), 30, 25, FPS, dim=0.6)).findings) == [(30, 55)]


def test_a_wait_begins_and_ends_with_its_spinner_though_the_picture_stands_for_longer(film):
    pictures = stall([*film[:30], *[film[30]] * 8, *film[31:]], 34, 25, FPS, dim=1.0)
    assert _stalls(_engine(pictures).findings) == [(34, 59)]


def test_a_wheel_that_begins_to_turn_in_a_quiet_shot_is_none(film):
    still = [spun(film[0], "ring", 0.1, dim=1.0)] * 20
    turning = [spun(film[0], "ring", 0.1 + index / FPS, dim=1.0) for index in range(30)]
    assert _stalls(_engine([*film[20:40], *still, *turning, *film[40:60]]).findings) == []


@pytest.mark.parametrize("seed", range(4))
def test_something_that_flickers_at_random_is_none(film, seed):
    """Cut to a still on which lights go on and off, here and there in the middle."""
    random = np.random.default_rng(seed)
    lights = [spun(film[0], "dots", float(random.uniform()), dim=1.0) for _ in range(40)]
    assert _stalls(_engine([*film[20:40], *lights, *film[40:60]]).findings) == []


def test_a_still_with_a_spinner_is_found_where_the_spinner_comes_and_goes(film):
    """A title card stands still before the wait and after it: only the spinner tells."""
    card = [film[20]] * 100
    ((start, end),) = _stalls(_engine([*film[:20], *stall(card, 30, 25, FPS, dim=1.0)]).findings)
    assert abs(start - 50) <= 1
    assert abs(end - 75) <= 1


@pytest.mark.parametrize(
    ("count", "look"),
    [(9, {}), (25, {"at": (0.12, 0.12)}), (25, {"size": 0.6})],
    ids=["too short", "in a corner", "too large"],
)
def test_what_is_no_wait(film, count, look):
    assert _stalls(_engine(stall(film, 30, count, FPS, **look)).findings) == []


def test_a_freeze_is_no_wait(film):
    assert _stalls(_engine(planting.freeze(film, 30, 25)).findings) == []


def test_a_spinner_that_does_not_turn_is_no_wait(film):
    held = spun(film[30], "ring", 0.2)
    assert _stalls(_engine([*film[:30], *[held] * 25, *film[30:]]).findings) == []


def test_a_spinner_over_moving_pictures_is_no_wait(film):
    over = [spun(planes, "ring", index / FPS) for index, planes in enumerate(film[30:60])]
    assert _stalls(_engine([*film[:30], *over, *film[60:]]).findings) == []


def test_it_explains_the_freeze_in_it(film):
    findings = _engine(stall(film, 30, 25, FPS, size=0.08, dim=1.0)).findings
    assert {item.explained_by for item in findings if item.defect != "stalling"} <= {"stalling"}


def test_a_wait_with_a_gap_in_it_is_inconclusive(film):
    analysis = _engine(stall(film, 20, 40, FPS), lost=(38, 39))
    stalls = [item for item in analysis.findings if item.defect == "stalling"]
    assert stalls
    assert all("the card lost it" in item.inconclusive for item in stalls)
    check = next(check for check in analysis.checks if check.defect == "stalling")
    assert check.status is Status.INCONCLUSIVE


def test_black_under_a_spinner_is_a_wait_unless_it_leads_to_another_title(film):
    pictures = stall(film, 30, 25, FPS, dim=0.0)
    key = Press("CHANNEL_UP", 29 * 40_000_000, 29 * 40_000_000, "ir")
    other = Press("VOLUME_UP", 29 * 40_000_000, 29 * 40_000_000, "ir")
    asked = Mark("play_asked", 29 * 40_000_000)
    assert _stalls(_engine(pictures).findings) == [(30, 55)]
    assert _stalls(_engine(pictures, Timeline(presses=[other])).findings) == [(30, 55)]
    assert _stalls(_engine(pictures, Timeline(presses=[key])).findings) == []
    first = [Mark("play_asked", 0), Mark("first_frame", 0)]
    assert _stalls(_engine(pictures, Timeline(marks=[*first, asked])).findings) == []


def test_a_title_that_never_comes_is_a_wait(film):
    pictures = stall(film[:40], 30, 60, FPS, dim=0.0, go_on=False)
    asked = Timeline(marks=[Mark("play_asked", 29 * 40_000_000)])
    assert _stalls(_engine(pictures, asked).findings) == [(30, 90)]


@pytest.mark.fuller
def test_zapping_is_no_wait(tmp_path):
    with Watched(tmp_path / "zap.mkv") as watched:
        watched.device.start_app(None, "harness://live/1", {})
        watched.mark("play_asked")
        watched.run(1.6)
        watched.press("CHANNEL_UP")
        watched.run(2)
    assert _stalls(_recorded(tmp_path / "zap.mkv").findings) == []
