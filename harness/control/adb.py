"""Android devices over ADB: keys and text by `input`, and commands with their exit status.

The way to the virtual device and back takes 0.5 ms (median of 3000 presses; p99 1.6 ms; two busy cores); on a
real device, starting `input` comes on top, and lies within the press's `start_ns` and `end_ns`.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass

import adbutils
from adbutils.errors import AdbError, AdbTimeout

from harness.clock import Clock, MonotonicClock
from harness.control import adb_shell, adb_words
from harness.control.adb_server import SERVER
from harness.control.adb_shell import Deadline
from harness.control.finding.adb_devices import user_port
from harness.control.keymap import AdbKeyMap, load_adb_keys
from harness.control.protocol import ShellResult
from harness.control.uri import Wanted
from harness.errors import ControlLost, DeviceError
from harness.timeline import Press

LOST_S = 8.0
"""A device that is gone is given up after so long, one new connection included."""

PRESS_S = 5.0
PROBE_S = 2.0
ANSWER_S = 5.0
LONG_PRESS_S = 0.5
"""Android's own limit between a press and a long press; `input` knows nothing in between."""

GOOD_ANSWERS = ("connected to", "failed to authenticate")
"""What `connect` answers when the device is there; the second while it asks its user to trust us."""


def make(wanted: Wanted) -> "AdbControl":
    """Return the control of `adb:HOST:PORT` or `adb:SERIAL`."""
    serial, _ = wanted.parts()
    return AdbControl(serial, load_adb_keys(wanted.keys()), wanted.clock)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command's result, and when it was about to leave and was done (ns)."""

    result: ShellResult
    start_ns: int
    end_ns: int


class _Client(adbutils.AdbClient):  # type: ignore[misc]  # adbutils has no types
    """A client that never starts a server behind our back when its own is gone."""

    def make_connection(self, timeout: float | None = None) -> adbutils.AdbConnection:
        socket.create_connection((self.host, self.port), timeout or LOST_S).close()
        return super().make_connection(timeout)


class AdbControl:
    """Drives one device; `serial` is `HOST:PORT` for ADB over the network, else the serial of a USB device.

    Network devices go through a server of our own. USB devices stay with the user's server (port
    ANDROID_ADB_SERVER_PORT or 5037), because only one server can hold them.
    """

    name = "adb"

    def __init__(self, serial: str, keys: AdbKeyMap, clock: Clock | None = None) -> None:
        self.serial = serial
        self.keys = keys
        self.losses = 0
        """How often the connection broke and had to be made anew."""
        self._clock = clock or MonotonicClock()
        self._network = ":" in serial
        self._client: adbutils.AdbClient | None = None
        self._v2 = True

    def open(self) -> None:
        """Connect and see that the device answers; idempotent. Raises ControlLost within 10 s."""
        if self._client is None:
            self._client = _Client("127.0.0.1", SERVER.acquire() if self._network else user_port())
            try:
                self._connect(Deadline(self._clock, LOST_S))
            except BaseException:
                self.close()
                raise

    def press(self, key: str, *, hold_s: float = 0.0) -> Press:
        """Press a key by `input keyevent`; from 0.5 s on it is a long press.

        Raises PlanError for a key that is not in the key map, ControlLost when the device is gone, and
        DeviceError when it refuses the key.
        """
        long_press = ["--longpress"] if hold_s >= LONG_PRESS_S else []
        ran = self._input(["keyevent", *long_press, self.keys.keycode(key)])
        return Press(key, ran.start_ns, ran.end_ns, self.name)

    def text(self, text: str) -> None:
        """Type text into the focused field by `input text`; raises ControlLost, DeviceError."""
        # `input` reads %s as a space: a %s that is meant is typed in two halves.
        for part in text.replace("%s", "%\0s").split("\0"):
            if part:
                self._input(["text", part.replace(" ", "%s")])

    def shell(self, argv: Sequence[str], *, timeout_s: float = 10.0) -> ShellResult:
        """Run one command, every word of it quoted.

        Raises ControlLost when the device is gone, DeviceError when it is there but the command still
        runs after `timeout_s`.
        """
        return self._run(argv, timeout_s).result

    def ask(self) -> None:
        """See that the device still answers; raises ControlLost, DeviceError."""
        self.shell(["true"], timeout_s=ANSWER_S)

    def close(self) -> None:
        """Let go of the device and of the server; idempotent, never raises."""
        client, self._client = self._client, None
        if client is None or not self._network:
            return
        try:
            client.disconnect(self.serial)
        except (AdbError, OSError, ValueError):
            pass
        finally:
            SERVER.release()

    def _input(self, words: list[str]) -> Ran:
        ran = self._run(["input", *words], PRESS_S)
        if ran.result.status:
            said = " ".join((ran.result.stderr or ran.result.stdout).split())
            raise DeviceError(f"adb {self.serial}: `input {' '.join(words)}` failed: {said}")
        return ran

    def _run(self, argv: Sequence[str], timeout_s: float) -> Ran:
        command = adb_shell.quoted(argv)
        self.open()
        connection, start_ns = self._start(command)
        try:
            deadline = Deadline(self._clock, timeout_s)
            result = adb_shell.finish(connection, self._v2, deadline)
            return Ran(result, start_ns, self._clock.now_ns())
        except TimeoutError:
            self._probe()
            raise DeviceError(f"adb {self.serial}: `{argv[0]}` still runs after {timeout_s:g} s") from None
        except (AdbError, OSError, EOFError) as error:
            raise self._lost(f"the connection broke during `{argv[0]}`") from error
        finally:
            connection.conn.close()  # adbutils' own close sleeps for 10 ms

    def _start(self, command: str) -> tuple[adbutils.AdbConnection, int]:
        """Start a command, on a new connection to the device if need be.

        Nothing is sent twice: once the device has taken a command, it is not repeated.
        """
        deadline = Deadline(self._clock, LOST_S)
        try:
            return self._try(command, deadline)
        except (AdbError, OSError, EOFError):
            self._reconnect(deadline)
        try:
            return self._try(command, deadline)
        except (AdbError, OSError, EOFError) as error:
            raise self._lost(_words(error)) from error

    def _try(self, command: str, deadline: Deadline) -> tuple[adbutils.AdbConnection, int]:
        connection = self._connection(deadline)
        # Two small packets in a row would else wait 40 ms for an acknowledgement.
        connection.conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            connection.send_command(f"host:tport:serial:{self.serial}")
            connection.check_okay()
            connection.read_exact(8)
            start_ns = self._clock.now_ns()
            adb_shell.start(connection, command, self._v2)
        except BaseException:
            connection.close()
            raise
        return connection, start_ns

    def _connection(self, deadline: Deadline) -> adbutils.AdbConnection:
        if self._client is None:
            raise self._lost("it was closed")
        return self._client.make_connection(deadline.left_s())

    def _connect(self, deadline: Deadline) -> None:
        client = self._client
        if client is None:
            raise self._lost("it was closed")
        try:
            if self._network:
                answer = client.connect(self.serial, timeout=deadline.left_s())
                if not any(words in answer for words in GOOD_ANSWERS):
                    raise self._lost(answer)
            client.wait_for(self.serial, state="device", timeout=deadline.left_s())
            self._v2 = "shell_v2" in client.device(self.serial).get_features()
        except (AdbTimeout, TimeoutError):
            raise self._not_ready(client) from None
        except ConnectionRefusedError:
            # Our own server listens before it starts: this one is the user's.
            raise ControlLost(f"adb {self.serial}: {adb_words.NO_SERVER}") from None
        except (AdbError, OSError, ValueError) as error:
            raise self._lost(_words(error)) from error

    def _reconnect(self, deadline: Deadline) -> None:
        """Connect anew, through a new server if ours has died."""
        if self._client is None:
            raise self._lost("it was closed")
        self.losses += 1
        if self._network:
            SERVER.release()
            self._client = _Client("127.0.0.1", SERVER.acquire())
            try:
                self._client.disconnect(self.serial)
            except (OSError, ValueError) as error:
                raise self._lost(_words(error)) from error
        self._connect(deadline)

    def _not_ready(self, client: adbutils.AdbClient) -> ControlLost:
        """Say why a device does not become ready."""
        try:
            states = {found.serial: found.state for found in client.list()}
        except (AdbError, OSError, ValueError) as error:
            return self._lost(_words(error))
        if self.serial not in states and not self._network:
            return ControlLost(f"adb {self.serial}: {adb_words.not_there(self.serial, list(states))}")
        return self._lost(states.get(self.serial, "it does not get ready"))

    def _probe(self) -> None:
        """Tell a device that is slow from one that is gone."""
        try:
            connection, _ = self._try("true", Deadline(self._clock, PROBE_S))
            connection.close()
        except (AdbError, OSError, EOFError) as error:
            raise self._lost("it stopped answering") from error

    def _lost(self, reason: str) -> ControlLost:
        return ControlLost(f"adb {self.serial}: {adb_words.said(reason)}")


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
