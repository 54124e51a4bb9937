"""The buffer never makes the capture wait, and tells what it could not hold."""

import threading
from collections import deque

import numpy as np
import pytest

from harness.capture.buffer import CaptureBuffer
from harness.errors import CaptureLost
from harness.media import AudioBlock, Frame, Gap, SignalEvent

PERIOD_NS = 20
FRAME_BYTES = 150


def frame(index):
    return Frame(index * PERIOD_NS, index, *(np.zeros(size, np.uint8) for size in ((10, 10), (5, 5), (5, 5))))


def block(index):
    return AudioBlock(index * PERIOD_NS, index * 8, np.zeros((8, 2), np.float32))


class Source:
    """Delivers what it was given, then raises; `taken` is set when it has been read to its end."""

    uri = "test:"

    def __init__(self, items, ending=EOFError):
        self.items = deque(items)
        self.ending = ending
        self.taken = threading.Event()

    def read(self, timeout_s=1.0):
        if self.items:
            return self.items.popleft()
        self.taken.set()
        if self.ending is None:
            threading.Event().wait(timeout_s)
            return None
        raise self.ending("the end")


def test_everything_comes_out_in_order():
    items = [item for index in range(50) for item in (frame(index), block(index))]
    items.insert(20, SignalEvent(1, "signal_lost"))
    with CaptureBuffer(Source(items)) as buffer:
        assert list(buffer) == items


def test_a_reader_that_sleeps_stops_nothing_and_is_told_what_it_missed():
    source = Source([frame(index) for index in range(100)])
    buffer = CaptureBuffer(source, max_bytes=10 * FRAME_BYTES)
    buffer.start()
    assert source.taken.wait(30)  # all was read although nothing was taken
    buffer.stop()
    out = list(buffer)
    assert [item.index for item in out[:-1]] == list(range(10))
    assert (out[-1].start_ns, out[-1].end_ns, out[-1].medium) == (10 * PERIOD_NS, 100 * PERIOD_NS, "video")
    assert "buffer" in out[-1].reason
    assert buffer.lost_frames == 90


def test_after_a_loss_the_gap_ends_where_the_next_frame_begins():
    buffer = CaptureBuffer(Source([]), max_bytes=2 * FRAME_BYTES)
    for index in range(5):
        buffer._put(frame(index))
    assert buffer.get().index == 0
    buffer._put(frame(5))
    assert buffer.get().index == 1
    gap, last = buffer.get(), buffer.get()
    assert (gap.start_ns, gap.end_ns) == (2 * PERIOD_NS, 5 * PERIOD_NS)
    assert last.index == 5


def test_sound_is_lost_apart_from_the_picture():
    buffer = CaptureBuffer(Source([]), max_bytes=FRAME_BYTES + 64)
    for item in (frame(0), block(0), frame(1), block(1)):
        buffer._put(item)
    buffer.start()
    buffer.stop()
    gaps = [item for item in buffer if isinstance(item, Gap)]
    assert {(gap.medium, gap.start_ns, gap.end_ns) for gap in gaps} == {("video", 20, 40), ("audio", 20, 40)}
    assert (buffer.lost_frames, buffer.lost_blocks) == (1, 1)


def test_gaps_and_signals_are_never_dropped():
    events = [Gap(0, 1, "video", "x"), SignalEvent(2, "signal_lost")]
    with CaptureBuffer(Source([frame(0), *events]), max_bytes=0) as buffer:
        out = list(buffer)
    assert out == [Gap(0, 0, "video", out[0].reason), *events]


def test_what_the_source_raises_comes_after_what_it_delivered():
    with CaptureBuffer(Source([frame(0)], CaptureLost)) as buffer:
        assert buffer.get(30).index == 0
        with pytest.raises(CaptureLost):
            buffer.get(30)


def test_stopping_ends_the_iteration():
    source = Source([frame(0)], None)
    buffer = CaptureBuffer(source)
    buffer.start()
    assert source.taken.wait(30)
    buffer.stop()
    buffer.stop()
    assert [item.index for item in buffer] == [0]


def test_nothing_in_time_is_none():
    buffer = CaptureBuffer(Source([], None))
    assert buffer.get(0) is None
