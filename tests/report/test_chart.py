"""The geometry of curves, whatever the numbers are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record import Curve
from harness.report.chart import BOX_HEIGHT, BOX_WIDTH, draw, place, steps

anything = st.floats(allow_nan=True, allow_infinity=True)


def curve(t_s, value, limit=None):
    return Curve(t_s=t_s, value=value, limit=limit, name="change", unit="code value")


@given(
    st.lists(st.tuples(anything, st.none() | anything), max_size=30), st.none() | anything, anything, anything
)
def test_every_point_lies_in_the_box(points, limit, start_s, end_s):
    chart = draw(curve([t for t, _ in points], [v for _, v in points], limit), start_s, end_s)
    if chart is None:
        return
    numbers = [float(text) for text in re.findall(r"-?[\d.]+", chart.path)]
    assert all(0 <= x <= BOX_WIDTH for x in numbers[::2])
    assert all(0 <= y <= BOX_HEIGHT for y in numbers[1::2])
    assert "nan" not in chart.path
    assert all(0 <= tick.at <= 100 for tick in (*chart.x_ticks, *chart.y_ticks))
    assert len(chart.x_ticks) <= 9
    assert 0 <= chart.shade[0] <= 100


def test_the_finding_and_the_limit_are_where_they_belong():
    chart = draw(curve([0, 1, 2, 3, 4], [10, 10, 0, 0, 10], limit=5), 2.0, 4.0)
    assert chart.shade == (50.0, 50.0)
    assert 45 < chart.limit_at < 55
    assert not chart.logarithmic
    assert [tick.text for tick in chart.x_ticks] == ["0", "1", "2", "3", "4"]


def test_a_limit_far_below_the_values_gets_a_logarithmic_scale():
    chart = draw(curve([0, 1, 2], [100.0, 0.0, 80.0], limit=0.1), 1, 2)
    assert chart.logarithmic
    assert 40 < chart.limit_at < 80


def test_what_was_not_measured_lifts_the_pen():
    chart = draw(curve([0, 1, 2, 3], [1, None, 2, 3]), 0, 1)
    assert chart.path.count("M") == 2


@pytest.mark.parametrize(("t_s", "value"), [([], []), ([1], [1]), ([1, 1], [2, 3]), ([1, 2], [None, None])])
def test_nothing_to_show_is_no_chart(t_s, value):
    assert draw(curve(t_s, value), 0, 1) is None


@pytest.mark.parametrize(
    ("low", "high", "wanted"), [(0, 10, [0, 2, 4, 6, 8, 10]), (0.31, 0.58, [0.35, 0.4, 0.45, 0.5, 0.55])]
)
def test_ticks_are_round_numbers(low, high, wanted):
    assert steps(low, high) == pytest.approx(wanted)


def test_a_place_is_held_inside():
    assert [place(0, 4)(value) for value in (-1, 0, 1, 9)] == [0, 0, 25, 100]
    assert place(1, 1)(1) == 0
