"""Remote controls: one protocol, chosen by URI (ADB, infrared)."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

from harness.clock import Clock
from harness.config import nearest
from harness.control.protocol import Control
from harness.errors import ConfigError, InputError


def open_control(uri: str, keymap: Path | None = None, clock: Clock | None = None) -> Control:
    """Return the control that a URI names; its `open` connects, and so does its first press.

    `adb:127.0.0.1:45555` or `adb:SERIAL`, `ir:/dev/ttyACM0`, `none:`. The key map is a YAML file.
    Raises InputError for an unusable URI, ConfigError for a broken key map.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon or scheme not in SCHEMES:
        raise InputError(
            f"control {uri!r}: no such kind{nearest(scheme, list(SCHEMES))}; known: {_examples()}"
        )
    return SCHEMES[scheme](rest, keymap, clock)


def _adb(rest: str, keymap: Path | None, clock: Clock | None) -> Control:
    from harness.control.adb import AdbControl  # noqa: PLC0415  adbutils takes 0.2 s to import
    from harness.control.keymap import load_adb_keys  # noqa: PLC0415

    serial, _ = _parts(f"adb:{rest}", rest, ())
    return AdbControl(serial, load_adb_keys(_needed(keymap, f"adb:{rest}")), clock)


def _ir(rest: str, keymap: Path | None, clock: Clock | None) -> Control:
    from harness.control.keymap import load_ir_keys  # noqa: PLC0415
    from harness.control.serial_ir import SerialIr  # noqa: PLC0415

    port, query = _parts(f"ir:{rest}", rest, ("protocol",))
    keys = load_ir_keys(_needed(keymap, f"ir:{rest}"))
    if query.get("protocol", keys.protocol) != keys.protocol:
        raise ConfigError(f"ir:{rest}: the key map {keymap} is for {keys.protocol}, not {query['protocol']}")
    return SerialIr(port, keys, clock)


def _none(rest: str, keymap: Path | None, clock: Clock | None) -> Control:
    from harness.control.none import NoControl  # noqa: PLC0415

    return NoControl(clock)


SCHEMES: dict[str, Callable[[str, Path | None, Clock | None], Control]] = {
    "adb": _adb,
    "ir": _ir,
    "none": _none,
}
"""What a control's URI may begin with."""


def _parts(uri: str, rest: str, options: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """Split `address?option=value`; an option that is not known is an error."""
    address, _, query = rest.partition("?")
    found = dict(parse_qsl(query, keep_blank_values=True))
    for option in found:
        if option not in options:
            raise InputError(f"control {uri!r}: unknown option {option!r}{nearest(option, list(options))}")
    if not address or any(ord(letter) <= ord(" ") for letter in address):
        raise InputError(f"control {uri!r}: no usable address; examples: {_examples()}")
    return address, found


def _needed(keymap: Path | None, uri: str) -> Path:
    if keymap is None:
        raise InputError(f"control {uri!r} needs a key map: name its YAML file beside the URI")
    return keymap


def _examples() -> str:
    return "adb:127.0.0.1:45555, adb:SERIAL, ir:/dev/ttyACM0, none:"
