"""freeze_frame and stutter where motion itself speeds up and slows down."""

import numpy as np
import pytest

from harness.detectors.video.freeze_frame import FreezeFrame
from harness.detectors.video.stutter import Stutter
from tests.support import moving


def _along(steps_px):
    """Return pictures of a camera that pans on by so many px before each of them."""
    scene = moving.world(width=1800)
    lefts = np.cumsum(steps_px).astype(int)
    return [moving.grey(scene[: moving.HEIGHT, left : left + moving.WIDTH]) for left in lefts]


def _held(pictures, start, count):
    return [*pictures[:start], *[pictures[start - 1]] * count, *pictures[start + count :]]


def test_a_freeze_where_motion_had_slowed_down_is_found():
    steps = [*[20] * 20, *[3] * 8, *[20] * 40]
    assert moving.find(FreezeFrame(), _held(_along(steps), 28, 12)) == [(28, 40)]


def test_a_freeze_in_a_moment_that_hardly_moves_is_found_by_the_leap_after_it():
    steps = [*[8] * 24, 1, *[8] * 30]
    assert moving.find(FreezeFrame(), _held(_along(steps), 25, 6)) == [(25, 31)]


@pytest.mark.parametrize("rests", [10, 20])
def test_slides_that_glide_into_place_are_no_freeze(rests):
    glide = [*(64 * 0.6 ** np.arange(12)).astype(int), *[0] * rests]
    assert moving.find(FreezeFrame(), _along(glide * 4)) == []


def test_a_stutter_begins_with_a_hold_whose_jump_the_slower_motion_hides():
    steps = [5] * 100
    steps[48:52] = [3] * 4
    shown = _held(_along(steps), 50, 1)
    for start in (56, 63):
        shown = _held(shown, start, 3)
    ((start, stop),) = moving.find(Stutter(), shown)
    assert start == 50
    assert stop == 66


def test_slower_motion_that_holds_a_frame_by_itself_is_no_stutter():
    steps = [5] * 100
    steps[48:52] = [3] * 4
    assert moving.find(Stutter(), _held(_along(steps), 50, 1)) == []
