"""What a rig is made of on this computer: its ports, what stands behind them, and a fingerprint of it all."""

import hashlib
import json
import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.ports import without_password
from harness.run.registry import Profile
from harness.run.rig import Rig

DEVICE_FILE: Final = re.compile(r"/dev/[A-Za-z0-9._/+:-]+")
DESCRIBED: Final = ("name", "product", "manufacturer", "idVendor", "idProduct", "serial")
"""What the kernel tells of a port, in its own folder or in that of the USB device behind it."""
LONGEST: Final = 100


def ports_of(rig: Rig, profile: Profile) -> dict[str, str]:
    """Return each port of a rig by its name: its URI, and what the kernel says stands behind it."""
    uris = {
        "capture": rig.capture or "none",
        **{f"control {name}": uri for name, uri in rig.controls.items()},
    }
    found = {
        name: " = ".join(filter(None, (without_password(uri), card_name(uri)))) for name, uri in uris.items()
    }
    if profile.virtual:
        found["virtual device"] = ", ".join(f"{key} {value}" for key, value in profile.virtual)
    return found


def fingerprint(ports: Mapping[str, str], host: str | None = None) -> str:
    """Return what tells one rig from another: 16 hexadecimal digits over the host and its ports."""
    text = json.dumps([host or host_name(), sorted(ports.items())], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def host_name() -> str:
    """Return what this computer calls itself."""
    return socket.gethostname()


def kernel() -> str:
    """Return the kernel, whose drivers capture."""
    return f"{os.uname().sysname} {os.uname().release}"


def card_name(uri: str, sysfs: Path = Path("/sys")) -> str:
    """Return what the kernel calls what stands behind a URI; empty for what is no device file here."""
    found = DEVICE_FILE.search(uri)
    try:
        number = os.stat(found[0]).st_rdev if found else 0
        if not number:
            return ""
        folder = (sysfs / "dev" / "char" / f"{os.major(number)}:{os.minor(number)}").resolve(strict=True)
    except OSError:
        return "not there"
    words: dict[str, str] = {}
    for place in (folder, *folder.parents):
        if not place.is_relative_to(sysfs.resolve() / "devices"):
            break
        for name in DESCRIBED:
            if name not in words and (told := _read(place / name)):
                words[name] = told
        if "idVendor" in words:
            break
    return " ".join(dict.fromkeys(words.values()))[:LONGEST]


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Say in words which port is another one; empty where all are the same."""
    told = [
        f"{name} was {before.get(name, 'none')}, and is {now.get(name, 'none')}"
        for name in {**before, **now}
        if before.get(name) != now.get(name)
    ]
    return "; ".join(told)


def _read(path: Path) -> str:
    try:
        return " ".join(path.read_text(encoding="utf-8", errors="replace")[:LONGEST].split())
    except OSError:
        return ""
