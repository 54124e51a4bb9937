"""A start that the rig may have made longer is neither too slow nor in time."""

import math

import pytest

from harness.errors import Undecided
from harness.media import Gap
from harness.run.startup_time import start_up
from harness.timeline import Mark, Timeline

S = 10**9


def took(*gaps_s, virtual=True, first_s=4.0, medium="video"):
    marks = [Mark("play_asked", S)]
    marks += [Mark("first_frame", round(first_s * S))] if first_s else []
    gaps = [
        Gap(round(start * S), round(end * S), medium, "the capture was too late") for start, end in gaps_s
    ]
    return start_up(Timeline(marks=marks, gaps=gaps), virtual=virtual)


def test_it_is_a_number_of_seconds():
    assert took() == 3.0
    assert took() <= 3.0
    assert not took() < 3.0
    assert took() > 2.5
    assert took() >= 3.0
    assert f"{took():.2f}" == "3.00"


def test_what_is_within_the_limit_is_certain_whatever_the_rig_lost():
    assert took((2, 2.5)) <= 3.0
    assert not took((2, 2.5)) > 3.0


@pytest.mark.parametrize(
    "compare", [lambda took: took <= 2.5, lambda took: took > 2.5, lambda took: took < 2]
)
def test_what_is_beyond_it_is_undecided_where_the_computer_was_too_slow_for_a_virtual_device(compare):
    with pytest.raises(
        Undecided, match=r"3\.00 s, beyond .*lost pictures meanwhile \(2\.00-2\.50 s: the capture"
    ):
        compare(took((2, 2.5)))


def test_a_real_device_goes_on_whatever_the_rig_loses():
    assert took((2, 2.5), virtual=False) > 2.5


def test_a_gap_before_the_first_frame_may_hide_an_earlier_one_of_any_device():
    with pytest.raises(Undecided):
        _ = took((2, 3.95), virtual=False) > 2.5


@pytest.mark.parametrize("gap_s", [(0.2, 0.9), (4.5, 5)])
def test_gaps_before_and_after_are_none_of_the_starts(gap_s):
    assert took(gap_s) > 2.5


def test_gaps_in_the_sound_do_not_matter():
    assert took((2, 2.5), medium="audio") > 2.5


def test_a_start_that_never_came_is_undecided_if_the_rig_lost_pictures():
    assert took(first_s=None) == math.inf
    with pytest.raises(Undecided):
        _ = took((3, 9), first_s=None) <= 3
