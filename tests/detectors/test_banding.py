"""banding: found to the frame where it is planted; drawn pictures of few colours are no defect."""

import cv2
import numpy as np
import pytest

from harness.impair.base import LEVELS
from tests.support import shots


@pytest.mark.parametrize("level", LEVELS)
def test_banding_is_found_to_the_frame_after_coding(tmp_path, level):
    pictures = shots.plant(shots.pan(60), "banding", 25, 20, level)
    ((defect, start, stop),) = shots.find(shots.coded(tmp_path / "a.mkv", pictures))
    assert defect == "banding"
    assert abs(start - 25) <= 2
    assert abs(stop - 45) <= 2


def _drawing(seed, colours=7, count=40):
    random = np.random.default_rng(seed)
    wide = cv2.GaussianBlur(random.normal(0, 1, (shots.HEIGHT, 900)).astype(np.float32), (0, 0), 15)
    ranks = np.clip((wide - wide.min()) / np.ptp(wide) * colours, 0, colours - 1).astype(int)
    return shots.pan(count, 2.0, grain=0.0, scene=random.integers(30, 220, colours)[ranks].astype(np.float32))


def test_a_drawing_of_few_colours_is_clean(tmp_path):
    shown = [*shots.pan(40), *_drawing(2), *shots.pan(40, seed=3), *_drawing(5)]
    assert shots.find(shots.coded(tmp_path / "a.mkv", shown)) == []


def test_a_flat_graphic_that_comes_and_goes_is_no_defect():
    shown = shots.pan(90)
    for y, _, _ in shown[25:60]:
        y[190:] = 70
        y[10:60, 300:] = 40
    assert shots.find(shown) == []


@pytest.mark.parametrize("gain", [0.5, 1.4])
def test_light_that_changes_at_once_is_no_defect(gain):
    lit = [16 + (shots.world() - 16) * (gain if lamp else 1.0) for lamp in (False, True)]
    shown = [shots.pan(90, scene=scene) for scene in lit]
    shown = [*shown[0][:25], *shown[1][25:60], *shown[0][60:]]
    assert shots.find(shown) == []


def test_banding_that_lasts_to_the_end_is_found():
    assert shots.find(shots.plant(shots.pan(60), "banding", 30, 40)) == [("banding", 30, 60)]


def test_banding_for_less_than_a_fifth_of_a_second_is_below_the_limit():
    assert shots.find(shots.plant(shots.pan(60), "banding", 25, 4)) == []
