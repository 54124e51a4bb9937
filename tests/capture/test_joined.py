"""Two sources are one capture in order of time; a sound card that goes away stops nothing."""

import time
from contextlib import closing
from fractions import Fraction

import numpy as np
import pytest

from harness.capture import half
from harness.capture.joined import Joined
from harness.errors import CaptureLost, RigError
from harness.media import (
    AudioBlock,
    AudioFormat,
    Frame,
    Gap,
    RigEvent,
    SignalEvent,
    StreamFormat,
    VideoFormat,
)

MS = 1_000_000
PICTURE = StreamFormat(VideoFormat(32, 16, Fraction(50)), None)
SOUND = StreamFormat(None, AudioFormat(48_000, 2))
BOTH = StreamFormat(PICTURE.video, SOUND.audio)


def frame(t_ms, index=0):
    planes = (np.zeros(size, np.uint8) for size in ((16, 32), (8, 16), (8, 16)))
    return Frame(t_ms * MS, index, *planes)


def block(t_ms, first=0, samples=480):
    return AudioBlock(t_ms * MS, first, np.zeros((samples, 2), np.float32))


class Source:
    """Delivers what it is given; an exception is raised, once for all until it is opened again."""

    def __init__(self, uri, stream, items=()):
        self.uri, self.stream, self.items = uri, stream, list(items)
        self.opened = self.closed = 0
        self.error = None
        self.refusals = []

    def open(self):
        if self.refusals:
            raise self.refusals.pop(0)
        self.opened += 1
        self.error = None
        return self.stream

    def read(self, timeout_s=1.0):
        if self.error is None and self.items:
            item = self.items.pop(0)
            if not isinstance(item, Exception):
                return item
            self.error = item
        if self.error is not None:
            raise self.error
        time.sleep(min(timeout_s, 0.002))
        return None

    def close(self):
        self.closed += 1


class Now:
    """A clock that stands, so that items are as old as a test says."""

    def __init__(self, now_ms=10_000):
        self.now = now_ms * MS

    def now_ns(self):
        return self.now

    def sleep_s(self, seconds):
        raise AssertionError


def taken(joined, count, clock=None):
    items, deadline_s = [], time.monotonic() + 30
    while len(items) < count:
        assert time.monotonic() < deadline_s, items
        item = joined.read(0)
        if item is not None:
            items.append(item)
        elif clock is not None:
            clock.now += MS
    return items


def joined_of(picture, sound, clock):
    return closing(Joined("v4l2:/dev/video0?sound=x", picture, sound, clock))


def test_items_come_in_order_of_time_whoever_is_quicker():
    picture = Source("p:", PICTURE, [frame(10_000 + 20 * n, n) for n in range(50)])
    sound = Source("s:", SOUND, [block(10_000 + 10 * n, 480 * n) for n in range(100)])
    clock = Now()
    with joined_of(picture, sound, clock) as joined:
        assert joined.open() == BOTH
        items = taken(joined, 150, clock)
    times = [item.t_ns for item in items]
    assert times == sorted(times)
    assert sum(isinstance(item, Frame) for item in items) == 50


def test_a_frame_waits_for_sound_that_is_on_its_way_but_not_for_ever():
    clock = Now()
    picture, sound = Source("p:", PICTURE, [frame(10_000)]), Source("s:", SOUND)
    with joined_of(picture, sound, clock) as joined:
        joined.open()
        until_waiting = time.monotonic() + 30
        while picture.items and time.monotonic() < until_waiting:
            assert joined.read(0) is None
        clock.now += 499 * MS
        assert joined.read(0) is None
        clock.now += 2 * MS
        assert taken(joined, 1)[0].t_ns == 10_000 * MS


def test_sound_of_the_pictures_source_is_left_out_and_formats_hold_both():
    clock = Now()
    changed = SignalEvent(10_001 * MS, "format_changed", PICTURE)
    own = [block(10_000), Gap(1, 2, "audio", "x"), changed, frame(10_002), Gap(3, 4, "video", "lost")]
    with joined_of(Source("p:", PICTURE, own), Source("s:", SOUND), clock) as joined:
        joined.open()
        items = taken(joined, 3, clock)
    assert items[0].format == BOTH
    assert isinstance(items[1], Frame) and items[2].medium == "video"


def test_no_picture_is_no_signal():
    with joined_of(Source("p:", None), Source("s:", SOUND), Now()) as joined:
        assert joined.open() is None


def test_sound_that_is_lost_becomes_gaps_and_the_picture_goes_on(monkeypatch):
    monkeypatch.setattr(half, "AGAIN_S", 3600)
    clock = Now()
    picture = Source("p:", PICTURE, [frame(10_000 + 20 * n, n) for n in range(200)])
    unplugged = RigEvent(10_100 * MS, "unplugged", "gone")
    blocks = [block(10_000 + 10 * n, 480 * n) for n in range(10)]
    sound = Source("sound:x", SOUND, [*blocks, unplugged, CaptureLost("sound:x: the card has gone")])
    with joined_of(picture, sound, clock) as joined:
        joined.open()
        items = taken(joined, 200 + 10 + 1 + 3, clock)
    events = [item for item in items if isinstance(item, RigEvent)]
    assert [event.detail for event in events] == [
        "sound:x: the card has gone; the picture goes on without sound"
    ]
    gaps = [item for item in items if isinstance(item, Gap)]
    assert [gap.medium for gap in gaps] == ["audio"] * 3
    assert gaps[0].start_ns == 10_100 * MS
    assert [gap.end_ns for gap in gaps[:-1]] == [gap.start_ns for gap in gaps[1:]]
    assert gaps[-1].end_ns > 13_000 * MS


def test_sound_that_comes_back_is_counted_on_after_a_gap(monkeypatch):
    monkeypatch.setattr(half, "AGAIN_S", 0.01)
    clock = Now()
    sound = Source("sound:x", SOUND, [block(10_000), CaptureLost("gone"), block(10_500), block(10_510, 480)])
    sound.refusals = []
    with joined_of(Source("p:", PICTURE), sound, clock) as joined:
        joined.open()
        sound.refusals = [RigError("not there yet")]
        items = taken(joined, 6, clock)
    assert sound.opened == 2
    before, lost, gap, back, *after = items
    assert (before.first_sample, lost.kind, back.kind) == (0, "unplugged", "plugged_in")
    assert (gap.start_ns, gap.end_ns) == (10_010 * MS, 10_500 * MS)
    assert [item.first_sample for item in after] == [24_000, 24_480]


def test_sound_that_comes_back_as_another_is_an_error(monkeypatch):
    monkeypatch.setattr(half, "AGAIN_S", 0.01)
    sound = Source("sound:x", SOUND, [CaptureLost("gone")])
    with joined_of(Source("p:", PICTURE), sound, Now()) as joined:
        joined.open()
        sound.stream = StreamFormat(None, AudioFormat(44_100, 2))
        with pytest.raises(RigError, match=r"sound:x: came back as .*44100.*open the capture anew"):
            taken(joined, 9)


def test_a_picture_that_is_lost_ends_the_capture():
    clock = Now()
    picture = Source("p:", PICTURE, [frame(10_000), CaptureLost("p: gone")])
    with joined_of(picture, Source("s:", SOUND), clock) as joined:
        joined.open()
        assert isinstance(taken(joined, 1, clock)[0], Frame)
        with pytest.raises(CaptureLost, match="p: gone"):
            taken(joined, 1, clock)


def test_if_one_cannot_be_opened_the_other_is_closed():
    picture, sound = Source("p:", PICTURE), Source("s:", SOUND)
    picture.refusals = [RigError("p: busy")]
    joined = Joined("x:", picture, sound)
    with pytest.raises(RigError, match="p: busy"):
        joined.open()
    assert sound.closed == 1
    with pytest.raises(CaptureLost, match="open it first"):
        joined.read(0)
