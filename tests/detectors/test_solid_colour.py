"""solid_colour: found to the frame where it was planted, and nowhere else."""

import numpy as np
import pytest

from harness.detectors.video.solid_colour import SolidColour
from tests.support import shown

FAULT = "solid_colour:start_s=1.4,duration_s=1"
BLUE = (41, 240, 110)


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
@pytest.mark.parametrize("kind", ["blue", "green", "grey", "bars"])
def test_a_lost_input_is_found_to_the_frame(kind, level):
    pictures = shown.plant(shown.film(), f"{FAULT},kind={kind},level={level}")
    assert shown.find(pictures, SolidColour) == [(35, 60)]


def test_it_is_found_after_coding(tmp_path):
    pictures = shown.plant(shown.film(), f"{FAULT},kind=blue,level=hard")
    assert shown.find(shown.coded(tmp_path / "a.mkv", pictures), SolidColour) == [(35, 60)]


@pytest.mark.parametrize("fault", ["black_frames:start_s=1.4", "freeze_frame:start_s=1.4"])
def test_black_and_a_held_picture_are_something_else(fault):
    assert shown.find(shown.plant(shown.film(), fault), SolidColour) == []


@pytest.mark.parametrize(("frames", "found"), [(4, []), (5, [(35, 40)])])
def test_a_fifth_of_a_second_is_the_limit(frames, found):
    pictures = shown.plant(shown.film(), f"solid_colour:start_s=1.4,duration_s={frames / 25}")
    assert shown.find(pictures, SolidColour) == found


def _fade(picture, colour, shares):
    """Return a picture that goes over into a colour, by shares of the colour."""
    return [
        tuple(
            np.uint8(np.rint(plane * (1 - share) + code * share))
            for plane, code in zip(picture, colour, strict=True)
        )
        for share in shares
    ]


def _card(colour, words=0):
    y, u, v = (
        np.full((270 // part, 480 // part), code, np.uint8)
        for part, code in zip((1, 2, 2), colour, strict=True)
    )
    y[128:140, 240 - words // 2 : 240 + words // 2 : 4] = 200
    return y, u, v


@pytest.mark.parametrize("colour", [BLUE, (235, 128, 128), (126, 128, 128)])
@pytest.mark.parametrize("hold", [0, 10, 60])
def test_a_fade_through_a_colour_is_direction(colour, hold):
    film, share = shown.film(), np.linspace(0, 1, 12)
    held = [_card(colour)] * hold
    pictures = [
        *film[:40],
        *_fade(film[40], colour, share),
        *held,
        *_fade(film[80], colour, share[::-1]),
        *film[80:],
    ]
    assert shown.find(pictures, SolidColour) == []


@pytest.mark.parametrize("words", [64, 320])
def test_a_title_card_is_no_lost_input(words):
    film = shown.film()
    assert shown.find([*film[:40], *[_card(BLUE, words)] * 60, *film[40:]], SolidColour) == []


def test_a_colour_between_two_shots_is_editing():
    first, second = shown.film(), shown.film("news")
    assert shown.find([*first[:40], *[_card(BLUE)] * 11, *second[40:]], SolidColour) == []


def test_a_clear_sky_is_no_lost_input():
    random = np.random.default_rng(0)
    sky = np.linspace(150, 158, 270)[:, None] + random.normal(0, 1, (270, 480))
    sky = (np.uint8(np.rint(sky)), *(np.full((135, 240), code, np.uint8) for code in (160, 108)))
    assert shown.find([*shown.film()[:40], *[sky] * 60], SolidColour) == []


RED, GREEN = (100, 100, 200), (98, 115, 93)


@pytest.mark.parametrize(("colour", "found"), [(BLUE, [(40, 60)]), (RED, []), (GREEN, [])])
def test_only_what_a_generator_shows_may_come_between_two_shots(colour, found):
    first, second = shown.film(), shown.film("news")
    assert shown.find([*first[:40], *[_card(colour)] * 20, *second[60:]], SolidColour) == found


@pytest.mark.parametrize("empty", [25, 60])
def test_words_may_come_upon_a_card_that_was_empty(empty):
    film, other = shown.film(), [_card(RED, 64)] * 20
    pictures = [*film[:40], *other, *[_card(BLUE)] * empty, *[_card(BLUE, 320)] * 20]
    assert shown.find(pictures, SolidColour) == []
