"""What no driver of a test card can show: protected inputs, drivers that fail in their own ways."""

import errno
from fractions import Fraction

import numpy as np
import pytest

from harness.capture.v4l2 import kernel, link
from harness.capture.v4l2.counting import Count
from harness.capture.v4l2.link import GIVE_UP_S, Link
from harness.capture.v4l2.node import Ready
from harness.capture.v4l2.options import Wish
from harness.capture.v4l2.presence import PROTECTED
from harness.capture.v4l2.tuning import Tuned
from harness.errors import CaptureLost, RigError
from harness.media import Frame, Gap, RigEvent, SignalEvent, StreamFormat, VideoFormat

VIDEO = VideoFormat(4, 2, Fraction(50))
PERIOD_NS = 20_000_000


class Clock:
    def __init__(self):
        self.now = 1_000_000_000

    def now_ns(self):
        return self.now

    def sleep_s(self, seconds):
        self.now += max(0, round(seconds * 1_000_000_000))


class Node:
    """Answers as a driver would; `status` is that of the input, `query` what asking for timings raises."""

    uri = "v4l2:/dev/video0"

    def __init__(self, clock):
        self.clock, self.status, self.query = clock, 0, errno.ENOTTY
        self.ready = Ready(buffer=True)
        self.sequence = 0
        self.dequeue = None
        self.flags = kernel.CLOCK_MONOTONIC | kernel.STAMPED_AT_START

    def number(self, request, value=0):
        return value

    def call(self, request, value):
        if request == kernel.ENUMINPUT:
            value.status = self.status
        if request == kernel.QUERY_DV_TIMINGS and self.query:
            raise OSError(self.query, "no")
        if request == kernel.SUBSCRIBE_EVENT:
            raise OSError(errno.ENOTTY, "no")
        return value

    def wait(self, timeout_s, *, buffers):
        self.clock.sleep_s(min(timeout_s, 0.02) if self.ready.buffer and buffers else timeout_s)
        return self.ready if buffers else Ready()

    def close(self):
        pass


class Stream:
    def __init__(self, node):
        if node.dequeue == "never starts":
            raise OSError(errno.EIO, "Input/output error")
        self.node = node

    def taken(self):
        return self

    def __enter__(self):
        if self.node.dequeue:
            raise OSError(self.node.dequeue, "Input/output error")
        buffer = kernel.Buffer(sequence=self.node.sequence, flags=self.node.flags)
        buffer.timestamp.seconds, rest = divmod(self.node.clock.now, 1_000_000_000)
        buffer.timestamp.fraction = rest // 1000
        self.node.sequence += 1
        return buffer, np.full(12, 100, np.uint8)

    def __exit__(self, *_):
        pass

    def close(self):
        pass


@pytest.fixture
def node():
    return Node(Clock())


@pytest.fixture
def started(monkeypatch, node):
    layout = kernel.PixFormat(width=4, height=2, pixelformat=kernel.fourcc("NV12"))
    monkeypatch.setattr(link, "Stream", Stream)
    monkeypatch.setattr(link, "tune", lambda *_, **__: Tuned(VIDEO, layout, PERIOD_NS))

    def start():
        started = Link(node, Wish(), Count(), node.clock)
        return started, started.start()

    return start


def step(card, times):
    return [item for _ in range(times) for item in card.step(0.2)]


def test_a_protected_input_is_told_once_and_is_no_signal(node, started):
    node.status = kernel.INPUT_NO_ACCESS
    card, items = started()
    assert card.told is None
    assert items == [RigEvent(1_000_000_000, "protected", PROTECTED)]
    assert step(card, 3) == []
    node.status = 0
    back, frame = step(card, 2)
    assert isinstance(frame, Frame)
    assert back == SignalEvent(frame.t_ns, "signal_back", StreamFormat(VIDEO, None))


def test_an_input_that_becomes_protected_loses_its_signal(node, started):
    card, _ = started()
    assert all(isinstance(item, Frame) for item in step(card, 3))
    node.status = kernel.INPUT_NO_ACCESS
    items = [item for item in step(card, 60) if not isinstance(item, Frame)]
    assert [(type(item), item.kind) for item in items] == [
        (RigEvent, "protected"),
        (SignalEvent, "signal_lost"),
    ]
    assert "HDCP" in items[0].detail


@pytest.mark.parametrize("status", [kernel.INPUT_NO_SIGNAL, kernel.INPUT_NO_POWER, kernel.INPUT_NO_SYNC])
def test_an_input_that_says_no_signal_has_none(node, started, status):
    node.status = status
    card, items = started()
    assert (card.told, items) == (None, [])


def test_a_card_that_fails_for_good_ends_the_capture(node, started):
    card, _ = started()
    step(card, 3)
    node.dequeue = errno.EIO
    with pytest.raises(
        CaptureLost, match=r"failed .Input/output error.; unplug the card and plug it in again"
    ):
        step(card, 1000)
    assert node.clock.now_ns() < 1_000_000_000 + (GIVE_UP_S + 2) * 1_000_000_000


def test_a_card_that_fails_once_goes_on(node, started):
    card, _ = started()
    step(card, 3)
    node.dequeue = errno.EIO
    node.clock.sleep_s(0.1)
    (gap, event) = step(card, 1)
    assert (type(gap), type(event), event.kind) == (Gap, RigEvent, "restarted")
    node.dequeue = None
    (rest, frame) = step(card, 2)
    assert (gap.end_ns, rest.end_ns) == (rest.start_ns, frame.t_ns)


def test_a_card_that_fails_again_after_a_while_goes_on_too(node, started):
    card, _ = started()
    events = []
    for _ in range(3):
        step(card, 3)
        node.dequeue = errno.EIO
        events += [item.kind for item in step(card, 1) if isinstance(item, RigEvent)]
        node.dequeue = None
        node.clock.sleep_s(0.2)
        frame = step(card, 2)[-1]
        assert isinstance(frame, Frame)
        node.clock.sleep_s(GIVE_UP_S + 1)
    assert events == ["restarted"] * 3


def test_a_card_that_does_not_start_says_so(node, started):
    node.dequeue = "never starts"
    with pytest.raises(RigError, match=r"the card does not start .Input/output error."):
        started()


def test_stamps_that_cannot_be_used_are_told_once(node, started):
    card, _ = started()
    node.flags = kernel.STAMPED_AT_START
    items = step(card, 5)
    assert [item.kind for item in items if isinstance(item, RigEvent)] == ["clock"]
    assert sum(isinstance(item, Frame) for item in items) == 5


def test_a_card_that_another_program_takes_meanwhile_says_so(node, started, monkeypatch):
    card, _ = started()
    step(card, 3)

    def taken(*_, **__):
        raise RigError(f"{node.uri}: another program captures from it; end that one first")

    monkeypatch.setattr(link, "tune", taken)
    node.dequeue = errno.EIO
    with pytest.raises(CaptureLost) as error:
        step(card, 1000)
    assert str(error.value) == "v4l2:/dev/video0: another program captures from it; end that one first"
