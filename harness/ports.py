"""What was found on this machine that a rig can be made of."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

PortKind = Literal["capture", "sound", "adb", "infrared", "cec", "network", "power", "virtual"]


@dataclass(frozen=True, slots=True)
class Port:
    """A port of this machine that a device can be captured or controlled by.

    Parameters
    ----------
    kind : PortKind
        What it is good for.
    uri : str
        What a device's or a rig's file says to use it; stays the same over a reboot where the system
        lets it.
    name : str
        What it calls itself.
    note : str
        What keeps it from being used, or what is known of it, in one line.
    """

    kind: PortKind
    uri: str
    name: str
    note: str = ""


def without_password(uri: str) -> str:
    """Return a URI as it may be shown: its password, if it has one, becomes `***`."""
    try:
        password = urlsplit(uri).password
    except ValueError:
        return uri
    return uri.replace(f":{password}@", ":***@", 1) if password else uri
