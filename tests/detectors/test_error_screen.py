"""error_screen: home and dialogs are recognised from their first frame on, films and other screens never."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.detectors.video.error_screen import ErrorScreen
from harness.findings import Status
from harness.impair.base import FaultSpec
from harness.media import Frame, StreamFormat, VideoFormat
from harness.recording.recording import Recording
from harness.run.analyze import analyze, find_criteria
from harness.run.registry import default_folders, find_profile
from harness.run.screens import load_screens
from harness.simulator.screen.gallery import SCREENS, Sofa
from harness.verdict import Verdict
from tests.support import planting
from tests.support.watched import LIBRARY, Watched, watch

KNOWN = load_screens(find_profile("virtual-stb", default_folders()).screens())
FPS = 25


def _analyse(path, screens=None):
    return analyze(Recording(path), find_criteria("default"), screens=KNOWN if screens is None else screens)


def _found(done, defect="error_screen"):
    return [item for item in done.analysis.findings if item.defect == defect]


def _check(done):
    return next(check for check in done.analysis.checks if check.defect == "error_screen")


def _look(mode, *keys, reach=None):
    sofa = Sofa(LIBRARY, mode)
    if reach:
        reach(sofa)
    sofa.press(*keys)
    picture = sofa.wait(Fraction(1, 25)).picture
    sofa.device.close()
    return picture


def _likeness(picture, screens=None):
    stream = StreamFormat(VideoFormat(1280, 720, Fraction(FPS)), None)
    engine = Engine([ErrorScreen()], Context(stream, screens=KNOWN if screens is None else screens))
    engine.feed(Frame(0, 0, *picture))
    return float(engine.finish().series["error_screen@1"].columns["likeness"][0])


@pytest.mark.parametrize(
    ("title", "mode"),
    [
        ("nature", "720p25"),
        pytest.param("sync_pattern", "720p50", marks=pytest.mark.fuller),
        pytest.param("news", "1080p60", marks=pytest.mark.fuller),
    ],
)
def test_a_crash_to_home_is_found_from_its_first_frame(tmp_path, title, mode):
    ((start_ns, _),) = watch(
        tmp_path / "crash.mkv", title, "error_screen:start_s=0.6", mode=mode, seconds=2.2, before_s=0.1
    )
    done = _analyse(tmp_path / "crash.mkv")
    (finding,) = _found(done)
    assert finding.start_ns == start_ns
    assert finding.end_ns == pytest.approx(done.analysis.end_ns, abs=20_000_000)
    assert finding.peak > 95
    assert finding.metric.unit == "%"
    assert _check(done).status is Status.FOUND
    assert done.judgement.verdict is Verdict.FAIL
    assert {item.defect for item in done.judgement.defects} == {"error_screen"}


def test_the_dialog_of_a_title_that_fails_is_found(tmp_path):
    with Watched(tmp_path / "dialog.mkv") as watched:
        watched.run(0.2)
        watched.ask("nature")
        watched.run(1.8)
        watched.device.fail("E-777", "Check the network, then try again.", "nature")
        watched.run(1)
    (finding,) = _found(_analyse(tmp_path / "dialog.mkv"))
    assert finding.start_ns == 2_000_000_000


def test_a_screen_that_a_key_asked_for_is_no_error(tmp_path):
    with Watched(tmp_path / "home.mkv") as watched:
        watched.ask("nature")
        watched.run(1.4)
        watched.press("HOME")
        watched.run(1)
    done = _analyse(tmp_path / "home.mkv")
    assert _found(done) == []
    assert _check(done).status is Status.CLEAR


def test_another_key_explains_no_crash(tmp_path):
    with Watched(tmp_path / "crash.mkv") as watched:
        watched.device.plant(FaultSpec.parse("error_screen:start_s=0.6"))
        watched.ask("nature")
        watched.run(1.2)
        watched.press("PAUSE")
        watched.run(1)
    assert len(_found(_analyse(tmp_path / "crash.mkv"))) == 1


def test_home_before_the_title_is_not_judged(tmp_path):
    with Watched(tmp_path / "start.mkv") as watched:
        watched.run(0.5)
        watched.ask("nature")
        watched.run(1.4)
    assert _found(_analyse(tmp_path / "start.mkv")) == []


@pytest.mark.parametrize("mode", ["720p25", "1080p60"])
@pytest.mark.parametrize("focus", range(4))
def test_home_is_home_whatever_is_in_focus(mode, focus):
    assert _likeness(_look(mode, *["RIGHT"] * focus)) >= 65


@pytest.mark.parametrize("size", [(426, 240), (640, 360), (1024, 576)])
@pytest.mark.parametrize("name", ["home", "error"])
def test_a_screen_survives_scaling_and_coding(tmp_path, size, name):
    planes = _look("720p25", reach=SCREENS[name])
    scaled = [
        cv2.resize(plane, (size[0] // part, size[1] // part), interpolation=cv2.INTER_AREA)
        for plane, part in zip(planes, (1, 2, 2), strict=True)
    ]
    planting.code(tmp_path / "coded.mkv", [tuple(scaled)] * 3, FPS, crf=32)
    frame = next(item for item in Recording(tmp_path / "coded.mkv").items() if isinstance(item, Frame))
    assert _likeness((frame.y, frame.u, frame.v)) >= 90


@pytest.mark.parametrize("name", [name for name in SCREENS if name not in {"home", "error"}])
def test_other_screens_are_not_mixed_up(name):
    assert _likeness(_look("720p25", reach=SCREENS[name])) < 15


@pytest.mark.parametrize("title", list(LIBRARY.titles))
def test_no_title_looks_like_a_screen(title):
    reel = LIBRARY.title(title).open(VideoFormat(1280, 720, Fraction(FPS)))
    assert max(_likeness(reel.picture(Fraction(at))) for at in range(0, 5)) < 25
    reel.close()


@pytest.mark.parametrize("gain", [0.0, 0.05, 0.2])
def test_a_dark_film_does_not_look_like_a_dark_screen(gain):
    reel = LIBRARY.title("nature").open(VideoFormat(1280, 720, Fraction(FPS)))
    y, u, v = reel.picture(Fraction(1))
    dark = (16 + (y.astype(np.float32) - 16) * gain).astype(np.uint8)
    assert _likeness((dark, u, v)) < 25


def test_without_known_screens_it_is_not_measured(tmp_path):
    watch(tmp_path / "crash.mkv", "nature", "error_screen:start_s=0.4", seconds=1.4, before_s=0.1)
    check = _check(_analyse(tmp_path / "crash.mkv", screens={}))
    assert (check.status, check.reason) == (Status.NOT_MEASURED, "no known screens of the device")
    black = {"black": np.full((180, 320), 16, np.uint8)}
    check = _check(_analyse(tmp_path / "crash.mkv", screens=black))
    assert (check.status, check.reason) == (
        Status.NOT_MEASURED,
        "nothing to recognise the known screens by: black",
    )


def test_a_screen_with_nothing_on_it_never_matches():
    black = {"black": np.full((180, 320), 16, np.uint8), **KNOWN}
    flat = tuple(
        np.full((720 // part, 1280 // part), level, np.uint8) for part, level in ((1, 16), (2, 128), (2, 128))
    )
    assert _likeness(flat, screens=black) == 0
