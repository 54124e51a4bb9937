"""Infrared through a USB IR Toy (or what speaks like one) on a serial port."""

import errno
import termios
from collections.abc import Callable
from typing import TypeVar

import serial

from harness.clock import Clock, MonotonicClock
from harness.control.infrared import Burst, irtoy
from harness.control.keymap import IrKeyMap
from harness.errors import ControlLost
from harness.timeline import Press

ANSWER_S = 2.0
"""An IR Toy answers within milliseconds; a port that does not is not one."""

SETTLE_S = 0.05
"""How long a port must be quiet behind the reset before what it says counts as an answer."""

MOST_STALE_READS = 64
"""Under a flickering lamp a toy never stops sampling; then the version that it is asked for tells."""

PORT_ERRORS = (serial.SerialException, OSError, termios.error)

Answer = TypeVar("Answer")


class _Refused(Exception):
    """The port is open, but what is behind it does not do as an IR Toy does."""


class SerialIr:
    """Presses keys by sending their timings to an IR Toy, firmware 20 or later.

    `press` returns when the toy reports that the light has gone out.
    """

    name = "ir"

    def __init__(self, port: str, keys: IrKeyMap, clock: Clock | None = None) -> None:
        self.port = port
        self.keys = keys
        self._clock = clock or MonotonicClock()
        self._serial: serial.Serial | None = None
        self._toggle = 0
        self._version = ""

    def open(self) -> None:
        """Open the port and put the toy into sampling mode; idempotent. Raises ControlLost."""
        if self._serial is None:
            self._guarded(self._connect)

    def press(self, key: str, *, hold_s: float = 0.0) -> Press:
        """Press a key for at least `hold_s` seconds.

        Raises PlanError for a key that is not in the key map, ControlLost when the toy does not answer.
        """
        burst = self.keys.burst(key, self._toggle, hold_s)
        self._toggle ^= 1
        self.open()
        start_ns, end_ns = self._guarded(lambda: self._send(burst))
        return Press(key, start_ns, end_ns, self.name)

    def close(self) -> None:
        """Reset the toy, so that it does not go on sampling, and release the port; idempotent."""
        port, self._serial = self._serial, None
        if port is None:
            return
        try:
            port.write(irtoy.RESET)
            port.close()
        except PORT_ERRORS:
            return

    def version(self) -> str:
        """Return what the toy says of itself, such as `V222`: hardware 2, firmware 22."""
        self.open()
        return self._version

    def _connect(self) -> None:
        port = serial.Serial(self.port, 115_200, timeout=ANSWER_S, write_timeout=ANSWER_S, exclusive=True)
        self._serial = port
        port.write(irtoy.RESET)
        self._drain(port)
        port.write(irtoy.VERSION)
        self._version = self._read(irtoy.VERSION_LENGTH).decode("latin-1")
        if not self._version.startswith("V") or not self._version[2:].isdecimal():
            raise _Refused(f"answered {self._version!r}, which is not an IR Toy's version")
        if int(self._version[2:]) < irtoy.LEAST_FIRMWARE:
            raise _Refused(
                f"firmware {self._version[2:]} is too old; update it to {irtoy.LEAST_FIRMWARE} or later"
            )
        port.write(irtoy.SAMPLING_MODE)
        answer = self._read(len(irtoy.SAMPLING_PROTOCOL))
        if answer != irtoy.SAMPLING_PROTOCOL:
            raise _Refused(f"answered {answer!r} instead of entering its sampling mode")

    def _send(self, burst: Burst) -> tuple[int, int]:
        """Send one burst; return when it was about to leave, and when it was out."""
        port = self._open_port()
        data = irtoy.to_bytes(burst.timings_us)
        port.reset_input_buffer()
        if burst.carrier_hz:
            port.write(irtoy.carrier_command(burst.carrier_hz))
        start_ns = self._clock.now_ns()
        port.write(irtoy.TRANSMIT)
        sent = 0
        while sent < len(data):
            room = self._read(1)[0]
            if not room:
                raise _Refused("has no room for the burst")
            port.write(data[sent : sent + room])
            sent += min(room, len(data) - sent)
        self._read(1)
        port.timeout = ANSWER_S + burst.duration_us / 1e6
        count, completion = self._read(3), self._read(1)
        end_ns = self._clock.now_ns()
        port.timeout = ANSWER_S
        if count != irtoy.COUNT + sent.to_bytes(2, "big") or completion != irtoy.COMPLETE:
            raise _Refused(f"did not send the burst whole (it said {count + completion!r})")
        return start_ns, end_ns

    def _drain(self, port: serial.Serial) -> None:
        """Throw away what the toy had received before."""
        port.timeout = SETTLE_S
        for _ in range(MOST_STALE_READS):
            if not port.read(4096):
                break
        port.timeout = ANSWER_S

    def _read(self, size: int) -> bytes:
        data: bytes = self._open_port().read(size)
        if len(data) < size:
            raise _Refused("does not answer")
        return data

    def _open_port(self) -> serial.Serial:
        if self._serial is None:
            raise _Refused("is closed")
        return self._serial

    def _guarded(self, act: Callable[[], "Answer"]) -> "Answer":
        """Do `act`; whatever the port says no with becomes ControlLost, and the next press opens it anew."""
        try:
            return act()
        except (*PORT_ERRORS, _Refused) as error:
            self.close()
            raise ControlLost(f"infrared port {self.port}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Say in one line what is wrong and what to do."""
    if isinstance(error, _Refused):
        return f"{error}; is an IR Toy (firmware {irtoy.LEAST_FIRMWARE}+) plugged in there?"
    if "configure port" in str(error):
        return "this is not a serial port; correct the URI in the device's YAML"
    number = error.args[0] if isinstance(error, termios.error) else getattr(error, "errno", None)
    known = {
        errno.ENOENT: "there is no such port; plug the blaster in, or correct the URI in the device's YAML",
        errno.EACCES: "permission denied; add yourself to the group that owns it (often `dialout`)",
        errno.EAGAIN: "another program has it open; one device can have one controller only",
        errno.EBUSY: "another program has it open; one device can have one controller only",
        errno.EIO: "it went away; was the blaster unplugged?",
    }
    return known.get(number or 0, " ".join(str(error).split()) or "it went away")
