"""One command over an ADB server: the `shell,v2` service, and the older `shell` for Android 6 and before."""

import shlex
from collections.abc import Sequence

from adbutils import AdbConnection

from harness.clock import NS_PER_S, Clock
from harness.control.protocol import ShellResult
from harness.errors import PlanError

STDOUT, STDERR, EXIT, CLOSE_STDIN = 1, 2, 3, 4
LONGEST_COMMAND_BYTES = 60_000
STATUS_MARK = "harness-exit-status:"


class Deadline:
    """A moment by which all the reads of one command have to be done."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._end_ns = clock.now_ns() + round(seconds * NS_PER_S)

    def left_s(self) -> float:
        """Return the seconds left; raises TimeoutError when there are none."""
        left_s = (self._end_ns - self._clock.now_ns()) / NS_PER_S
        if left_s <= 0:
            raise TimeoutError
        return left_s


def quoted(argv: Sequence[str]) -> str:
    """Return a command line of which the device's shell takes every word as it is; raises PlanError."""
    command = shlex.join(argv)
    if not argv or "\0" in command or len(command.encode()) > LONGEST_COMMAND_BYTES:
        raise PlanError(
            f"adb: cannot send the command {command[:60]!r}: empty, too long, or with a NUL in it"
        )
    return command


def start(connection: AdbConnection, command: str, v2: bool) -> None:
    """Start a command on the transport that `connection` stands on; with v2, its input is empty."""
    if v2:
        connection.send_command(f"shell,v2,raw:{command}")
        connection.check_okay()
        connection.conn.sendall(bytes((CLOSE_STDIN, 0, 0, 0, 0)))
    else:
        connection.send_command(f"shell:{command}; echo {STATUS_MARK}$?")
        connection.check_okay()


def finish(connection: AdbConnection, v2: bool, deadline: Deadline) -> ShellResult:
    """Return what the command printed once it has ended.

    Raises TimeoutError when it is still running at the deadline, EOFError when the connection broke.
    """
    return _finish_v2(connection, deadline) if v2 else _finish_v1(connection, deadline)


def _finish_v2(connection: AdbConnection, deadline: Deadline) -> ShellResult:
    streams = {STDOUT: bytearray(), STDERR: bytearray()}
    while True:
        header = _read(connection, 5, deadline)
        data = _read(connection, int.from_bytes(header[1:], "little"), deadline)
        if header[0] == EXIT:
            return ShellResult(_text(streams[STDOUT]), _text(streams[STDERR]), data[0])
        streams.setdefault(header[0], bytearray()).extend(data)


def _finish_v1(connection: AdbConnection, deadline: Deadline) -> ShellResult:
    data = bytearray()
    while True:
        connection.conn.settimeout(deadline.left_s())
        chunk = connection.conn.recv(65_536)
        if not chunk:
            break
        data += chunk
    output, mark, status = _text(data).rpartition(STATUS_MARK)
    if not mark or not status.strip().isdecimal():
        raise EOFError
    return ShellResult(output, "", int(status))


def _read(connection: AdbConnection, size: int, deadline: Deadline) -> bytes:
    data = bytearray()
    while len(data) < size:
        connection.conn.settimeout(deadline.left_s())
        chunk = connection.conn.recv(size - len(data))
        if not chunk:
            raise EOFError
        data += chunk
    return bytes(data)


def _text(data: bytearray) -> str:
    return data.decode("utf-8", errors="replace").replace("\r\n", "\n")
