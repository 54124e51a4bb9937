"""How each kind of mains switch is asked over HTTP: the path that turns an outlet, the one that looks.

Sources: Shelly's API documentation (Gen1 `/relay/N`, Gen2 `Switch.Set` and `Switch.GetStatus`), Tasmota's
`Commands` (`/cm?cmnd=PowerN`).
"""

import json
from collections.abc import Callable
from typing import NamedTuple


class Kind(NamedTuple):
    """One kind of switch; outlets count from 0. `is_on` is None for an answer that says nothing of that."""

    turn: Callable[[int, bool], str]
    look: Callable[[int], str]
    is_on: Callable[[str], bool | None]


def _shelly1(text: str) -> bool | None:
    return _flag(_fields(text).get("ison"))


def _shelly2(text: str) -> bool | None:
    return _flag(_fields(text).get("output"))


def _tasmota(text: str) -> bool | None:
    said = [value for name, value in _fields(text).items() if name.startswith("POWER")]
    return {"ON": True, "OFF": False}.get(str(said[0])) if said else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _fields(text: str) -> dict[str, object]:
    """Return the fields of a JSON object; none of anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


KINDS = {
    "shelly1": Kind(
        lambda outlet, on: f"/relay/{outlet}?turn={'on' if on else 'off'}",
        lambda outlet: f"/relay/{outlet}",
        _shelly1,
    ),
    "shelly2": Kind(
        lambda outlet, on: f"/rpc/Switch.Set?id={outlet}&on={'true' if on else 'false'}",
        lambda outlet: f"/rpc/Switch.GetStatus?id={outlet}",
        _shelly2,
    ),
    "tasmota": Kind(
        lambda outlet, on: f"/cm?cmnd=Power{outlet + 1}%20{'On' if on else 'Off'}",
        lambda outlet: f"/cm?cmnd=Power{outlet + 1}",
        _tasmota,
    ),
}
