"""The feed knows the signal at any moment, and records what came between two moments, no less."""

from fractions import Fraction

import numpy as np
import pytest

from harness.clock import Clock
from harness.errors import CaptureLost, RigError
from harness.media import Frame, Gap, StreamFormat, VideoFormat
from harness.run.feed import Feed
from tests.support.sources import Scripted, back, lost, until

STREAM = StreamFormat(VideoFormat(32, 18, Fraction(25)), None)
MS = 1_000_000


def frame(index):
    y = np.full((18, 32), 100, np.uint8)
    chroma = np.full((9, 16), 128, np.uint8)
    return Frame(index * 40 * MS, index, y, chroma, chroma)


class Kept:
    """A recorder that keeps everything in a list."""

    def __init__(self, fails_at=None):
        self.items, self.fails_at = [], fails_at

    def write(self, item):
        if len(self.items) == self.fails_at:
            raise RigError("the disk is full")
        self.items.append(item)

    @property
    def frames(self):
        return [item.index for item in self.items if isinstance(item, Frame)]


class Hand(Clock):
    """A clock that is moved by hand."""

    def __init__(self):
        self.t_ns = 0

    def now_ns(self):
        return self.t_ns

    def sleep_s(self, seconds):
        self.t_ns += round(seconds * 10**9)


class Slow(Kept):
    """A recorder that takes three seconds for a frame; only then does the next one come."""

    def __init__(self, clock, feed, last):
        super().__init__()
        self.clock, self.feed, self.last = clock, feed, last

    def write(self, item):
        super().write(item)
        self.clock.sleep_s(3.0)
        if isinstance(item, Frame) and item.index < self.last:
            self.feed.source.add(frame(item.index + 1))


@pytest.fixture
def opened():
    feeds = []

    def opened(items, stream=STREAM, clock=None):
        feed = Feed(Scripted(items, stream), clock)
        feeds.append(feed)
        feed.open()
        return feed

    yield opened
    for feed in feeds:
        feed.close()


def test_it_records_what_comes_after_it_was_asked_and_lets_go_when_all_is_there(opened):
    feed, kept = opened([frame(0), frame(1)]), Kept()
    until(lambda: feed._seen_ns == frame(1).t_ns)
    feed.record(kept)
    feed.source.add(*(frame(index) for index in range(2, 30)))
    feed.release(until_ns=frame(20).t_ns)
    assert kept.frames[:19] == list(range(2, 21))
    feed.source.add(frame(30))
    until(lambda: feed._seen_ns == frame(30).t_ns)
    assert 30 not in kept.frames


def test_one_recording_at_a_time(opened):
    feed = opened([])
    feed.record(Kept())
    with pytest.raises(RigError, match="recorded already"):
        feed.record(Kept())


def test_the_signal_is_known_without_a_recording(opened):
    feed = opened([frame(0)])
    assert feed.signal()
    feed.source.add(lost(90 * MS))
    until(lambda: not feed.signal())
    with pytest.raises(RigError, match="no signal within"):
        feed.await_format(0.01)
    other = StreamFormat(VideoFormat(64, 36, Fraction(50)), None)
    feed.source.add(back(100 * MS, other))
    assert feed.await_format(10) == other


def test_without_a_signal_it_lets_go_although_nothing_comes(opened):
    feed, kept = opened([frame(0), lost(40 * MS)]), Kept()
    until(lambda: not feed.signal())
    feed.record(kept)
    feed.release(until_ns=feed._clock.now_ns() - 10**9)
    feed.record(Kept())


def test_a_recorder_that_is_behind_is_waited_for_as_long_as_it_goes_on(opened):
    clock = Hand()
    feed = opened([], clock=clock)
    kept = Slow(clock, feed, last=39)
    feed.record(kept)
    feed.source.add(frame(0))
    feed.release(until_ns=frame(39).t_ns)
    assert kept.frames == list(range(40))
    assert not any(isinstance(item, Gap) for item in kept.items)


def test_what_does_not_come_although_there_is_a_signal_becomes_a_gap(opened):
    class Running(Hand):
        def now_ns(self):
            self.t_ns += 2 * 10**9
            return self.t_ns

    feed, kept = opened([frame(0)], clock=Running()), Kept()
    until(feed.source.taken.is_set)
    feed.record(kept)
    feed.release(until_ns=frame(50).t_ns)
    assert [(gap.medium, gap.start_ns, gap.end_ns) for gap in kept.items] == [
        (medium, 0, frame(50).t_ns) for medium in ("video", "audio")
    ]
    assert "nothing came for 5 s" in kept.items[0].reason


def test_a_capture_that_goes_is_told_and_its_end_becomes_a_gap(opened):
    feed, kept = opened([]), Kept()
    feed.record(kept)
    feed.source.add(frame(0), frame(1), CaptureLost("the cable was pulled"))
    until(lambda: feed.error)
    feed.release(until_ns=frame(100).t_ns)
    gaps = [item for item in kept.items if isinstance(item, Gap)]
    assert {(gap.medium, gap.start_ns, gap.end_ns) for gap in gaps} == {
        (medium, frame(1).t_ns, frame(100).t_ns) for medium in ("video", "audio")
    }
    assert all("the cable was pulled" in gap.reason for gap in gaps)
    for ask in (feed.check, feed.signal, lambda: feed.await_format(1)):
        with pytest.raises(CaptureLost, match="the cable was pulled"):
            ask()


def test_a_recording_that_fails_does_not_end_the_capture(opened):
    feed, kept = opened([]), Kept(fails_at=2)
    feed.record(kept)
    feed.source.add(*(frame(index) for index in range(5)))
    until(lambda: feed._seen_ns == frame(4).t_ns)
    feed.check()
    assert kept.frames == [0, 1]
    again = Kept()
    feed.record(again)
    feed.source.add(frame(6))
    feed.release(until_ns=frame(6).t_ns)
    assert again.frames == [6]


def test_a_fault_in_the_source_is_a_rig_error(opened):
    feed = opened([ZeroDivisionError("a driver's mistake")])
    until(lambda: feed.error)
    with pytest.raises(RigError, match="a driver's mistake"):
        feed.check()
