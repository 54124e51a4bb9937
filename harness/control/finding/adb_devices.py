"""Devices that the user's own ADB server knows; none is started just to look."""

import os
import re
import socket

from harness.ports import Port

USUAL_PORT = 5037
LOOK_S = 2.0
LONGEST_BYTES = 65_536
NOTES = {
    "device": "",
    "unauthorized": "accept the dialog on its screen: it does not trust this machine yet",
    "offline": "it is starting, or hangs: wait, else unplug it and plug it in again",
    "no permissions": "this user may not open it: install its udev rules (android-sdk-platform-tools-common)",
    "recovery": "it is in its recovery system: restart it",
    "bootloader": "it is in its boot loader: restart it",
}


def user_port() -> int:
    """Return the port of the user's server."""
    port = os.environ.get("ANDROID_ADB_SERVER_PORT", "")
    return int(port) if port.isdecimal() else USUAL_PORT


def find(port: int | None = None) -> list[Port]:
    """Return what a server that runs already says; nothing where none runs."""
    try:
        with socket.create_connection(("127.0.0.1", port or user_port()), LOOK_S) as connection:
            request = b"host:devices-l"
            connection.sendall(b"%04x%s" % (len(request), request))
            text = _answer(connection)
    except (OSError, ValueError):
        return []
    return [device for line in text.splitlines() if (device := _device(line))]


def _answer(connection: socket.socket) -> str:
    """Return the text of an answer: OKAY, its length in four hexadecimal digits, itself."""
    with connection.makefile("rb") as stream:
        if stream.read(4) != b"OKAY":
            return ""
        return stream.read(min(int(stream.read(4), 16), LONGEST_BYTES)).decode("utf-8", errors="replace")


def _device(line: str) -> Port | None:
    found = re.match(r"(\S+)\s+(no permissions|\S+)(.*)", line)
    if not found:
        return None
    serial, state, rest = found.groups()
    model = re.search(r"\bmodel:(\S+)", rest)
    name = model[1].replace("_", " ") if model else serial
    return Port("adb", f"adb:{serial}", name, NOTES.get(state, f"its state is {state}"))
