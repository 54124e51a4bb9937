"""flicker: pumping and flashing are found to the frame; strobes, fades and old film do not pump."""

import cv2
import numpy as np
import pytest

from harness.detectors.video.flicker import Flicker
from tests.support import shown

FAULT = "flicker:start_s=1.4,duration_s=1.2"


def _begins(found):
    (span,) = found
    return span[0]


@pytest.mark.parametrize(("level", "seed"), [("easy", 0), ("medium", 1), ("hard", 0), ("hard", 1)])
@pytest.mark.parametrize(
    ("kind", "title"), [("luma", "big_buck_bunny"), ("luma", "nature"), ("flash", "nature")]
)
def test_it_is_found_to_the_frame(kind, title, level, seed):
    pictures = shown.plant(shown.film(title), f"{FAULT},kind={kind},level={level},seed={seed}")
    ((start, stop),) = shown.find(pictures, Flicker)
    assert start == 35
    assert 61 <= stop <= 65


@pytest.mark.parametrize("kind", ["luma", "flash"])
def test_it_is_found_after_coding(tmp_path, kind):
    pictures = shown.plant(shown.film(), f"{FAULT},kind={kind},level=hard,seed=1")
    assert _begins(shown.find(shown.coded(tmp_path / "a.mkv", pictures), Flicker)) == pytest.approx(35, abs=2)


def test_each_kind_is_as_strong_as_it_says():
    still = [shown.film()[60]] * 60
    for level, percent in (("easy", 8), ("medium", 5), ("hard", 3)):
        dark = shown.plant(still, f"flicker:start_s=1,kind=luma,level={level}")[25][0]
        bright = still[0][0] > 100
        assert np.mean((dark[bright] - 16.0) / (still[0][0][bright] - 16.0)) == pytest.approx(
            1 - percent / 100, abs=0.003
        )


def _gained(pictures, gains):
    return [
        (cv2.convertScaleAbs(y, alpha=gain, beta=16 * (1 - gain)), u, v)
        for (y, u, v), gain in zip(pictures, gains, strict=True)
    ]


def _square(period, low, high=1.0, count=100):
    return np.where(np.arange(count) // period % 2, high, low)


GAINS = {
    "old film, irregular": 1 + np.random.default_rng(0).normal(0, 0.05, 100),
    "breathing": _square(8, 0.95),
    "a slow wave": 1 + 0.05 * np.sin(np.arange(100) / 4),
    "a fade": np.linspace(1, 0.1, 100),
    "coding": 1 + np.random.default_rng(1).normal(0, 0.004, 100),
    "lightning": np.where(np.isin(np.arange(100), (40, 43, 44, 47, 52, 60)), 1.06, 1.0),
}


@pytest.mark.parametrize("name", GAINS)
@pytest.mark.parametrize("title", ["big_buck_bunny", "nature"])
def test_what_is_no_flicker(name, title):
    assert shown.find(_gained(shown.film(title), GAINS[name]), Flicker) == []


def test_lights_that_move_over_a_stage_are_no_flicker():
    film = shown.film("nature")
    x = np.linspace(0, 1, 480)
    lights = [0.85 + 0.15 * np.sin(9 * x + 2.5 * index) for index in range(len(film))]
    lit = [(np.uint8(16 + (y - 16.0) * light), u, v) for (y, u, v), light in zip(film, lights, strict=True)]
    assert shown.find(lit, Flicker) == []


def _flashes(rows, level=235, share=1.0, frames=2):
    """Return a dark grey screen on which a part flashes from each of some rows on."""
    pictures = []
    for index in range(100):
        y = np.full((270, 480), 60, np.uint8)
        if any(row <= index < row + frames for row in rows):
            y[:, : round(480 * share)] = level
        pictures.append((y, *(np.full((135, 240), 128, np.uint8) for _ in "uv")))
    return pictures


def test_more_than_three_flashes_a_second_are_told():
    ((start, stop),) = shown.find(_flashes([30, 37, 44, 51]), Flicker)
    assert (start, stop) == (30, 53)


@pytest.mark.parametrize(
    "flashes",
    [
        _flashes([30, 37, 44]),
        _flashes([30, 39, 48, 57]),
        _flashes([30, 37, 44, 51], share=0.2),
        _flashes([30, 37, 44, 51], level=90),
    ],
    ids=["three", "four in more than a second", "on a fifth of the screen", "by less than 20 cd/m2"],
)
def test_fewer_smaller_or_weaker_flashes_are_not(flashes):
    assert shown.find(flashes, Flicker) == []


def test_a_camera_that_pans_over_a_fence_does_not_flash():
    fence = np.uint8(np.where(np.arange(2000) // 60 % 2, 220, 30))
    pictures = [
        (np.tile(fence[12 * index :][:480], (270, 1)), *(np.full((135, 240), 128, np.uint8) for _ in "uv"))
        for index in range(100)
    ]
    assert shown.find(pictures, Flicker) == []


def test_the_sync_pattern_flashes_once_a_second():
    assert shown.find(shown.film("sync_pattern"), Flicker) == []


def test_flashes_begin_with_the_regular_ones_and_not_with_a_cut_before_them():
    bright = [0] * 30 + [1] * 10 + [0, 0, 1, 1] * 8 + [1] * 20
    picture = [np.full((270, 480), 60 + 110 * light, np.uint8) for light in (0, 1)]
    grey = np.full((135, 240), 128, np.uint8)
    assert _begins(shown.find([(picture[light], grey, grey) for light in bright], Flicker)) == 40
