"""Triggers: hysteresis, shortest length, merging, rows that were not measured."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.trigger import Trigger, confidence, runs

FRAME_NS = 40_000_000


def _intervals(trigger, values):
    t_ns = np.arange(len(values), dtype=np.int64) * FRAME_NS
    found = trigger.intervals(t_ns, values, len(values) * FRAME_NS)
    return [(item.start_ns // FRAME_NS, item.end_ns // FRAME_NS) for item in found]


def test_it_enters_at_one_level_and_leaves_at_another():
    assert _intervals(Trigger(10, 5), [0, 6, 11, 6, 7, 4, 6, 0]) == [(2, 5)]


def test_what_never_enters_is_no_interval():
    assert _intervals(Trigger(10, 5), [6, 7, 8, 9]) == []


def test_below_is_above_upside_down():
    values = np.array([0, 6, 11, 6, 7, 4, 6, 0.0])
    below = Trigger(-10, -5, above=False)
    assert _intervals(below, -values) == _intervals(Trigger(10, 5), values)
    peak = below.intervals(np.arange(8, dtype=np.int64), -values, 8)[0].peak
    assert peak == -11


@pytest.mark.parametrize(("min_s", "found"), [(0.12, [(1, 4)]), (0.13, [])])
def test_short_intervals_are_dropped(min_s, found):
    assert _intervals(Trigger(1, 1, min_s=min_s), [0, 2, 2, 2, 0]) == found


@pytest.mark.parametrize(("merge_s", "found"), [(0.08, [(1, 2), (4, 6)]), (0.09, [(1, 6)])])
def test_near_intervals_are_merged_before_they_are_measured(merge_s, found):
    assert _intervals(Trigger(1, 1, merge_s=merge_s), [0, 2, 0, 0, 2, 2]) == found


def test_a_row_that_was_not_measured_is_never_inside():
    assert _intervals(Trigger(1, 1), [2, float("nan"), 2]) == [(0, 1), (2, 3)]
    assert _intervals(Trigger(1, 1, above=False), [0, float("nan"), 0]) == [(0, 1), (2, 3)]


def test_no_rows_no_intervals():
    assert _intervals(Trigger(1, 1), []) == []


def test_confidence_is_a_half_at_the_shortest_and_grows():
    assert confidence(100, 100) == 0.5
    assert confidence(900, 100) == 0.9
    assert confidence(0, 0) == 0.0


@given(st.lists(st.booleans()))
def test_runs_cover_exactly_the_true_rows(inside):
    rows = [row for start, stop in runs(inside) for row in range(start, stop)]
    assert rows == [row for row, value in enumerate(inside) if value]
    stops = [stop for _, stop in runs(inside)]
    assert all(stop < start for stop, (start, _) in zip(stops, runs(inside)[1:], strict=False))
