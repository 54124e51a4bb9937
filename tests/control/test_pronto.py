"""Pronto hex: a known code reads as its protocol, and what is written reads the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.control.infrared import Code, decode, decode_all, encode, pronto
from harness.errors import InputError

SONY_POWER = (
    "0000 0067 0000 000d 0060 0018 0030 0018 0018 0018 0030 0018 0018 0018 0030 0018 0018 0018 "
    "0018 0018 0030 0018 0018 0018 0018 0018 0018 0018 0018 0420"
)
"""As printed for Sony's TV power button: command 21, device 1, at 40.2 kHz."""


def test_a_published_sony_code_is_sirc_12():
    code = pronto.read(SONY_POWER)
    assert code.carrier_hz == pytest.approx(40_244, abs=1)
    assert code.once_us == ()
    assert decode(code.burst().timings_us) == Code("sirc12", 1, 21)


def test_a_held_button_repeats_what_is_to_be_repeated():
    code = pronto.read(SONY_POWER)
    assert len(decode_all(code.burst(hold_s=0.2).timings_us)) == 5


def test_the_text_comes_back_as_it_was():
    assert pronto.write(pronto.read(SONY_POWER)) == SONY_POWER.upper()


@given(st.integers(0, 255), st.integers(0, 255), st.booleans())
def test_what_is_written_is_read(address, command, modulated):
    burst = encode(Code("nec", address, command))
    code = pronto.Pronto(38_000, burst.timings_us, (), modulated)
    back = pronto.read(pronto.write(code))
    assert decode(back.burst().timings_us) == Code("nec", address, command)
    assert back.modulated == modulated
    assert back.carrier_hz == pytest.approx(38_000, rel=0.005)
    assert back.burst().carrier_hz == (back.carrier_hz if modulated else 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "too short"),
        ("0000 0067 0000 0001 0060", "too short"),
        ("5000 0067 0000 0001 0060 0018", "format 5000"),
        ("0000 0000 0000 0001 0060 0018", "carrier's period, is 0"),
        ("0000 0067 0001 0001 0060 0018", "1 \\+ 1 pairs are announced, 2 words"),
        ("0000 0067 0000 0001 0060 00zz", "'00zz' is not a word"),
        ("0000 0067 0000 0001 0060 +018", "is not a word"),
    ],
)
def test_a_broken_code_is_told_in_words(text, words):
    with pytest.raises(InputError, match=words):
        pronto.read(text)


@pytest.mark.parametrize(
    "code",
    [
        pronto.Pronto(38_000, (500.0,)),
        pronto.Pronto(38_000, ()),
        pronto.Pronto(0, (500.0, 500.0)),
        pronto.Pronto(38_000, (500.0, 9e6)),
        pronto.Pronto(10, (500.0, 500.0)),
    ],
)
def test_what_the_form_cannot_hold_is_refused(code):
    with pytest.raises(InputError, match="Pronto code"):
        pronto.write(code)
