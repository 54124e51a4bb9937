"""Android's key codes and the HDMI-CEC names that the rest of the harness uses for the same keys.

Source: `android.view.KeyEvent`.
"""

KEYS: dict[int, tuple[str, str]] = {
    3: ("KEYCODE_HOME", "HOME"),
    4: ("KEYCODE_BACK", "BACK"),
    **{7 + digit: (f"KEYCODE_{digit}", f"NUMBER_{digit}") for digit in range(10)},
    19: ("KEYCODE_DPAD_UP", "UP"),
    20: ("KEYCODE_DPAD_DOWN", "DOWN"),
    21: ("KEYCODE_DPAD_LEFT", "LEFT"),
    22: ("KEYCODE_DPAD_RIGHT", "RIGHT"),
    23: ("KEYCODE_DPAD_CENTER", "SELECT"),
    24: ("KEYCODE_VOLUME_UP", "VOLUME_UP"),
    25: ("KEYCODE_VOLUME_DOWN", "VOLUME_DOWN"),
    26: ("KEYCODE_POWER", "POWER"),
    66: ("KEYCODE_ENTER", "SELECT"),
    82: ("KEYCODE_MENU", "MENU"),
    85: ("KEYCODE_MEDIA_PLAY_PAUSE", "PLAY_PAUSE"),
    86: ("KEYCODE_MEDIA_STOP", "STOP"),
    89: ("KEYCODE_MEDIA_REWIND", "REWIND"),
    90: ("KEYCODE_MEDIA_FAST_FORWARD", "FAST_FORWARD"),
    126: ("KEYCODE_MEDIA_PLAY", "PLAY"),
    127: ("KEYCODE_MEDIA_PAUSE", "PAUSE"),
    160: ("KEYCODE_NUMPAD_ENTER", "SELECT"),
    164: ("KEYCODE_VOLUME_MUTE", "MUTE"),
    166: ("KEYCODE_CHANNEL_UP", "CHANNEL_UP"),
    167: ("KEYCODE_CHANNEL_DOWN", "CHANNEL_DOWN"),
    223: ("KEYCODE_SLEEP", "SLEEP"),
    224: ("KEYCODE_WAKEUP", "WAKEUP"),
}
"""Android's code -> (Android's name, HDMI-CEC name)."""

CODES = {name: code for code, (name, _) in KEYS.items()}


def key_of(word: str) -> str:
    """Return the HDMI-CEC name for a code (`23`) or a name, with or without `KEYCODE_`.

    Raises LookupError for what is not a key of this device.
    """
    code = int(word) if word.isascii() and word.isdecimal() else CODES.get(_full_name(word), -1)
    if code not in KEYS:
        raise LookupError(f"unknown key code: {word}")
    return KEYS[code][1]


def _full_name(word: str) -> str:
    name = word.upper()
    return name if name.startswith("KEYCODE_") else f"KEYCODE_{name}"
