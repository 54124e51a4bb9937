"""What a port, a socket or a device file says no with, in one line that a technician can act on."""

import errno
import grp
import os
import socket
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from harness.errors import ControlLost


class Refused(Exception):
    """The line is open, but what is at its end does not do as asked; the message says it in words."""


LINE_ERRORS = (OSError, EOFError, termios.error, Refused)
"""Everything that a line breaks with; pyserial's own error is an OSError."""

IN_USE = "another program has it open; one device can have one controller only"
PLAIN = {
    errno.ENOENT: "there is no such port; plug it in, or correct the URI in the device's YAML",
    errno.ENXIO: "there is no such port; plug it in, or correct the URI in the device's YAML",
    errno.ENOTTY: "this is not such a port; correct the URI in the device's YAML",
    errno.EAGAIN: IN_USE,
    errno.EBUSY: IN_USE,
    errno.EIO: "it went away; was it unplugged?",
    errno.ENODEV: "it went away; was it unplugged?",
    errno.ECONNREFUSED: "it refuses the connection; is this the right address, and is the service on there?",
    errno.ECONNRESET: "it closed the connection; does another program hold it, or did it restart?",
    errno.EPIPE: "it closed the connection; does another program hold it, or did it restart?",
    errno.ENONET: "it has no place on the HDMI cable; is the cable plugged in at both ends?",
    errno.EHOSTUNREACH: "there is no way to this host; is it on, and in this network?",
    errno.ENETUNREACH: "there is no way to this host; is this machine in its network?",
    errno.ETIMEDOUT: "it does not answer; is it on, and in this network?",
}


PYSERIAL = {
    "configure port": "this is not a serial port; correct the URI in the device's YAML",
    "returned no data": PLAIN[errno.EIO],
}
"""What pyserial says without an error number."""


@contextmanager
def told(what: str, let_go: Callable[[], None], path: str | None = None) -> Iterator[None]:
    """Turn whatever a line breaks with into ControlLost, having let go of it: the next press opens it anew.

    `what` begins the sentence; `path` is the device file, if there is one.
    """
    try:
        yield
    except LINE_ERRORS as error:
        let_go()
        raise ControlLost(f"{what}: {reason(error, path)}") from error


def reason(error: Exception, path: str | None = None) -> str:
    """Return in one line what is wrong and what to do."""
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, socket.gaierror):
        return "no host of this name is known; correct the URI, or give its address in numbers"
    by_pyserial = next((words for said, words in PYSERIAL.items() if said in str(error)), None)
    if by_pyserial:
        return by_pyserial
    number = _number(error)
    if number in (errno.EACCES, errno.EPERM):
        return _not_allowed(path)
    return PLAIN.get(number or 0, " ".join(str(error).split()) or "it went away")


def _number(error: Exception) -> int | None:
    """Return the error number that stands for it."""
    if isinstance(error, EOFError | ConnectionResetError):
        return errno.ECONNRESET
    if isinstance(error, TimeoutError):
        return errno.ETIMEDOUT
    return error.args[0] if isinstance(error, termios.error) else getattr(error, "errno", None)


def _not_allowed(path: str | None) -> str:
    """Name the group to join."""
    try:
        group = grp.getgrgid(os.stat(path or "").st_gid).gr_name
    except (OSError, KeyError):
        group = "dialout"
    if group == "root":
        return "permission denied: only root may use it; give it a group by a udev rule, and join that"
    return f"permission denied; join the group `{group}` (sudo usermod -aG {group} $USER) and log in anew"
