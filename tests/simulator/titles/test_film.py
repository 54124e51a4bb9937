"""A film plays each of its frames at its time, for ever, with sound that never drifts."""

from fractions import Fraction

import numpy as np
import pytest

from harness.errors import InputError
from harness.media import VideoFormat
from harness.simulator.titles.film import Film
from harness.simulator.titles.library import Library
from harness.simulator.titles.title import JOIN_SAMPLES, joined
from tests.simulator.titles.films import make_film

RATE = 48_000


@pytest.fixture
def reel():
    opened = []

    def open_reel(path, fps=25, size=(320, 180)):
        opened.append(Film(path).open(VideoFormat(*size, Fraction(fps))))
        return opened[-1]

    yield open_reel
    for one in opened:
        one.close()


def _numbers(reel, fps, seconds, start=0):
    pictures = [reel.picture(Fraction(tick, fps)) for tick in range(start, start + round(seconds * fps))]
    return [round((float(np.median(picture[0])) - 40) / 4) for picture in pictures]


def test_every_frame_is_shown_in_order_and_repeats(tmp_path, reel):
    film = reel(make_film(tmp_path / "a.mkv"))
    assert _numbers(film, 25, 5) == [number % 40 for number in range(125)]


def test_50_hz_shows_each_frame_twice_as_the_same_planes(tmp_path, reel):
    film = reel(make_film(tmp_path / "a.mkv"), fps=50)
    pictures = [film.picture(Fraction(tick, 50)) for tick in range(20)]
    assert all(one is other for one, other in zip(pictures[::2], pictures[1::2], strict=True))
    assert len({id(picture) for picture in pictures}) == 10


def test_24_in_60_is_three_two(tmp_path, reel):
    film = reel(make_film(tmp_path / "a.mkv", fps=Fraction(24), frames=48), fps=60)
    numbers = _numbers(film, 60, 1)
    assert [numbers.count(number) for number in range(24)] == [3, 2] * 12


def test_seeking_lands_on_the_frame(tmp_path, reel):
    film = reel(make_film(tmp_path / "a.mkv"))
    assert _numbers(film, 25, 0.2, start=30) == [30, 31, 32, 33, 34]
    assert _numbers(film, 25, 0.2, start=3) == [3, 4, 5, 6, 7]
    assert _numbers(film, 25, 0.2, start=400) == [0, 1, 2, 3, 4]


def test_a_missing_frame_is_bridged_and_the_rest_keeps_its_time(tmp_path, reel):
    film = reel(make_film(tmp_path / "a.mkv", drop={10, 11}))
    assert _numbers(film, 25, 0.6) == [*range(10), 9, 9, 12, 13, 14]


def test_scaling_keeps_the_shape_with_bars(tmp_path, reel):
    film = reel(make_film(tmp_path / "a.mkv", size=(240, 180)), size=(1280, 720))
    y, u, v = film.picture(Fraction(0))
    assert y.shape == (720, 1280) and u.shape == v.shape == (360, 640)
    assert (
        y[360, 0] == 16
        and y[360, 158] == 16
        and abs(int(y[360, 164]) - 40) <= 1
        and abs(int(y[0, 640]) - 40) <= 1
    )
    assert all(plane.flags.c_contiguous for plane in (y, u, v))


@pytest.mark.parametrize("sound_s", [1.0, 1.6, 2.0])
def test_sound_and_picture_repeat_after_the_same_time(tmp_path, reel, sound_s):
    film = reel(make_film(tmp_path / "a.mkv", sound_s=sound_s))
    length = round(1.6 * RATE)
    first, second = film.sound(0, length), film.sound(length, length)
    assert np.array_equal(first, second)
    inside = slice(JOIN_SAMPLES, round(min(sound_s, 1.6) * RATE))
    assert np.array_equal(first[inside, 0], np.arange(length)[inside] % 20_000)


def test_sound_before_the_start_is_the_end(tmp_path, reel):
    film = reel(make_film(tmp_path / "a.mkv", sound_s=1.6))
    assert np.array_equal(film.sound(-960, 960), film.sound(round(1.6 * RATE) - 960, 960))


def test_a_join_does_not_click():
    time_s = np.arange(RATE) / RATE
    tone = np.repeat((8000 * np.sin(2 * np.pi * 441.3 * time_s)).astype(np.int16)[:, None], 2, axis=1)
    loop = joined(tone, RATE - 1000)
    steps = np.abs(np.diff(np.concatenate([loop[-500:], loop[:500]]).astype(int), axis=0))
    assert steps.max() <= np.abs(np.diff(tone.astype(int), axis=0)).max() * 1.2


def test_the_bunny_is_there_and_loops_on_the_sample():
    film = Library().title("big_buck_bunny")
    assert film.duration_s == Fraction(132, 25)
    assert film.course.samples == 253_440


@pytest.mark.parametrize("content", [b"", b"no film", bytes(5000)])
def test_what_is_no_film_is_told(tmp_path, content):
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.mp4"):
        Film(path)
