"""Hops do not depend on where blocks begin; holes in the sound are kept."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.hops import Hops
from harness.media import AudioBlock

RATE_HZ = 48_000
SOUND = np.random.default_rng(0).uniform(-1, 1, (5_000, 2)).astype(np.float32)


def _blocks(cuts, ppm=0.0):
    edges = [0, *sorted(set(cuts)), len(SOUND)]
    for start, stop in itertools.pairwise(edges):
        yield AudioBlock(round(start * (1 + ppm * 1e-6) * 1e9 / RATE_HZ), start, SOUND[start:stop])


def _hops(blocks, rate_hz=RATE_HZ):
    hops = Hops()
    views = [view for block in blocks for view in hops.feed(block, rate_hz)]
    return views + list(hops.flush())


def _told(views):
    return [(view.t_ns, view.first_sample, view.after_gap, view.samples.tobytes()) for view in views]


@settings(max_examples=50)
@given(st.lists(st.integers(1, len(SOUND) - 1), max_size=40))
def test_any_cutting_gives_the_same_hops(cuts):
    assert _told(_hops(_blocks(cuts))) == _told(_hops(_blocks([])))


def test_hops_are_ten_milliseconds_and_the_last_may_be_shorter():
    views = _hops(_blocks([]))
    assert [len(view.samples) for view in views] == [480] * 10 + [200]
    assert [view.t_ns for view in views] == [number * 10_000_000 for number in range(11)]


def test_times_follow_a_drifting_clock():
    views = _hops(_blocks(range(480, 5_000, 480), ppm=200))
    assert views[-1].t_ns == pytest.approx(100_000_000 * 1.0002, abs=1_000)


def test_a_jump_of_the_count_ends_a_hop_and_marks_the_next():
    late = AudioBlock(200_000_000, 9_600, SOUND[:600])
    views = _hops([AudioBlock(0, 0, SOUND[:600]), late])
    assert [(view.first_sample, len(view.samples), view.after_gap) for view in views] == [
        (0, 480, False),
        (480, 120, False),
        (9_600, 480, True),
        (10_080, 120, False),
    ]


def test_what_the_rig_lost_marks_the_next_hop():
    hops = Hops()
    views = list(hops.feed(AudioBlock(0, 0, SOUND[:600]), RATE_HZ)) + list(hops.lost())
    views += list(hops.feed(AudioBlock(12_500_000, 600, SOUND[600:1_200]), RATE_HZ))
    assert [(len(view.samples), view.after_gap) for view in views] == [
        (480, False),
        (120, False),
        (480, True),
    ]


def test_a_change_of_channels_begins_anew():
    views = _hops([AudioBlock(0, 0, SOUND[:600]), AudioBlock(12_500_000, 600, SOUND[600:1_200, :1])])
    assert [view.channels for view in views] == [2, 2, 1, 1]
    assert views[2].after_gap


def test_empty_blocks_and_no_blocks_are_no_hops():
    assert _hops([]) == []
    assert _hops([AudioBlock(0, 0, SOUND[:0])]) == []
