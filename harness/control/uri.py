"""A control as it is asked for: its URI taken apart, strictly."""

import re
from dataclasses import dataclass
from pathlib import Path

from harness.clock import Clock
from harness.errors import InputError
from harness.uri import address_and_options

HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]{2,45}\]")
LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a control is made from.

    Parameters
    ----------
    uri : str
        `scheme:address?option=value`.
    keymap : Path or None
        The YAML file of its keys.
    clock : Clock
        Stamps its presses.
    example : str
        A URI of this scheme that is right, for messages.
    """

    uri: str
    keymap: Path | None
    clock: Clock
    example: str

    def parts(self, *options: str) -> tuple[str, dict[str, str]]:
        """Return the address and the options; raises InputError for one not in `options`."""
        address = self.uri.partition(":")[2].partition("?")[0]
        if not address or any(ord(letter) <= ord(" ") for letter in address):
            raise self.wrong(f"no usable address; example: {self.example}")
        return address_and_options("control", self.uri, options)

    def keys(self) -> Path:
        """Return the key map; raises InputError where none was named."""
        if self.keymap is None:
            raise self.wrong("needs a key map: name its YAML file beside the URI")
        return self.keymap

    def wrong(self, words: str) -> InputError:
        """Return the error that says what is wrong with the URI."""
        return InputError(f"control {self.uri!r}: {words}")


def host_and_port(text: str, default_port: int) -> tuple[str, int]:
    """Return `HOST[:PORT]` taken apart; raises ValueError in words."""
    host, colon, digits = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    host = host if colon else text
    port = int(digits) if colon and digits.isdecimal() else default_port
    if not HOST.fullmatch(host) or (colon and not digits.isdecimal()) or not 0 < port <= LAST_PORT:
        raise ValueError(f"{text!r} is not HOST or HOST:PORT")
    return host.strip("[]"), port


def whole_number(text: str, highest: int) -> int:
    """Return a number in 0..highest; raises ValueError in words."""
    if not text.isdecimal() or int(text) > highest:
        raise ValueError(f"{text!r} is not a number from 0 to {highest}")
    return int(text)
