"""Key maps: from a key's HDMI-CEC name to what one kind of control sends for it.

Names are those of the HDMI-CEC user controls in common words (HDMI 1.4b, CEC table 30): ROOT MENU is HOME,
EXIT is BACK, CONTENTS MENU is MENU. A key that CEC has no name for begins with `X_` (`X_NETFLIX`).
"""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from harness.config import Strict, load, nearest
from harness.control.infrared import Burst, Code, encode, pronto
from harness.control.infrared.codec import PROTOCOLS, check
from harness.errors import InputError, PlanError

KEYS = (
    *("SELECT", "UP", "DOWN", "LEFT", "RIGHT", "HOME", "BACK", "MENU", "SETTINGS", "FAVORITES"),
    *(f"NUMBER_{digit}" for digit in range(10)),
    *("DOT", "ENTER", "CLEAR", "CHANNEL_UP", "CHANNEL_DOWN", "PREVIOUS_CHANNEL", "INPUT_SELECT"),
    *("INFO", "HELP", "PAGE_UP", "PAGE_DOWN", "GUIDE", "SUBTITLES", "SOUND_SELECT"),
    *("POWER", "SLEEP", "WAKEUP", "VOLUME_UP", "VOLUME_DOWN", "MUTE"),
    *("PLAY", "PAUSE", "PLAY_PAUSE", "STOP", "RECORD", "REWIND", "FAST_FORWARD", "EJECT"),
    *("SKIP_FORWARD", "SKIP_BACKWARD", "BLUE", "RED", "GREEN", "YELLOW"),
)
"""Every name that a plan may use, besides those that begin with `X_`."""


def _key_name(name: str) -> str:
    if name in KEYS or re.fullmatch(r"X_[A-Z0-9_]+", name):
        return name
    raise ValueError(
        f"no HDMI-CEC key {name!r}{nearest(name, list(KEYS))}; a key of one's own begins with X_"
    )


def _keycode(code: str) -> str:
    if re.fullmatch(r"KEYCODE_[A-Z0-9_]+|\d{1,4}", code):
        return code
    raise ValueError(f"{code!r} is not an Android key code such as KEYCODE_DPAD_CENTER or 23")


def _protocol(name: str) -> str:
    if name in PROTOCOLS:
        return name
    raise ValueError(f"no protocol {name!r}{nearest(name, list(PROTOCOLS))}; known: {', '.join(PROTOCOLS)}")


KeyName = Annotated[str, AfterValidator(_key_name)]
Keycode = Annotated[str, AfterValidator(_keycode)]
ProtocolName = Annotated[str, AfterValidator(_protocol)]


class AdbKeyMap(Strict):
    """Keys of an Android device."""

    keycodes: dict[KeyName, Keycode]

    def keycode(self, key: str) -> str:
        """Return Android's code for a key; raises PlanError naming the nearest key."""
        return self.keycodes[known_key(key, list(self.keycodes), "adb")]


class IrKey(Strict):
    """A key that differs from its map: in protocol or address, or learned as Pronto hex."""

    command: int | None = None
    protocol: ProtocolName | None = None
    address: int | None = None
    pronto: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "IrKey":
        if (self.command is None) == (self.pronto is None):
            raise ValueError("give either `command` or `pronto`")
        if self.pronto is not None and (self.protocol or self.address is not None):
            raise ValueError("`pronto` holds the whole code: leave out protocol and address")
        return self


class IrKeyMap(Strict):
    """Keys of an infrared remote control: one protocol and address, a command each."""

    protocol: ProtocolName = "nec"
    address: int = Field(0, ge=0)
    keys: dict[KeyName, int | IrKey]

    @model_validator(mode="after")
    def _sendable(self) -> "IrKeyMap":
        for key in self.keys:
            try:
                self.burst(key)
            except InputError as error:
                raise ValueError(f"{key}: {error}") from None
        return self

    def code(self, key: str, toggle: int = 0) -> Code | None:
        """Return a key's code, None if it is learned; raises PlanError naming the nearest key."""
        entry = self.keys[known_key(key, list(self.keys), "ir")]
        entry = entry if isinstance(entry, IrKey) else IrKey(command=entry)
        if entry.command is None:
            return None
        name = entry.protocol or self.protocol
        address = self.address if entry.address is None else entry.address
        toggles = name in PROTOCOLS and PROTOCOLS[name].toggles
        code = Code(name, address, entry.command, toggle if toggles else 0)
        check(code)
        return code

    def burst(self, key: str, toggle: int = 0, hold_s: float = 0.0) -> Burst:
        """Return what is sent while a key is held for `hold_s` seconds; raises PlanError."""
        code = self.code(key, toggle)
        if code:
            return encode(code, hold_s)
        entry = self.keys[key]
        learned = entry.pronto if isinstance(entry, IrKey) else None
        return pronto.read(learned or "").burst(hold_s)


def known_key(key: str, known: list[str], via: str) -> str:
    """Return `key` if it is in the map; raises PlanError naming the nearest one."""
    if key in known:
        return key
    hint = nearest(key, known) or f"; it has {', '.join(known)}"
    raise PlanError(f"{via}: no key {key!r} in its key map{hint}")


def load_adb_keys(path: Path) -> AdbKeyMap:
    """Return the key map of an Android device; raises ConfigError."""
    return load(path, AdbKeyMap)


def load_ir_keys(path: Path) -> IrKeyMap:
    """Return the key map of an infrared remote control; raises ConfigError."""
    return load(path, IrKeyMap)
