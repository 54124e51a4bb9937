"""Numbers and names in words."""

import pytest
from markupsafe import Markup

from harness.certificate import Figure
from harness.report import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.04, "0.0 s"), (59.9, "59.9 s"), (75, "1 min 15 s"), (3725, "1 h 02 min"), (-1, "unknown")],
)
def test_lengths(value, text):
    assert wording.lasting(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.012, "0.012"), (-96.04, "-96"), (12345.6, "12346"), (1e-7, "1.00e-07"), (None, "unknown")],
)
def test_numbers(value, text):
    assert wording.number(value) == text


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c", "d"], "a, b and 2 more")],
)
def test_lists(items, text):
    assert wording.listed(items, most=3) == text


def test_times():
    assert wording.when("2026-11-24T05:01:58+00:00") == "24 Nov 2026, 05:01 UTC"
    assert wording.when("yesterday") == "yesterday"


def test_hidden_characters_become_visible_and_markup_stays():
    assert wording.visible("a\x1b[31m\u202eb\n\tc") == "a\\u001b[31m\\u202eb\n\tc"
    assert wording.visible(Markup("<b>\x1b</b>")) == "<b>\x1b</b>"
    assert wording.visible(3) == 3


@pytest.mark.parametrize(
    ("value", "interval", "told"),
    [
        (0.0, None, "0 ms"),
        (-0.0003, (-1.02, 0.996), "0 ms (-1.02 to 0.996)"),
        (4320.0, None, "4320 ms"),
        (-49.96, (-51, -48.9), "-50 ms (-51 to -48.9)"),
        (None, None, "-"),
    ],
)
def test_a_figure_is_told_as_people_read_it(value, interval, told):
    assert wording.measured(Figure(name="a", what="a", unit="ms", value=value, interval=interval)) == told


@pytest.mark.parametrize(
    ("least", "most", "told"),
    [
        (-30, 30, "\N{PLUS-MINUS SIGN}30"),
        (0.97, 1.03, "0.97 to 1.03"),
        (None, 0, "at most 0"),
        (24, None, "at least 24"),
    ],
)
def test_a_limit_is_told_as_people_read_it(least, most, told):
    assert wording.limit(Figure(name="a", what="a", unit="ms", at_least=least, at_most=most)) == told
