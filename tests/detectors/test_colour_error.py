"""colour_error: wrong colours are found to the frame; what a title looks like is its own affair."""

import cv2
import numpy as np
import pytest

from harness.detectors.video.colour_error import ColourError
from tests.support import shown

FAULT = "colour_error:start_s=1.4,duration_s=1"
KINDS = ("swapped", "missing", "mono", "range", "matrix", "cast")


@pytest.mark.parametrize(("level", "seed"), [("easy", 0), ("medium", 1), ("hard", 0), ("hard", 1)])
@pytest.mark.parametrize("kind", KINDS)
def test_wrong_colours_are_found_to_the_frame(kind, level, seed):
    pictures = shown.plant(shown.film(), f"{FAULT},kind={kind},level={level},seed={seed}")
    assert shown.find(pictures, ColourError) == [(35, 60)]


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_found_after_coding(tmp_path, kind):
    pictures = shown.plant(shown.film(), f"{FAULT},kind={kind},level=hard")
    assert shown.find(shown.coded(tmp_path / "a.mkv", pictures), ColourError) == [(35, 60)]


@pytest.mark.parametrize("kind", ["swapped", "mono"])
def test_an_error_that_stays_is_found_to_the_end(kind):
    pictures = shown.plant(shown.film(), f"colour_error:start_s=1.4,duration_s=9,kind={kind}")
    assert shown.find(pictures, ColourError) == [(35, 100)]


def test_a_plane_that_reads_nothing_is_wrong_from_the_first_frame_on():
    pictures = [(y, np.zeros_like(u), np.zeros_like(v)) for y, u, v in shown.film()]
    assert shown.find(pictures, ColourError) == [(0, 100)]


def _graded(pictures, gains, offsets=(0, 0)):
    chroma = [
        [
            cv2.addWeighted(plane, gain, plane, 0, 128 * (1 - gain) + offset)
            for plane, offset in zip(picture[1:], offsets, strict=True)
        ]
        for picture, gain in zip(pictures, gains, strict=True)
    ]
    return [(picture[0], *planes) for picture, planes in zip(pictures, chroma, strict=True)]


@pytest.mark.parametrize(("gain", "offsets"), [(0, (0, 0)), (0.2, (-12, 10)), (1.3, (6, -4))])
def test_a_film_is_black_and_white_or_sepia_or_graded_by_design(gain, offsets):
    film = shown.film()
    assert shown.find(_graded(film, [gain] * len(film), offsets), ColourError) == []


def test_colour_may_go_slowly():
    film = shown.film()
    gains = np.clip(np.linspace(3, -2, len(film)), 0, 1)
    assert shown.find(_graded(film, gains), ColourError) == []


def test_colour_may_end_with_the_shot():
    film, other = shown.film(), shown.film("news")
    assert shown.find([*film[:50], *_graded(other[50:], [0.0] * 50)], ColourError) == []


def _lit(picture, red, green, blue):
    """Return a stage under a light of one colour, black where it does not reach."""
    y = picture[0].astype(np.float32) / 255
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    half = cv2.resize(y, None, fx=0.5, fy=0.5)
    u, v = 128 + half * 120 * (blue - luma), 128 + half * 120 * (red - luma)
    return tuple(np.uint8(plane) for plane in (16 + 219 * y * (0.2 + 0.8 * luma), u, v))


@pytest.mark.parametrize("every", [6, 25])
def test_stage_lights_change_their_colour(every):
    lights = ((1, 0.1, 0.1), (0.1, 0.1, 1), (1, 1, 1), (0.9, 0.1, 0.9))
    film = [_lit(picture, *lights[index // every % 4]) for index, picture in enumerate(shown.film())]
    assert shown.find(film, ColourError) == []


def test_a_flash_and_a_fade_are_no_wrong_range():
    film = shown.film()
    flash = [(cv2.convertScaleAbs(y, alpha=1.5), u, v) for y, u, v in film[40:42]]
    fade = [
        tuple(
            np.uint8(base + (plane.astype(np.float32) - base) * gain)
            for plane, base in zip(picture, (16, 128, 128), strict=True)
        )
        for picture, gain in zip(film[60:72], np.linspace(1, 0, 12), strict=True)
    ]
    assert shown.find([*film[:40], *flash, *film[42:60], *fade], ColourError) == []


def _over(picture, codes, share):
    """Return a picture that is a part of the way from a plain one."""
    return tuple(
        np.uint8(np.rint(code + (plane.astype(np.float32) - code) * share))
        for plane, code in zip(picture, codes, strict=True)
    )


@pytest.mark.parametrize("codes", [(16, 128, 128), (235, 128, 128)])
def test_a_scene_that_comes_from_black_or_white_is_no_wrong_range(codes):
    film = [_over(picture, (126, 128, 128), 0.6) for picture in shown.film()]
    shares = [0] * 10 + [*np.linspace(0.08, 1, 25)] + [1] * 65
    film = [_over(picture, codes, share) for picture, share in zip(film, shares, strict=True)]
    assert shown.find(film, ColourError) == []


def test_a_light_that_trembles_is_no_wrong_range():
    bright = _over(shown.film()[40], (235, 128, 128), 0.5)
    film = [_over(bright, (16, 100, 150), gain) for gain in (1, 0.95, 1, 0.94, 0.99) for _ in range(12)]
    assert shown.find(film, ColourError) == []


def test_a_burst_of_grey_snow_is_another_picture():
    random = np.random.default_rng(2)
    grey, u, v = (np.full((135, 240), code, np.uint8) for code in (128, 190, 60))
    film = [(cv2.convertScaleAbs(y, alpha=0.4, beta=75), u, v) for y, _, _ in shown.film()]
    snow = [(random.integers(16, 236, (270, 480), dtype=np.uint8), grey, grey) for _ in range(3)]
    assert shown.find([*film[:40], *snow, *film[43:70]], ColourError) == []


def test_a_ground_that_dissolves_into_another_colour_is_no_cast():
    y, u, v = (np.array(plane) for plane in shown.film()[40])
    steps = [0.0] * 30 + [2.0, 9.0, 15.0, 20.0, 24.0, 27.0, 29.0, 30.0] + [30.0] * 40
    film = [(y, np.uint8(u * 0 + 100 + step), np.uint8(v * 0 + 90 + step)) for step in steps]
    assert shown.find(film, ColourError) == []
