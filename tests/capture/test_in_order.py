"""A stream that sends sound ahead of its pictures comes out in order of time."""

from fractions import Fraction

import numpy as np

from harness.capture.in_order import HOLD_NS, InOrder
from harness.media import AudioBlock, AudioFormat, Frame, Gap, StreamFormat, VideoFormat

VIDEO, AUDIO = VideoFormat(2, 2, Fraction(50)), AudioFormat(48_000, 2)
BOTH = StreamFormat(VIDEO, AUDIO)


def frame(t_ns):
    return Frame(t_ns, 0, *[np.zeros((1, 1), np.uint8)] * 3)


def block(t_ns):
    return AudioBlock(t_ns, 0, np.zeros((1, 2), np.float32))


def put(items, stream=BOTH):
    order = InOrder()
    ready = [one for item in items for one in order.add(item, stream)]
    return [item.start_ns if isinstance(item, Gap) else item.t_ns for item in ready], order


def test_sound_that_is_ahead_waits_for_the_pictures_before_it():
    times, order = put([block(50), block(74), frame(40), frame(60), block(98), frame(80)])
    assert times == [40, 50, 60, 74, 80]
    assert [item.t_ns for item in order.rest()] == [98]


def test_a_gap_comes_before_what_follows_it():
    times, _ = put([frame(40), Gap(60, 100, "video", "lost"), frame(100), block(120)])
    assert times == [40, 60, 100]


def test_one_medium_alone_waits_for_nothing():
    assert put([frame(40), frame(60)], StreamFormat(VIDEO, None))[0] == [40, 60]
    assert put([block(40)], StreamFormat(None, AUDIO))[0] == [40]


def test_a_medium_that_says_nothing_is_not_waited_for_for_ever():
    times, _ = put([frame(40), frame(60), frame(50 + HOLD_NS)])
    assert times == [40]
