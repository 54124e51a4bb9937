"""Whether a device reacted: only a picture that was still before, and is another one after, proves it."""

from fractions import Fraction

import numpy as np
import pytest

from harness.clock import MonotonicClock
from harness.enrol.pictures import bgr, jpeg, png
from harness.enrol.preview import Preview
from harness.enrol.reaction import press_and_watch
from harness.errors import CaptureLost
from harness.media import AudioFormat, Frame, SignalEvent, StreamFormat, VideoFormat
from harness.timeline import Press

FORMAT = StreamFormat(VideoFormat(320, 180, Fraction(50)), AudioFormat(48_000, 2))
EVERY_S = 0.005


def grey(luma):
    """Return the planes of an even picture."""
    half = np.full((90, 160), 128, np.uint8)
    return np.full((180, 320), luma, np.uint8), half, half


class Screen:
    """A capture whose pictures the test decides on."""

    uri = "screen:"

    def __init__(self):
        self.clock = MonotonicClock()
        self.luma = lambda count: 100
        self.error = None
        self.events = []
        self.count = 0

    def open(self):
        return FORMAT

    def read(self, timeout_s=1.0):
        if self.error:
            raise self.error
        if self.events:
            return self.events.pop()
        self.clock.sleep_s(EVERY_S)
        self.count += 1
        luma = self.luma(self.count)
        return None if luma is None else Frame(self.clock.now_ns(), self.count, *grey(luma))

    def close(self):
        pass


@pytest.fixture
def screen(monkeypatch):
    one = Screen()
    monkeypatch.setattr("harness.enrol.preview.open_source", lambda uri: one)
    for name in ("STILL_S", "SETTLE_S", "WITHIN_S", "STOPPED_S", "SIGNAL_S"):
        monkeypatch.setattr(f"harness.enrol.reaction.{name}", 0.3)
    return one


@pytest.fixture
def preview(screen):
    one = Preview("screen:", screen.clock)
    assert one.wait(30) is not None
    yield one
    one.close()


def pressing(screen, then=lambda: None):
    def press():
        start_ns = screen.clock.now_ns()
        then()
        return Press("UP", start_ns, screen.clock.now_ns(), "ir")

    return press


def test_a_picture_that_changes_proves_it(screen, preview, monkeypatch):
    monkeypatch.setattr("harness.enrol.reaction.TIMES", 0)  # a busy computer may be late
    found = press_and_watch(pressing(screen, lambda: setattr(screen, "luma", lambda count: 130)), preview)
    assert found.reacted == "yes"
    assert found.words.startswith("the device reacted: UP was sent by ir, and the picture changed after ")


def test_a_picture_that_stays_does_not(screen, preview):
    screen.luma = lambda count: 100 + count % 3
    found = press_and_watch(pressing(screen), preview)
    assert found.reacted == "no"
    assert "does the blaster point at the device" in found.words


def test_a_picture_that_moves_by_itself_proves_nothing(screen, preview):
    screen.luma = lambda count: 50 + 7 * count % 150
    assert press_and_watch(pressing(screen), preview).reacted == "unknown"


def test_a_picture_that_changes_now_and_then_proves_nothing(screen, preview):
    """A clock, an advertisement: long still, and then changed just as a key is pressed."""
    screen.luma = lambda count: 160
    while preview.moved_ns is None:
        assert preview.wait(30, preview.changed_ns) is not None
    found = press_and_watch(pressing(screen, lambda: setattr(screen, "luma", lambda count: 100)), preview)
    assert found.reacted == "unknown"
    assert "moves by itself" in found.words


def test_what_a_key_changed_does_not_count_as_movement(screen, preview, monkeypatch):
    monkeypatch.setattr("harness.enrol.reaction.TIMES", 0)
    monkeypatch.setattr("harness.enrol.preview.KEY_S", 60.0)
    for luma in (130, 100):
        act = lambda luma=luma: setattr(screen, "luma", lambda count: luma)  # noqa: E731
        assert press_and_watch(pressing(screen, act), preview).reacted == "yes"


def test_a_change_that_comes_late_after_a_short_rest_proves_nothing(screen, preview, monkeypatch):
    monkeypatch.setattr("harness.enrol.reaction.WITHIN_S", 60.0)
    begun_ns = screen.clock.now_ns()

    def later():
        rest_ns = screen.clock.now_ns() - begun_ns
        change_ns = screen.clock.now_ns() + rest_ns
        screen.luma = lambda count: 130 if screen.clock.now_ns() > change_ns else 100

    found = press_and_watch(pressing(screen, later), preview)
    assert found.reacted == "unknown"
    assert "wait until it stays still" in found.words


def test_a_signal_that_goes_is_a_reaction(screen, preview):
    def sleep():
        screen.luma = lambda count: None
        screen.events = [SignalEvent(screen.clock.now_ns(), "signal_lost")]

    found = press_and_watch(pressing(screen, sleep), preview)
    assert (found.reacted, found.words) == (
        "yes",
        "the device reacted: UP was sent by ir, and its signal went away",
    )
    assert "no signal" in preview.words()


def test_a_capture_that_breaks_proves_nothing(screen, preview):
    broken = CaptureLost("screen: unplugged")
    found = press_and_watch(pressing(screen, lambda: setattr(screen, "error", broken)), preview)
    assert (found.reacted, found.words) == (
        "unknown",
        "UP was sent by ir, but the capture stopped: screen: unplugged",
    )


def test_without_a_capture_nobody_sees_it(screen):
    assert press_and_watch(pressing(screen), None).reacted == "unknown"


@pytest.mark.parametrize(("luma", "code"), [(16, 0), (235, 255), (126, 128)])
def test_colours_are_those_of_the_standard(luma, code):
    frame = Frame(0, 0, *grey(luma))
    assert np.abs(bgr(frame, 160).astype(int) - code).max() <= 1
    assert jpeg(frame).startswith(b"\xff\xd8")
    assert png(frame).startswith(b"\x89PNG")


@pytest.mark.parametrize(("lines", "yuv"), [(180, (81, 90, 240)), (720, (63, 102, 240))])
def test_red_is_red_by_the_matrix_of_its_size(lines, yuv):
    """BT.601 for small pictures, BT.709 for large ones."""
    y, u, v = yuv
    width = lines * 16 // 9
    chroma = [np.full((lines // 2, width // 2), code, np.uint8) for code in (u, v)]
    picture = bgr(Frame(0, 0, np.full((lines, width), y, np.uint8), *chroma), 64)
    assert np.abs(picture.astype(int) - (0, 0, 255)).max() <= 3
