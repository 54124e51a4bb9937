"""blur: found to the frame where it is planted; soft by direction is no defect."""

import cv2
import numpy as np
import pytest

from harness.impair.base import LEVELS
from harness.impair.blur import Blur
from tests.support import shots


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", Blur.kinds)
def test_blur_is_found_to_the_frame_after_coding(tmp_path, kind, level):
    pictures = shots.plant(shots.pan(60), "blur", 25, 20, level, kind)
    ((defect, start, stop),) = shots.find(shots.coded(tmp_path / "a.mkv", pictures))
    assert defect == "blur"
    assert abs(start - 25) <= 2
    assert abs(stop - 45) <= 2


def test_a_clean_shot_and_a_soft_one_are_clean(tmp_path):
    soft = shots.plant(shots.pan(40, seed=2), "blur", 0, 40)
    assert shots.find(shots.coded(tmp_path / "a.mkv", [*shots.pan(40), *soft, *shots.pan(40, seed=3)])) == []


def test_blur_that_lasts_to_the_end_is_found():
    assert shots.find(shots.plant(shots.pan(60), "blur", 30, 40)) == [("blur", 30, 60)]


def test_blur_for_less_than_a_fifth_of_a_second_is_below_the_limit():
    assert shots.find(shots.plant(shots.pan(60), "blur", 25, 4)) == []


def test_a_focus_that_is_pulled_is_direction():
    sigmas = [*[0.0] * 20, *np.linspace(0.1, 4, 12), *[4.0] * 20, *np.linspace(4, 0.1, 12), *[0.0] * 20]
    pulled = [
        (cv2.GaussianBlur(y, (0, 0), sigma) if sigma else y, u, v)
        for (y, u, v), sigma in zip(shots.pan(len(sigmas)), sigmas, strict=True)
    ]
    assert shots.find(pulled) == []


def test_a_dissolve_is_direction():
    one, other = shots.pan(70), shots.pan(70, seed=4)
    mix = [
        (cv2.addWeighted(a[0], 1 - part, b[0], part, 0), a[1], a[2])
        for a, b, part in zip(one, other, np.clip((np.arange(70) - 25) / 20, 0, 1), strict=True)
    ]
    assert shots.find(mix) == []


def test_a_picture_that_blurs_because_the_camera_whips_is_no_defect():
    speeds = np.array([1.0] * 25 + [14.0] * 20 + [1.0] * 25)
    scene = shots.world(width=1400)
    whipped = [
        (cv2.blur(y, (int(speed), 1)), u, v)
        for (y, u, v), speed in zip(shots.pan(70, speeds, scene=scene), speeds, strict=True)
    ]
    assert shots.find(whipped) == []


def test_captions_that_come_and_go_take_no_sharpness_with_them():
    shown = shots.pan(90)
    for number, (y, _, _) in enumerate(shown):
        if number // 18 % 2:
            cv2.putText(y, "What did you say?", (60, 245), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 235, 2)
    assert shots.find(shown) == []


def test_noise_that_ends_leaves_no_blur_behind():
    pictures = shots.plant(shots.pan(90), "noise", 25, 25)
    assert [item[0] for item in shots.find(pictures)] == ["noise"]


def test_a_sharp_figure_before_a_soft_background_goes_soft():
    scene = shots.world()
    scene[:, : scene.shape[1] // 2] = cv2.GaussianBlur(scene, (0, 0), 8)[:, : scene.shape[1] // 2]
    still = shots.pan(60, 0.0, scene=np.roll(scene, -200, axis=1))
    assert shots.find(shots.plant(still, "blur", 25, 20, "medium")) == [("blur", 25, 45)]


def test_blur_in_a_fast_pan_is_found():
    pictures = shots.pan(60, 9.0)
    assert shots.find(shots.plant(pictures, "blur", 25, 20, "medium")) == [("blur", 25, 45)]


def test_blur_while_a_scene_fades_in_is_found():
    gains = np.clip(np.arange(60) / 50, 0.1, 1)
    pictures = [
        (np.asarray(16 + (y - 16.0) * gain, np.uint8), u, v)
        for (y, u, v), gain in zip(shots.pan(60), gains, strict=True)
    ]
    assert shots.find(shots.plant(pictures, "blur", 25, 20, "medium")) == [("blur", 25, 45)]


def test_what_goes_soft_in_a_part_of_the_picture_is_a_pane_of_glass():
    pictures = shots.pan(60)
    for y, _, _ in pictures[25:45]:
        y[:, shots.WIDTH * 3 // 8 :] = cv2.GaussianBlur(y, (0, 0), 4)[:, shots.WIDTH * 3 // 8 :]
    assert shots.find(pictures) == []


def test_lights_that_go_out_and_on_again_blur_nothing():
    pictures = shots.pan(60)
    dim = [(np.asarray(16 + (y - 16.0) * 0.45, np.uint8), u, v) for y, u, v in pictures[25:45]]
    assert shots.find([*pictures[:25], *dim, *pictures[45:]]) == []
