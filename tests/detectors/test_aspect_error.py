"""aspect_error: a picture that loses its shape is found to the frame; a title's own shape is right."""

import cv2
import numpy as np
import pytest

from harness.detectors.video.aspect_error import AspectError
from tests.support import shown

FAULT = "aspect_error:start_s=1.4,duration_s=1"
FORMS = [("squeezed", 0), ("squeezed", 1), ("windowbox", 0), ("cropped", 0)]


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
@pytest.mark.parametrize(("kind", "seed"), FORMS)
def test_a_lost_shape_is_found_to_the_frame(kind, seed, level):
    pictures = shown.plant(shown.film(), f"{FAULT},kind={kind},level={level},seed={seed}")
    assert shown.find(pictures, AspectError) == [(35, 60)]


def test_the_seed_picks_bars_or_a_stretch():
    stretched, squeezed = (
        shown.plant(shown.film(), f"{FAULT},kind=squeezed,seed={seed}")[40][0] for seed in (0, 1)
    )
    assert stretched[:, :40].max() > 100 > squeezed[:, :40].max()


@pytest.mark.parametrize(("kind", "seed"), FORMS)
def test_it_is_found_after_coding(tmp_path, kind, seed):
    pictures = shown.plant(shown.film(), f"{FAULT},kind={kind},level=hard,seed={seed}")
    assert shown.find(shown.coded(tmp_path / "a.mkv", pictures), AspectError) == [(35, 60)]


@pytest.mark.parametrize(("kind", "seed"), FORMS)
def test_a_shape_that_stays_lost_is_found_to_the_end(kind, seed):
    pictures = shown.plant(shown.film(), f"aspect_error:start_s=1.4,duration_s=9,kind={kind},seed={seed}")
    assert shown.find(pictures, AspectError) == [(35, 100)]


def _boxed(pictures, x_px=0, y_px=0):
    """Return the pictures with bars laid over them."""
    shown_ = []
    for planes in pictures:
        boxed = tuple(np.full_like(plane, black) for plane, black in zip(planes, (16, 128, 128), strict=True))
        for part, (plane, source) in zip((1, 2, 2), zip(boxed, planes, strict=True), strict=True):
            rows = slice(y_px // part, plane.shape[0] - y_px // part)
            columns = slice(x_px // part, plane.shape[1] - x_px // part)
            plane[rows, columns] = source[rows, columns]
        shown_.append(boxed)
    return shown_


@pytest.mark.parametrize(("x_px", "y_px"), [(0, 34), (60, 0), (60, 34)])
def test_a_film_has_bars_from_its_start(x_px, y_px):
    assert shown.find(_boxed(shown.film(), x_px, y_px), AspectError) == []


@pytest.mark.parametrize(("x_px", "y_px"), [(0, 34), (60, 0), (60, 34)])
def test_the_shape_may_change_with_the_shot(x_px, y_px):
    film, other = shown.film(), shown.film("news")
    assert shown.find([*film[:50], *_boxed(other[50:], x_px, y_px)], AspectError) == []
    assert shown.find([*_boxed(film[:50], x_px, y_px), *other[50:]], AspectError) == []


@pytest.mark.parametrize("kind", ["squeezed", "windowbox", "cropped"])
def test_a_letterboxed_film_loses_its_shape(kind):
    film = _boxed(shown.film(), 0, 34)
    assert shown.find(shown.plant(film, f"{FAULT},kind={kind},seed=1"), AspectError) == [(35, 60)]


def test_bars_may_close_slowly():
    film = shown.film()
    assert (
        shown.find([_boxed([film[index]], min(index, 60))[0] for index in range(len(film))], AspectError)
        == []
    )


def _zoomed(picture, times):
    height, width = picture[0].shape
    matrix = np.float32([[times, 0, (1 - times) * width / 2], [0, times, (1 - times) * height / 2]])
    half = matrix * np.float32([[1, 1, 0.5]])
    return tuple(
        cv2.warpAffine(plane, shape, plane.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        for plane, shape in zip(picture, (matrix, half, half), strict=True)
    )


@pytest.mark.parametrize("times", [1.1, 1.33])
def test_an_editor_moves_in_on_a_speaker(times):
    film = shown.film()
    assert shown.find([*film[:50], *(_zoomed(picture, times) for picture in film[50:])], AspectError) == []


def test_a_camera_zooms():
    picture = shown.film()[40]
    assert shown.find([_zoomed(picture, 1.015**index) for index in range(60)], AspectError) == []


def test_a_spotlight_is_no_bar():
    film = shown.film()
    y, x = np.mgrid[-1:1:270j, -1:1:480j]
    light = np.clip(1.6 - 2.2 * np.hypot(x, 0.6 * y), 0, 1)
    dark = [
        (np.uint8(16 + (planes[0].astype(np.float32) - 16).clip(0) * light), *planes[1:])
        for planes in film[50:]
    ]
    assert shown.find([*film[:50], *dark], AspectError) == []


def _figures(apart_px):
    """Return two figures that stand so far from the middle, before clouds and a fence that stand still."""
    y = np.full((270, 480), 180, np.uint8)
    y[190:] = 120
    for left in range(20, 480, 90):
        y[30:60, left : left + 40], y[180:230, left : left + 12] = 235, 70
    for x in (240 - apart_px, 240 + apart_px):
        y[80:240, x - 45 : x + 45] = 40
        y[100:130, x - 20 : x + 20] = 220
    return y, np.full((135, 240), 128, np.uint8), np.full((135, 240), 128, np.uint8)


def test_figures_move_apart_on_a_still_ground():
    film = [_figures(apart_px) for apart_px in (100, 112, 100) for _ in range(12)]
    assert shown.find(film, AspectError) == []
