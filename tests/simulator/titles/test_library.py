"""The library plays any media file of a folder, hides none that ought to play, and loses none to another."""

from fractions import Fraction

import numpy as np
import pytest

from harness.errors import InputError
from harness.media import VideoFormat
from harness.simulator.launcher import title_of
from harness.simulator.titles.library import Library
from tests.simulator.titles.films import make_film

SMALL = VideoFormat(320, 180, Fraction(25))
OURS = ["big_buck_bunny", "sync_pattern", "talking_points", "news", "nature"]


@pytest.fixture
def film(tmp_path):
    return make_film(tmp_path / "my_film.mkv", sound_s=1.6)


def test_our_own_titles_come_first(tmp_path):
    assert list(Library().titles) == list(Library(tmp_path).titles) == OURS


def test_a_film_has_a_name_words_and_captions(tmp_path, film):
    film.with_suffix(".srt").write_text("1\n00:00:00,100 --> 00:00:01,000\nHello\n")
    title = Library(tmp_path).title("my_film")
    assert (title.words, title.captions[0].text, title.duration_s) == ("My film", "Hello", Fraction(8, 5))


def test_webvtt_comes_before_subrip(tmp_path, film):
    film.with_suffix(".srt").write_text("1\n00:00:00,100 --> 00:00:01,000\nSubrip\n")
    film.with_suffix(".vtt").write_text("WEBVTT\n\n00:00.100 --> 00:01.000\nWebvtt\n")
    assert Library(tmp_path).title("my_film").captions[0].text == "Webvtt"


def test_a_film_whose_captions_are_broken_plays_without_them(tmp_path, film, caplog):
    film.with_suffix(".srt").write_bytes(b"\xff\xfe no captions")
    title = Library(tmp_path).title("my_film")
    assert title.captions == ()
    assert "my_film.mkv plays without captions" in caplog.text
    reel = title.open(SMALL)
    assert reel.picture(Fraction(0))[0].shape == (180, 320)
    reel.close()


@pytest.mark.parametrize("name", ["notes.txt", "poster.jpg", ".hidden.mp4", "folder.mp4/", "data.bin"])
def test_what_is_no_film_is_no_title(tmp_path, name):
    if name.endswith("/"):
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(b"no film")
    assert list(Library(tmp_path).titles) == OURS


def test_a_film_may_have_any_suffix(tmp_path, film):
    film.rename(tmp_path / "clip.capture")
    assert "clip" in Library(tmp_path).titles


def test_a_broken_film_is_a_title_that_does_not_open(tmp_path, caplog):
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    title = Library(tmp_path).title("broken")
    assert "broken will not play" in caplog.text
    with pytest.raises(InputError, match=r"broken\.mp4: not readable as a film: Invalid data"):
        title.open(SMALL)


def test_two_files_of_one_stem_are_two_titles(tmp_path, film, caplog):
    make_film(tmp_path / "my_film.avi", frames=10)
    titles = Library(tmp_path).titles
    assert titles["my_film"].path.name == "my_film.avi"
    assert titles["my_film.mkv"].path == film
    assert titles["my_film.mkv"].words == "My film"
    assert "this one is called 'my_film.mkv'" in caplog.text


def test_a_file_does_not_take_the_name_of_our_own_title(tmp_path):
    make_film(tmp_path / "sync_pattern.mkv")
    titles = Library(tmp_path).titles
    assert titles["sync_pattern"].duration_s == 600
    assert titles["sync_pattern.mkv"].duration_s == Fraction(8, 5)


def test_a_name_with_spaces_may_be_written_as_an_uri(tmp_path):
    make_film(tmp_path / "50% of it.mkv")
    library = Library(tmp_path)
    title = library.title("50% of it")
    for name in ("50% of it", "50%25%20of%20it"):
        assert title_of(library, f"harness://title/{name}") == (title, None)


@pytest.mark.parametrize("name", ["../my_film", "/etc/passwd", "..%2Fmy_film", "my_film.mkv", ""])
def test_a_name_is_never_a_path(tmp_path, film, name):
    (tmp_path / "below").mkdir()
    make_film(tmp_path / "below" / "film.mkv")
    library = Library(tmp_path / "below")
    with pytest.raises(LookupError, match="no title"):
        title_of(library, f"harness://title/{name}")


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="no such directory"):
        Library(tmp_path / "none")


def test_an_unknown_title_names_the_nearest():
    with pytest.raises(LookupError, match="did you mean 'big_buck_bunny'"):
        Library().title("big_bug_bunny")


def test_a_preview_shows_the_film_and_its_length(tmp_path, film):
    library = Library(tmp_path)
    preview = library.previews.of(library.title("my_film"), wait=True)
    assert preview.duration_s == 1.6
    assert preview.poster.size == (320, 180)
    assert library.previews.of(library.title("my_film"), wait=False) is preview


def test_a_preview_of_a_broken_film_is_empty(tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"")
    library = Library(tmp_path)
    preview = library.previews.of(library.title("broken"), wait=True)
    assert (preview.poster, preview.duration_s) == (None, None)


def test_the_poster_of_the_pattern_is_not_its_flash():
    library = Library()
    poster = np.asarray(library.previews.of(library.title("sync_pattern"), wait=True).poster)
    assert poster[90, 100].max() < 150
