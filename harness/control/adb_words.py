"""What an ADB server says no with, as a sentence that a technician can act on."""

import re

from harness.config import nearest

ON = "is the device on, and is its debugging allowed?"
STATES = {
    "unauthorized": "accept the dialog on its screen, it does not trust this machine yet; then try again",
    "authorizing": "accept the dialog on its screen, it does not trust this machine yet; then try again",
    "offline": "it is connected but offline: it is starting, or hangs; wait, else cut its power",
    "no permissions": "this user may not open it on USB; install android-sdk-platform-tools-common",
    "recovery": "it is in its recovery system; restart it",
    "sideload": "it is in its recovery system; restart it",
    "bootloader": "it is in its boot loader; restart it",
}
SAID = (
    (r"refused", f"it refuses the connection (it may be starting); {ON}"),
    (r"[Nn]o route|unreachable", "there is no way to this host; is the device on, and in this network?"),
    (r"timed out|timeout", f"it does not answer in time; {ON}"),
    (r"resolve|[Nn]ame or service|nodename", "no host of this name is known; correct the URI"),
    (r"unauthorized|authenticate", STATES["unauthorized"]),
    (r"offline", STATES["offline"]),
)
NO_SERVER = "no ADB server of yours runs, and one has to hold USB devices; run: adb start-server"


def said(text: str) -> str:
    """Return what an answer or a state means, and what to do; the answer itself where it is not known."""
    words = " ".join(text.split())
    for state, meaning in STATES.items():
        if words.startswith(state):
            return meaning
    return next((meaning for pattern, meaning in SAID if re.search(pattern, words)), f"{words}; {ON}")


def not_there(serial: str, serials: list[str]) -> str:
    """Say that no such device is on USB, and which are."""
    others = nearest(serial, serials) or (f"; there are {', '.join(serials)}" if serials else "")
    return f"no such device on USB{others}; plug it in, allow its debugging, or correct the URI"
