"""Which sound input belongs to which capture card: both are parts of one thing that was plugged in."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from harness.ports import Port

SYSTEM = Path("/sys/class")


def paired(cards: Sequence[Port], sounds: Sequence[Port], system: Path = SYSTEM) -> list[Port]:
    """Return the capture cards, with `?sound=NAME` in the URI where one sound input is of the same device."""
    return [_with_sound(card, sounds, system) for card in cards]


def _with_sound(card: Port, sounds: Sequence[Port], system: Path) -> Port:
    node = Path(card.uri.partition(":")[2]).resolve().name
    whole = _whole(system / "video4linux" / node)
    own = [sound for sound in sounds if whole is not None and _sound_whole(sound, system) == whole]
    if len(own) != 1:
        return card
    # What is free in a path must be written otherwise in an option.
    name = own[0].uri.partition(":")[2].replace("+", "%2B")
    return replace(card, uri=f"{card.uri}?sound={quote(name, safe=' :,()/%')}")


def _sound_whole(sound: Port, system: Path) -> Path | None:
    found = re.search(r"\(hw:(\d+),\d+\)$", sound.name)
    return _whole(system / "sound" / f"card{found[1]}") if found else None


def _whole(part: Path) -> Path | None:
    """Return the device that a part belongs to: of USB the plug, which its interfaces share."""
    device = part / "device"
    if not device.exists():
        return None
    place = device.resolve()
    return place.parent if re.fullmatch(r"\d+-[\d.]+:\d+\.\d+", place.name) else place
