"""The page as HTML: everything in it is escaped, whoever it is from."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

PAD = (("", "UP", ""), ("LEFT", "SELECT", "RIGHT"), ("BACK", "DOWN", "HOME"))
"""The middle of a remote control, row by row."""

SIGNS = {"UP": "▲", "DOWN": "▼", "LEFT": "◀", "RIGHT": "▶", "SELECT": "OK"}
FEATURES = ("vod", "live", "captions", "standby")


def render(view: dict[str, Any], csrf: str) -> bytes:
    """Return the page."""
    return _template().render(**view, csrf=csrf, pad=PAD, signs=SIGNS, known_features=FEATURES).encode()


@cache
def _template() -> Template:
    room = Environment(
        loader=PackageLoader("harness.enrol.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return room.get_template("register.html")
