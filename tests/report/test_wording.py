"""Numbers and names in words."""

import pytest
from markupsafe import Markup

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
