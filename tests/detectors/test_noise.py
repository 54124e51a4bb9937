"""noise: found to the frame where it is planted; grain of a film and weather are no defect."""

import numpy as np
import pytest

from harness.impair.base import LEVELS
from harness.impair.noise import Noise
from tests.support import shots


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", Noise.kinds)
def test_noise_is_found_to_the_frame_after_coding(tmp_path, kind, level):
    pictures = shots.plant(shots.pan(60), "noise", 25, 20, level, kind)
    ((defect, start, stop),) = shots.find(shots.coded(tmp_path / "a.mkv", pictures))
    assert defect == "noise"
    assert abs(start - 25) <= 2
    assert abs(stop - 45) <= 2


def test_film_grain_that_a_shot_begins_with_is_right(tmp_path):
    grainy = shots.pan(40, seed=2, grain=6.0)
    assert (
        shots.find(shots.coded(tmp_path / "a.mkv", [*shots.pan(40), *grainy, *shots.pan(40, seed=3)])) == []
    )


def test_noise_over_film_grain_is_found():
    pictures = shots.plant(shots.pan(60, grain=3.0), "noise", 25, 20, "easy")
    assert shots.find(pictures) == [("noise", 25, 45)]


def test_noise_that_lasts_to_the_end_is_found():
    assert shots.find(shots.plant(shots.pan(60), "noise", 30, 40)) == [("noise", 30, 60)]


def test_noise_goes_on_over_a_cut():
    pictures = shots.plant([*shots.pan(40), *shots.pan(40, seed=3)], "noise", 25, 35)
    assert shots.find(pictures) == [("noise", 25, 60)]


def test_noise_for_less_than_a_fifth_of_a_second_is_below_the_limit():
    assert shots.find(shots.plant(shots.pan(60), "noise", 25, 4)) == []


def test_snow_that_begins_to_fall_is_no_defect():
    random, shown = np.random.default_rng(3), shots.pan(90)
    for number, (y, _, _) in enumerate(shown):
        flakes = round(max(0, number - 20) * 12)
        y.reshape(-1)[random.integers(0, y.size, flakes)] = 230
    assert shots.find(shown) == []


def test_glitter_in_one_corner_is_no_defect():
    random, shown = np.random.default_rng(3), shots.pan(70)
    for y, _, _ in shown[25:50]:
        part = y[:90, :160]
        part[random.random(part.shape) < 0.03] = 235
    assert shots.find(shown) == []


def test_grain_that_a_coder_refreshes_and_lets_go_is_no_defect():
    random = np.random.default_rng(4)
    shown = [
        shots.picture(y.astype(np.float32), 4.0 * 0.8 ** (number % 15), random)
        for number, (y, _, _) in enumerate(shots.pan(90, grain=0.0))
    ]
    assert shots.find(shown) == []
