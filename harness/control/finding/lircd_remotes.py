"""Remote controls that a running lircd knows."""

import os
from collections.abc import Iterable

from harness.clock import MonotonicClock
from harness.control.lirc import LircControl
from harness.errors import HarnessError
from harness.ports import Port

SOCKETS = ("/run/lirc/lircd", "/var/run/lirc/lircd")
MOST_REMOTES = 50


def find(sockets: Iterable[str] = SOCKETS) -> list[Port]:
    """Return a port for each remote control of each daemon; the note of one that cannot be asked says why."""
    there = {os.path.realpath(path): path for path in reversed(list(sockets)) if os.path.exists(path)}
    return [port for path in there.values() for port in _remotes(path)]


def _remotes(path: str) -> list[Port]:
    control = LircControl(path, "", {}, MonotonicClock())
    try:
        names = control.remotes()[:MOST_REMOTES]
    except HarnessError as error:
        return [Port("infrared", f"lirc:{path}", "lircd", str(error))]
    finally:
        control.close()
    return [Port("infrared", f"lirc:{path}?remote={name}", name, "lircd has its codes") for name in names]
