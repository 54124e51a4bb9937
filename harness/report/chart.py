"""The measured curve of a finding as SVG geometry: places in per cent, so that text keeps its size."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from harness.record import Curve

BOX_WIDTH = 1000
BOX_HEIGHT = 200
LARGEST = 1e15
"""Anything beyond is no measurement, and would break the scale."""
LOG_FROM_RATIO = 20.0
"""Values this many times the limit would press a linear limit line onto the axis."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis, `at` in per cent from the left or from the top."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A curve that is ready to be drawn; `path` lies in a box of BOX_WIDTH x BOX_HEIGHT."""

    name: str
    unit: str
    path: str
    shade: tuple[float, float]
    limit: float | None
    limit_at: float | None
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    logarithmic: bool


def draw(curve: Curve, start_s: float, end_s: float) -> Chart | None:
    """Return the chart of a curve with `[start_s, end_s)` shaded, or None if it has nothing to show."""
    points = [
        (t_s, _sane(value))
        for t_s, value in zip(curve.t_s, curve.value, strict=False)
        if _sane(t_s) is not None
    ]
    values = [value for _, value in points if value is not None]
    if len(values) < 2 or not points[0][0] < points[-1][0]:
        return None
    limit = _sane(curve.limit)
    logarithmic = _wants_log(values, limit)
    low, high = _range(values, limit, logarithmic)
    place_x = place(points[0][0], points[-1][0])
    place_y = _place_y(low, high, logarithmic)
    left, right = place_x(start_s), place_x(end_s)
    return Chart(
        name=curve.name,
        unit=curve.unit,
        path=_path(points, place_x, place_y),
        shade=(left, max(right - left, 0.2)),
        limit=limit,
        limit_at=None if limit is None else place_y(limit),
        x_ticks=[Tick(place_x(t_s), f"{t_s:g}") for t_s in steps(points[0][0], points[-1][0])],
        y_ticks=[Tick(place_y(value), f"{value:g}") for value in _y_steps(low, high, logarithmic)],
        logarithmic=logarithmic,
    )


def place(low: float, high: float) -> Callable[[float], float]:
    """Return a function from `[low, high]` to per cent, kept inside 0..100."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return lambda value: 0.0
    return lambda value: round(min(max(100 * (value - low) / span, 0.0), 100.0), 2)


def steps(low: float, high: float, most: int = 7) -> list[float]:
    """Return round numbers in `[low, high]`, at most `most`."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return []
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(index * step, 12) for index in range(first, last + 1)]


def _sane(value: float | None) -> float | None:
    return value if value is not None and abs(value) < LARGEST else None


def _wants_log(values: list[float], limit: float | None) -> bool:
    return bool(limit and limit > 1e-9 and min(values) >= 0 and max(values) > LOG_FROM_RATIO * limit)


def _range(values: list[float], limit: float | None, logarithmic: bool) -> tuple[float, float]:
    known = [*values, *([] if limit is None else [limit])]
    low, high = min(known), max(known)
    if logarithmic and limit:
        return limit / 10, high * 1.5
    if 0 <= low < 0.5 * high:
        low = 0.0
    spare = (high - low or abs(high) or 1.0) * 0.08
    return (low if low == 0.0 else low - spare), high + spare


def _place_y(low: float, high: float, logarithmic: bool) -> Callable[[float], float]:
    if not logarithmic:
        linear = place(low, high)
        return lambda value: round(100 - linear(value), 2)
    decades = place(math.log10(low), math.log10(high))
    return lambda value: round(100 - decades(math.log10(max(value, low))), 2)


def _y_steps(low: float, high: float, logarithmic: bool) -> list[float]:
    if not logarithmic:
        return steps(low, high, most=5)
    exponents = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high)) + 1)
    stride = max(1, math.ceil(len(exponents) / 5))
    return [10.0**exponent for exponent in exponents[::stride]]


def _path(
    points: list[tuple[float, float | None]], x: Callable[[float], float], y: Callable[[float], float]
) -> str:
    parts, pen = [], "M"
    for t_s, value in points:
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{x(t_s) * BOX_WIDTH / 100:.0f} {y(value) * BOX_HEIGHT / 100:.1f}")
        pen = "L"
    return "".join(parts)
