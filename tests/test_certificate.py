"""Figures are judged by their whole interval, and a certificate by all of its figures."""

import pytest

from harness.certificate import Figure, judged, verdict, write_certificate
from harness.errors import InputError
from tests.support import records


def _figure(value, interval=None, **fields):
    values = {"unit": "ms", "at_least": -30, "at_most": 30, **fields}
    return judged(Figure(name="a", what="a", value=value, interval=interval, **values))


@pytest.mark.parametrize(
    ("value", "interval", "status"),
    [
        (30, None, "pass"),
        (30.1, None, "fail"),
        (-31, None, "fail"),
        (29, (28, 30), "pass"),
        (29, (27, 31), "not_measured"),
        (31, (29.9, 33), "not_measured"),
        (40, (31, 49), "fail"),
        (-40, (-49, -31), "fail"),
        (0, (-100, 100), "not_measured"),
        (None, None, "not_measured"),
    ],
)
def test_the_whole_interval_counts(value, interval, status):
    assert _figure(value, interval).status == status


def test_what_is_too_near_its_limit_says_so():
    told = _figure(29, (27, 31), note="ten presses").note
    assert told == "ten presses; too near its limit to tell (27 to 31 ms): capture for longer"


def test_a_limit_on_one_side_is_enough():
    assert _figure(-1000, at_least=None).status == "pass"
    assert _figure(1000, at_most=None).status == "pass"


@pytest.mark.parametrize(
    ("figures", "came"),
    [
        ([_figure(0)], "pass"),
        ([_figure(0), _figure(99)], "fail"),
        ([_figure(None), _figure(99)], "fail"),
        ([_figure(0), _figure(None)], "inconclusive"),
        ([_figure(0), _figure(None, required=False)], "pass"),
        ([_figure(0), _figure(99, required=False)], "fail"),
        ([], "inconclusive"),
    ],
)
def test_every_required_figure_must_have_been_measured(figures, came):
    assert verdict(figures) == came


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "certificates").write_text("a file")
    with pytest.raises(InputError, match=r"shelf\.json: the certificate cannot be kept: ") as told:
        write_certificate(records.certificate(), tmp_path / "certificates" / "shelf.json")
    assert "\n" not in str(told.value)
