"""A device node of a capture card: opened, asked, and waited for; each failure in one sentence."""

import ctypes
import errno
import fcntl
import os
import select
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from harness.capture.v4l2 import kernel
from harness.errors import CaptureLost, InputError, RigError

Structure = TypeVar("Structure", bound=ctypes.Structure)

MOST = 128
"""So many entries of a list are asked for at most, should a driver never end it."""


class NoCapture(InputError):
    """The node is that of something else than a capture card."""


class Unplugged(Exception):
    """The card has gone: its driver says that there is no such device any more."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What waits for the program: a filled buffer, an event, or word that the stream is broken."""

    buffer: bool = False
    event: bool = False
    error: bool = False


class Node:
    """An open device node of a capture card.

    Parameters
    ----------
    path : Path
        Such as `/dev/video0`.
    uri : str
        What messages name.

    Raises CaptureLost where there is no such card, RigError where it cannot be opened, InputError where
    it is something else.
    """

    def __init__(self, path: Path, uri: str) -> None:
        self.path = path
        self.uri = uri
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise _refusal(path, uri, error) from None
        try:
            self.name, self.place = self._introduce()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of it; idempotent."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def fileno(self) -> int:
        """Return its file descriptor."""
        return self._fd

    def call(self, number: int, value: Structure) -> Structure:
        """Pass a structure to the driver and return it as the driver left it; raises OSError, Unplugged."""
        while True:
            try:
                fcntl.ioctl(self._fd, number, value)
            except InterruptedError:
                continue
            except OSError as error:
                if error.errno in (errno.ENODEV, errno.ENXIO):
                    raise Unplugged from None
                raise
            return value

    def number(self, request: int, value: int = 0) -> int:
        """Pass a number to the driver and return it as the driver left it; raises OSError, Unplugged."""
        boxed = _Number(value)
        return int(self.call(request, boxed).value)

    def every(self, request: int, kind: type[Structure], **fields: int) -> Iterator[Structure]:
        """Yield the entries of one of the driver's lists; an unknown list is an empty one."""
        for index in range(MOST):
            entry = kind()
            for name, value in {**fields, "index": index}.items():
                setattr(entry, name, value)
            try:
                yield self.call(request, entry)
            except OSError:
                return

    def wait(self, timeout_s: float, *, buffers: bool) -> Ready:
        """Wait until something is there, `timeout_s` at the longest; without a stream, for events alone."""
        poll = select.poll()
        poll.register(self._fd, select.POLLPRI | (select.POLLIN if buffers else 0))
        got = dict(poll.poll(max(0.0, timeout_s) * 1000)).get(self._fd, 0)
        if got & select.POLLHUP:
            raise Unplugged
        return Ready(bool(got & select.POLLIN), bool(got & select.POLLPRI), bool(got & select.POLLERR))

    def _introduce(self) -> tuple[str, str]:
        about = kernel.Capability()
        try:
            self.call(kernel.QUERYCAP, about)
        except Unplugged:
            raise CaptureLost(f"{self.uri}: the card was unplugged; plug it in again") from None
        except OSError:
            raise NoCapture(f"{self.uri}: {self.path} is not a video device") from None
        can = about.device_caps if about.capabilities & kernel.CAP_DEVICE_CAPS else about.capabilities
        name = about.card.decode("utf-8", "replace")
        if can & kernel.CAP_CAPTURE_MPLANE:
            raise InputError(
                f"{self.uri}: {name!r} delivers each plane in a buffer of its own; use another card"
            )
        if not can & kernel.CAP_VIDEO_CAPTURE:
            raise NoCapture(f"{self.uri}: {name!r} does not capture pictures; name another node of the card")
        if not can & kernel.CAP_STREAMING:
            raise InputError(f"{self.uri}: {name!r} cannot stream into memory; use another card")
        return name, about.bus_info.decode("utf-8", "replace")


class _Number(ctypes.Structure):
    _fields_ = (("value", ctypes.c_int),)


def _refusal(path: Path, uri: str, error: OSError) -> RigError:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        others = ", ".join(f"v4l2:{node}" for node in sorted(Path("/dev").glob("video*"))[:8]) or "none"
        return CaptureLost(f"{uri}: there is no such device; plug the card in (there are: {others})")
    if error.errno in (errno.EACCES, errno.EPERM):
        return RigError(
            f"{uri}: this user may not open it; add it to the group `video` "
            "(sudo usermod -aG video USER), and log in again"
        )
    if error.errno in (errno.ENODEV, errno.ENXIO):
        return CaptureLost(f"{uri}: the card was unplugged, or its driver has gone; plug it in again")
    if error.errno == errno.EBUSY:
        return busy(path, uri)
    return RigError(f"{uri}: cannot be opened ({error.strerror or error})")


def busy(path: Path, uri: str) -> RigError:
    """Return that another program has the card, and which."""
    return RigError(f"{uri}: another program{_holder(path)} captures from it; end that one first")


def _holder(path: Path) -> str:
    """Return ` (name, process number)` of another process that has a node open, as far as it can be seen."""
    node = path.resolve()
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            if any(entry.resolve() == node for entry in (process / "fd").iterdir()):
                return f" ({(process / 'comm').read_text().strip()}, process {process.name})"
        except OSError:
            continue
    return ""
