"""Key maps to choose from, and those that are learned from a real remote control."""

from pathlib import Path

from harness.control import open_control
from harness.control.keymap import KEYS
from harness.control.protocol import Control
from harness.enrol.patch import changed
from harness.errors import HarnessError, InputError
from harness.run.registry import default_folders

LEARNED = "# Learned from the device's own remote control; docs: devices/README.md.\nkeys: {}\n"
FIRST = ("HOME", "UP", "LEFT", "SELECT", "RIGHT", "DOWN", "BACK", "PLAY_PAUSE")
"""The keys of a remote control's middle: offered first."""


def map_path(keys: str, folder: Path) -> Path:
    """Return where a key map is: beside the devices, else where one that ships lies. Raises InputError."""
    if not Path(keys).parts or Path(keys).is_absolute() or ".." in Path(keys).parts:
        raise InputError(f"{keys!r} must be a path below the folder of the device's file")
    places = [folder, *reversed(default_folders())]
    return next((place / keys for place in places if (place / keys).is_file()), folder / keys)


def suiting_maps(uri: str, folder: Path) -> list[str]:
    """Return the key maps that a control can use, as paths below the folder; none if it needs none."""
    if not needs_map(uri):
        return []
    known = {
        f"keymaps/{path.name}"
        for place in (folder, *default_folders())
        for path in place.glob("keymaps/*.yaml")
    }
    return [keys for keys in sorted(known) if _suits(uri, map_path(keys, folder))]


def needs_map(uri: str) -> bool:
    """Return whether a control cannot be used without a key map."""
    return not _suits(uri, None)


def can_learn(uri: str, folder: Path) -> bool:
    """Return whether a control can learn keys from the device's own remote control."""
    return any(
        hasattr(_control(uri, map_path(keys, folder)), "learn") for keys in suiting_maps(uri, folder)[:1]
    )


def learned_text(keys: str | None, learned: dict[str, str], folder: Path) -> str:
    """Return the text of a key map with learned keys: those of another map, if one is named, and these."""
    text = map_path(keys, folder).read_text(encoding="utf-8") if keys else LEARNED
    return with_learned(text, learned)


def with_learned(text: str, learned: dict[str, str]) -> str:
    """Return the text of a key map with learned keys, which come in place of those of the same name."""
    return changed(text, {("keys", key): {"pronto": code} for key, code in learned.items()})


def pressable(control: Control) -> list[str]:
    """Return the keys that a control can press, those of a remote control's middle first."""
    held = getattr(control, "keys", None)
    named = getattr(held, "keycodes", None) or getattr(held, "keys", None) or held
    names = list(named) if isinstance(named, dict) else list(KEYS)
    first = [key for key in FIRST if key in names]
    return first + [key for key in names if key not in first]


def _suits(uri: str, path: Path | None) -> bool:
    try:
        _control(uri, path)
    except HarnessError:
        return False
    return True


def _control(uri: str, path: Path | None) -> Control:
    return open_control(uri, path)
