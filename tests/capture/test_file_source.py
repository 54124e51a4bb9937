"""A file is replayed as if it were live."""

from fractions import Fraction

import pytest

from harness.capture import open_source
from harness.capture.file import FileSource
from harness.capture.signal import await_signal
from harness.capture.virtual import VirtualCard
from harness.errors import CaptureLost, InputError, RigError
from harness.media import Frame, SignalEvent, StreamFormat, VideoFormat
from tests.support.clips import tone, write_clip


class FakeClock:
    def __init__(self, now_ns=5_000_000_000):
        self.now = now_ns

    def now_ns(self):
        return self.now

    def sleep_s(self, seconds):
        self.now += round(seconds * 1e9)


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "a.mkv", 10, audio=tone(19200))


def drain(source, timeout_s=1.0):
    items = []
    while True:
        try:
            items.append(source.read(timeout_s))
        except EOFError:
            return items


def test_items_come_when_they_are_due(clip):
    clock = FakeClock()
    source = FileSource(clip, clock)
    assert source.open().video == VideoFormat(64, 48, Fraction(25))
    seen = []
    while len([item for item in seen if isinstance(item, Frame)]) < 10:
        item = source.read(1.0)
        assert item.t_ns <= clock.now
        seen.append(item)
    assert [item.t_ns - 5_000_000_000 for item in seen if isinstance(item, Frame)] == [
        index * 40_000_000 for index in range(10)
    ]
    drain(source)
    source.close(), source.close()


def test_what_is_not_due_in_time_is_none(clip):
    source = FileSource(clip, FakeClock())
    source.open()
    got = [source.read(0.001) for _ in range(50)]
    assert None in got and any(isinstance(item, Frame) for item in got)
    source.close()


def test_unpaced_replay_does_not_wait(clip):
    clock = FakeClock()
    source = FileSource(clip, clock, paced=False)
    source.open()
    assert sum(isinstance(item, Frame) for item in drain(source)) == 10
    assert clock.now == 5_000_000_000
    source.close()


def test_reading_a_closed_source_is_told(clip):
    with pytest.raises(CaptureLost, match="open it first"):
        FileSource(clip).read()


def test_sources_are_chosen_by_uri(tmp_path):
    assert isinstance(open_source(f"file:{tmp_path}/a.mkv"), FileSource)
    assert isinstance(open_source(f"virtual:{tmp_path}/s"), VirtualCard)


@pytest.mark.parametrize("uri", ["", "a.mkv", "vitrual:/x", "file:", "http://x/y"])
def test_an_unknown_uri_names_the_known_ones(uri):
    with pytest.raises(InputError, match=r"virtual:PATH|missing"):
        open_source(uri)


class Waking:
    uri = "test:"

    def __init__(self, clock, after):
        self.clock, self.after = clock, after

    def open(self):
        return None

    def read(self, timeout_s):
        self.clock.now += round(timeout_s * 1e9)
        self.after -= 1
        return SignalEvent(0, "signal_back", StreamFormat(None, None)) if self.after == 0 else None


def test_a_signal_is_waited_for():
    clock = FakeClock()
    assert await_signal(Waking(clock, 5), 10, clock) == StreamFormat(None, None)


def test_no_signal_is_told():
    clock = FakeClock()
    with pytest.raises(RigError, match="no signal within 2 s"):
        await_signal(Waking(clock, 500), 2, clock)
