"""Damaged blocks, torn and woven pictures come from where they should, and their truth is measured."""

import numpy as np
import pytest

from tests.support import moving


@pytest.fixture(scope="module")
def clip():
    return [
        tuple(
            np.ascontiguousarray(plane[: side[0], : side[1]])
            for plane, side in zip(picture, SIDES, strict=True)
        )
        for picture in moving.pan(30)
    ]


SIDES = ((208, 320), (104, 160), (104, 160))


def _changed(clip, shown):
    return [index for index, (one, other) in enumerate(zip(clip, shown, strict=True)) if one is not other]


def _planted(intervals):
    return [
        index
        for index in range(30)
        if any(start - 1e-6 <= index / moving.FPS < end - 1e-6 for start, end in intervals)
    ]


@pytest.mark.parametrize("kind", ["bitstream", "bitstream_raw"])
def test_the_truth_of_a_damaged_stream_is_what_differs_visibly(clip, kind):
    fault = f"block_corruption:start_s=0.2,duration_s=0.8,level=medium,kind={kind},seed=2"
    shown, planted = moving.plant(clip, fault)
    changed = _changed(clip, shown)
    assert changed == _planted(planted.intervals_s())
    assert len(changed) >= 5 and min(changed) >= 5 and max(changed) < 25
    for index in changed:
        off = np.abs(shown[index][0].astype(int) - clip[index][0]) > 8
        assert off.mean() >= 0.0005


def test_a_damaged_stream_repeats_with_its_seed(clip):
    fault = "block_corruption:start_s=0.2,duration_s=0.4,kind=bitstream_raw,seed=2"
    for one, other in zip(moving.plant(clip, fault)[0], moving.plant(clip, fault)[0], strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(("level", "least", "most"), [("easy", 5, 30), ("medium", 1, 8), ("hard", 0.1, 2.5)])
@pytest.mark.parametrize("kind", ["misplaced", "repeated", "one_colour", "slice"])
def test_the_level_is_the_share_of_the_picture(clip, kind, level, least, most):
    shown, _ = moving.plant(clip, f"block_corruption:start_s=0.2,duration_s=0.8,level={level},kind={kind}")
    shares = [100 * np.mean(shown[index][0] != clip[index][0]) for index in _changed(clip, shown)]
    assert least <= np.median(shares) <= most


def test_a_line_divides_two_pictures(clip):
    shown, _ = moving.plant(clip, "tearing:start_s=0.4,duration_s=0.4,level=hard,kind=line,seed=1")
    for index in range(11, 20):
        now, before = (np.all(shown[index][0] == clip[other][0], axis=1) for other in (index, index - 1))
        line = int(np.argmax(now)) or int(np.argmax(before))
        assert 0 < line < SIDES[0][0] and line % 2 == 0
        assert np.all(now | before)


@pytest.mark.parametrize(("kind", "late"), [("woven", 0), ("swapped", 1)])
def test_every_other_row_is_of_the_picture_before(clip, kind, late):
    shown, _ = moving.plant(clip, f"combing:start_s=0.4,duration_s=0.4,kind={kind}")
    for plane in range(3):
        assert np.array_equal(shown[15][plane][late::2], clip[14][plane][late::2])
        assert np.array_equal(shown[15][plane][1 - late :: 2], clip[15][plane][1 - late :: 2])
