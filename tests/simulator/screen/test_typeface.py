"""Every letter can be read: what Pillow's own typeface lacks is borrowed, or loses its accent."""

import pytest

from harness.simulator.screen import typeface


def test_what_pillow_knows_is_set_in_its_own_typeface():
    words, font = typeface.set_in("Every picture · “tells”\nsomething…", 20)
    assert words == "Every picture · “tells”\nsomething…"
    assert font is typeface.type_of(20)


def test_what_is_said_to_be_known_has_a_shape_of_its_own():
    font = typeface.type_of(20)
    unknown = bytes(font.getmask("\ue000"))
    assert [letter for letter in typeface.KNOWN - {"\n"} if bytes(font.getmask(letter)) == unknown] == []


@pytest.mark.parametrize(
    ("words", "folded"), [("Größe, ça va?", "Gro?e, ca va?"), ("Łódź", "?odz"), ("½ ♪", "1⁄2 ?")]
)
def test_without_another_typeface_letters_lose_their_accents(monkeypatch, words, folded):
    monkeypatch.setattr(typeface, "BORROWED", ("no-such-typeface.ttf",))
    typeface._borrowed.cache_clear()
    assert typeface.set_in(words, 20) == (folded, typeface.type_of(20))
    typeface._borrowed.cache_clear()


def test_another_typeface_sets_the_words_as_they_are():
    words, font = typeface.set_in("Größe", 20)
    if font is typeface.type_of(20):
        pytest.skip("none of the borrowed typefaces is installed: apt-get install fonts-dejavu-core")
    assert words == "Größe"
