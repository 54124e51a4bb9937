"""combing: found to the frame where fields are woven, and in no stripes, blinds or text."""

import cv2
import numpy as np
import pytest

from harness.detectors.video.combing import Combing
from tests.support import moving

START, STOP = 20, 45


def _found(pictures):
    return moving.find(Combing(), pictures)


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
@pytest.mark.parametrize("kind", ["woven", "swapped"])
def test_woven_fields_are_found_to_the_frame_after_coding(tmp_path, kind, level):
    shown, _ = moving.plant(moving.pan(60), f"combing:start_s=0.8,duration_s=1,level={level},kind={kind}")
    ((start, stop),) = _found(moving.coded(tmp_path / "a.mkv", shown))
    assert abs(start - START) <= 1
    assert abs(stop - STOP) <= 1


@pytest.mark.parametrize("speed_px", [(1, 0), (3, 2), (0, 3), (14, 0)])
def test_moving_pictures_are_clean(speed_px):
    assert _found(moving.pan(40, speed_px)) == []


def test_a_small_thing_that_moves_is_enough():
    still = moving.world(seed=2)[: moving.HEIGHT, : moving.WIDTH]
    pictures = []
    for index in range(60):
        y = still.copy()
        cv2.rectangle(y, (60 + 6 * index, 150), (120 + 6 * index, 240), 30, -1)
        pictures.append(moving.grey(y))
    shown, _ = moving.plant(pictures, "combing:start_s=0.8,duration_s=1")
    assert _found(shown) == [(START, STOP)]
    assert _found(pictures) == []


def _striped(count, period, speed_px):
    """Dark and bright rows, as of blinds, that move with the picture behind them."""
    scene = moving.world(seed=4)
    pictures = []
    for index in range(count):
        left, top = (round(index * speed) for speed in speed_px)
        y = scene[top : top + moving.HEIGHT, left : left + moving.WIDTH].copy()
        y[-top % period :: period] = np.minimum(y[-top % period :: period], 60)
        pictures.append(moving.grey(y))
    return pictures


@pytest.mark.parametrize("period", [2, 3, 4])
@pytest.mark.parametrize("speed_px", [(4, 0), (0, 1), (3, 2)])
def test_stripes_and_blinds_are_part_of_the_picture(period, speed_px):
    assert _found(_striped(40, period, speed_px)) == []


def test_an_interlaced_look_that_stands_still_is_design():
    pictures = moving.pan(40)
    for y, _, _ in pictures:
        y[100:200:2, 100:300] = 16
    assert _found(pictures) == []


def test_text_that_rolls_up_is_clean():
    page = np.full((1400, moving.WIDTH), 16, np.uint8)
    for line in range(40):
        cv2.putText(
            page, f"{line} Assistant to the director", (40, 30 * line + 40), 0, 0.6, 230, 1, cv2.LINE_AA
        )
    assert _found([moving.grey(page[3 * index : 3 * index + moving.HEIGHT]) for index in range(40)]) == []


def test_a_still_picture_has_no_comb():
    still = moving.pan(1)[0]
    shown, _ = moving.plant([still] * 40, "combing:start_s=0.8,duration_s=1")
    assert _found(shown) == []
