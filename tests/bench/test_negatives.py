"""The drawn negatives: the same every time, narrow range, as long as they say."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from harness.bench.negatives import NEGATIVES, PICTURES, SOUNDS
from harness.media import VideoFormat

WIDTH, HEIGHT = 128, 72
TIMES_S = (Fraction(0), Fraction(7, 5), Fraction(5))


def _opened(negative):
    return negative.open(VideoFormat(WIDTH, HEIGHT, negative.fps))


def test_names_tell_negatives_apart():
    names = [negative.name for negative in NEGATIVES]
    assert len(set(names)) == len(names)
    assert all(negative.what and "\n" not in negative.what for negative in NEGATIVES)
    assert all(6 <= negative.seconds <= 10 for negative in NEGATIVES)


@pytest.mark.parametrize("negative", PICTURES, ids=lambda negative: negative.name)
def test_pictures_are_narrow_range_and_the_same_every_time(negative):
    first, again = _opened(negative), _opened(negative)
    backwards = {at_s: again.picture(at_s) for at_s in reversed(TIMES_S)}
    for at_s in TIMES_S:
        y, u, v = first.picture(at_s)
        assert y.shape == (HEIGHT, WIDTH)
        assert u.shape == v.shape == (HEIGHT // 2, WIDTH // 2)
        for plane, other, most in zip((y, u, v), backwards[at_s], (235, 240, 240), strict=True):
            assert plane.dtype == np.uint8
            assert 16 <= plane.min() <= plane.max() <= most
            np.testing.assert_array_equal(plane, other)


@pytest.mark.parametrize("negative", SOUNDS, ids=lambda negative: negative.name)
def test_sounds_are_the_same_every_time_and_within_full_scale(negative):
    short = negative.play(1)
    assert short.shape == (48_000, 2)
    assert 0.01 < np.abs(short).max() <= 1
    np.testing.assert_array_equal(short, negative.play(1))


def test_sounds_come_in_any_order_and_begin_again():
    negative = next(item for item in SOUNDS if item.name == "chiptune")
    first, again = _opened(negative), _opened(negative)
    block = first.sound(90_000, 1920)
    assert (block.shape, block.dtype) == ((1920, 2), np.int16)
    np.testing.assert_array_equal(block, again.sound(90_000, 1920))
    np.testing.assert_array_equal(block, first.sound(90_000 + negative.seconds * 48_000, 1920))


def test_pictures_made_at_a_lower_rate_are_held():
    film = next(item for item in PICTURES if item.made_fps == 24 and item.fps == 60)
    shown = _opened(film)
    pictures = [shown.picture(Fraction(number, 60)) for number in range(10)]
    fresh = [before is not after for before, after in pairwise(pictures)]
    assert fresh == [False, False, True, False, True, False, False, True, False]
