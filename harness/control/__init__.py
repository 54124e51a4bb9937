"""Remote controls: one protocol, chosen by URI. Each scheme is one module with one `make`."""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple, cast

from harness.clock import Clock, MonotonicClock
from harness.config import nearest
from harness.control.protocol import Control
from harness.control.uri import Wanted
from harness.errors import InputError


class Scheme(NamedTuple):
    """The module below this one whose `make(wanted)` makes the control, and a URI that is right."""

    module: str
    example: str


SCHEMES = {
    "adb": Scheme("adb", "adb:192.168.1.7:5555"),
    "ir": Scheme("serial_ir", "ir:/dev/ttyACM0"),
    "itach": Scheme("itach", "itach:192.168.1.9:4998/1:1"),
    "arduino": Scheme("arduino", "arduino:/dev/ttyUSB0"),
    "rc": Scheme("kernel_ir", "rc:/dev/lirc0"),
    "lirc": Scheme("lirc", "lirc:/run/lirc/lircd"),
    "cec": Scheme("cec", "cec:/dev/cec0"),
    "roku": Scheme("roku", "roku:192.168.1.5"),
    "none": Scheme("none", "none:"),
}
"""What a control's URI may begin with."""


def open_control(uri: str, keymap: Path | None = None, clock: Clock | None = None) -> Control:
    """Return the control that a URI names; its `open` connects, and so does its first press.

    The key map is a YAML file. Modules are loaded only when they are asked for. Raises InputError for an
    unusable URI, ConfigError for a broken key map.
    """
    name, colon, _ = uri.partition(":")
    if not colon or name not in SCHEMES:
        known = ", ".join(scheme.example for scheme in SCHEMES.values())
        raise InputError(f"control {uri!r}: no such kind{nearest(name, list(SCHEMES))}; known: {known}")
    scheme = SCHEMES[name]
    wanted = Wanted(uri, keymap, clock or MonotonicClock(), scheme.example)
    return cast(Control, import_module(f"harness.control.{scheme.module}").make(wanted))
