"""Infrared through a running lircd: `lirc:/run/lirc/lircd?remote=NAME`.

lircd has the codes; the key map names its remote control and keys. The protocol is that of lircd(8): a line
asks, and the answer stands between BEGIN and END.
"""

import re
import socket
from contextlib import AbstractContextManager
from typing import Annotated

from pydantic import AfterValidator

from harness.clock import Clock, MonotonicClock
from harness.config import Strict, load, nearest
from harness.control.faults import Refused, told
from harness.control.keymap import KeyName, known_key
from harness.control.lines import Lines
from harness.control.uri import Wanted
from harness.errors import InputError
from harness.timeline import Press

ANSWER_S = 5.0
LONGEST_LINE = 4096
MOST_LINES = 4096
NO_SERVICE = "no lircd listens there; start it (sudo systemctl start lircd), or correct the URI"


def _word(text: str) -> str:
    if re.fullmatch(r"[!-~]{1,100}", text):
        return text
    raise ValueError(f"{text!r} is not a name of lircd's: letters and signs without a space")


Word = Annotated[str, AfterValidator(_word)]


class LircNames(Strict):
    """What lircd calls a remote control, and its keys by their HDMI-CEC names."""

    remote: Word
    keys: dict[KeyName, Word]


class LircKeyMap(Strict):
    """The key map of a remote control that lircd knows."""

    lirc: LircNames


def make(wanted: Wanted) -> "LircControl":
    """Return the control of `lirc:SOCKET?remote=NAME`; the option stands before the key map's `remote`."""
    path, options = wanted.parts("remote")
    names = load(wanted.keys(), LircKeyMap).lirc
    try:
        remote = _word(options.get("remote", names.remote))
    except ValueError as error:
        raise wanted.wrong(str(error)) from None
    return LircControl(path, remote, names.keys, wanted.clock)


class LircControl:
    """Asks lircd to send; a held key is started, then stopped."""

    name = "lirc"
    what = "lircd"

    def __init__(self, path: str, remote: str, keys: dict[str, str], clock: Clock | None = None) -> None:
        self.path = path
        self.remote = remote
        self.keys = keys
        self._clock = clock or MonotonicClock()
        self._lines: Lines | None = None

    def open(self) -> None:
        """Connect, and see that lircd knows the remote control and its keys; idempotent.

        Raises ControlLost when no lircd answers, InputError for a name that it does not know.
        """
        if self._lines is not None:
            return
        with self._told():
            self._lines = self._connected()
            self._known("remote control", self.remote, self._ask("LIST"))
            keys = [line.split()[-1] for line in self._ask(f"LIST {self.remote}") if line.split()]
            for key in self.keys.values():
                self._known("key", key, keys)

    def remotes(self) -> list[str]:
        """Return the remote controls that lircd knows; raises ControlLost."""
        with self._told():
            if self._lines is None:
                self._lines = self._connected()
            return self._ask("LIST")

    def press(self, key: str, *, hold_s: float = 0.0) -> Press:
        """Press a key, for `hold_s` seconds; raises PlanError for an unknown one, ControlLost."""
        button = self.keys[known_key(key, list(self.keys), "lirc")]
        self._forget_a_broken_line()
        self.open()
        with self._told():
            start_ns = self._clock.now_ns()
            if hold_s > 0:
                self._ask(f"SEND_START {self.remote} {button}")
                try:
                    self._clock.sleep_s(hold_s)
                finally:
                    self._ask(f"SEND_STOP {self.remote} {button}")
            else:
                self._ask(f"SEND_ONCE {self.remote} {button}")
            return Press(key, start_ns, self._clock.now_ns(), self.name)

    def close(self) -> None:
        """Let go of lircd; idempotent, never raises."""
        lines, self._lines = self._lines, None
        if lines is not None:
            lines.close()

    def _forget_a_broken_line(self) -> None:
        """Pass over what was received meanwhile; let go of a line that lircd has hung up."""
        try:
            if self._lines is not None:
                self._lines.drop_stale()
        except (EOFError, OSError):
            self.close()

    def _told(self) -> AbstractContextManager[None]:
        return told(f"lircd {self.path}", self.close, self.path)

    def _connected(self) -> Lines:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(ANSWER_S)
        try:
            connection.connect(self.path)
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            raise Refused(NO_SERVICE) from None
        except BaseException:
            connection.close()
            raise
        return Lines(connection, b"\n", LONGEST_LINE, self._clock)

    def _known(self, what: str, name: str, known: list[str]) -> None:
        if name in known:
            return
        self.close()
        hint = nearest(name, known) or f"; it knows {', '.join(known[:20]) or 'none'}"
        raise InputError(f"lircd {self.path}: no {what} {name!r}{hint}")

    def _ask(self, request: str) -> list[str]:
        """Return the data of the answer; raises Refused when lircd says no."""
        if self._lines is None:
            raise Refused("it is closed")
        self._lines.write(request, ANSWER_S)
        answer = self._answer(request)
        data = answer[answer.index("DATA") + 2 :] if "DATA" in answer else []
        if "SUCCESS" not in answer[:1]:
            raise Refused(f"it does not send: {'; '.join(data) or 'no reason given'}")
        return data

    def _answer(self, request: str) -> list[str]:
        """Return the lines behind the request that the answer repeats; received keys are passed over."""
        answer: list[str] | None = None
        for _ in range(MOST_LINES):
            line = self._read()
            if line == "BEGIN":
                answer = []
            elif line == "END" and answer and answer[0] == request:
                return answer[1:]
            elif line == "END":
                answer = None
            elif answer is not None:
                answer.append(line)
        raise Refused("it does not answer as lircd does; is this its socket?")

    def _read(self) -> str:
        if self._lines is None:
            raise Refused("it is closed")
        return self._lines.read(ANSWER_S)
