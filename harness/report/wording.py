"""Numbers, times and names in words: the filters of the templates."""

import math
import re
from datetime import datetime
from typing import Any

from markupsafe import Markup

from harness.certificate import Figure

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def visible(value: Any) -> Any:
    """Return text with its control and direction-changing characters made visible.

    A device could otherwise send a name that reads as another one.
    """
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", value)


def words(name: str) -> str:
    """Return a defect's name as it is read: `freeze_frame` -> `freeze frame`."""
    return name.replace("_", " ")


def seconds(value: float) -> str:
    """Return a moment or a length within a recording, to the millisecond."""
    return f"{value:.3f} s" if math.isfinite(value) else "unknown"


def lasting(value: float) -> str:
    """Return how long something took, as short as it can be said."""
    if not math.isfinite(value) or value < 0:
        return "unknown"
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def number(value: float | None) -> str:
    """Return a measured number with three significant digits."""
    if value is None or not math.isfinite(value):
        return "unknown"
    if value and not 1e-3 <= abs(value) < 1e6:
        return f"{value:.2e}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def signed(value: float) -> str:
    """Return a number with its sign and one decimal."""
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def measured(figure: Figure) -> str:
    """Return a figure's value with its unit and, where it has one, its interval."""
    if figure.value is None:
        return "-"
    told = f"{_plain(figure.value)} {figure.unit}"
    if figure.interval:
        told += f" ({_plain(figure.interval[0])} to {_plain(figure.interval[1])})"
    return told


def _plain(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 0.01 else "0"


def limit(figure: Figure) -> str:
    """Return the limits of a figure."""
    least, most = figure.at_least, figure.at_most
    if least is not None and most is not None:
        return f"\N{PLUS-MINUS SIGN}{most:g}" if least == -most else f"{least:g} to {most:g}"
    return f"at most {most:g}" if most is not None else f"at least {least:g}"


def when(text: str) -> str:
    """Return an ISO 8601 time as it is read; anything else as it is."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{time.day} {time:%b %Y, %H:%M} {time.tzname() or ''}".strip()


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return `1 test`, `2 tests`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(items: list[str], most: int = 6) -> str:
    """Return `a, b and c`; past `most`, how many more there are."""
    if len(items) > most:
        return ", ".join(items[: most - 1]) + f" and {len(items) - most + 1} more"
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
