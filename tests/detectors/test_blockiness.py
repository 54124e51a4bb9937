"""blockiness: found to the frame where it is planted; honest coding, fences and tiles are no defect."""

import cv2
import numpy as np
import pytest

from harness.analysis.block_grid import grid_contrast
from harness.analysis.picture import Picture
from harness.impair.base import LEVELS
from harness.impair.blockiness import Blockiness
from harness.media import Frame
from harness.recording.recording import Recording
from tests.support import planting, shots


def _contrast(y):
    return grid_contrast(Picture(Frame(0, 0, y, shots.CHROMA, shots.CHROMA)))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", Blockiness.kinds)
def test_blockiness_is_found_to_the_frame_after_coding(tmp_path, kind, level):
    pictures = shots.plant(shots.pan(60), "blockiness", 25, 20, level, kind)
    ((defect, start, stop),) = shots.find(shots.coded(tmp_path / "a.mkv", pictures))
    assert defect == "blockiness"
    assert abs(start - 25) <= 2
    assert abs(stop - 45) <= 2


@pytest.mark.parametrize("bit_rate", [200_000, 600_000])
def test_honest_coding_at_a_low_bit_rate_is_clean(tmp_path, bit_rate):
    path = tmp_path / "a.mkv"
    planting.code(path, [*shots.pan(50), *shots.pan(50, 4.0, seed=3)], shots.FPS, bit_rate=bit_rate)
    assert (
        shots.find([(item.y, item.u, item.v) for item in Recording(path).items() if isinstance(item, Frame)])
        == []
    )


@pytest.mark.parametrize("shift", [(0, 0), (3, 5)])
def test_the_grid_may_lie_anywhere(shift):
    shown = shots.plant(shots.pan(1), "blockiness", 0, 1)[0][0]
    assert _contrast(np.roll(shown, shift, (0, 1))) == pytest.approx(_contrast(shown), rel=0.25)


def test_a_grid_that_was_scaled_to_a_larger_picture_shows():
    shown = shots.plant(shots.pan(1), "blockiness", 0, 1)[0][0]
    scaled = cv2.resize(shown, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_LINEAR)
    plain = cv2.resize(shots.pan(1)[0][0], None, fx=1.5, fy=1.5, interpolation=cv2.INTER_LINEAR)
    assert _contrast(scaled) > _contrast(plain) + 0.2


def test_a_fence_has_a_grid_in_one_direction_alone():
    y = shots.pan(1)[0][0].copy()
    y[:, ::8] = 40
    assert _contrast(y) < 0.2


def test_tiles_that_a_shot_shows_from_its_start_are_no_defect():
    scene = shots.world()
    scene[::16] = scene[:, ::16] = 40
    assert shots.find([*shots.pan(40), *shots.pan(40, 0.0, scene=scene), *shots.pan(40, seed=3)]) == []


def test_blockiness_that_lasts_to_the_end_is_found():
    assert shots.find(shots.plant(shots.pan(60), "blockiness", 30, 40)) == [("blockiness", 30, 60)]


def test_blockiness_for_less_than_a_fifth_of_a_second_is_below_the_limit():
    assert shots.find(shots.plant(shots.pan(60), "blockiness", 25, 4)) == []
