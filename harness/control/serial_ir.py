"""Infrared through a USB IR Toy (or what speaks like one) on a serial port: `ir:/dev/ttyACM0`."""

from contextlib import suppress

import serial

from harness.clock import NS_PER_S, Clock
from harness.control.blaster import Blaster
from harness.control.faults import LINE_ERRORS, Refused, told
from harness.control.infrared import Burst, irtoy, pronto
from harness.control.infrared.learning import tidied
from harness.control.keymap import IrKeyMap, load_ir_keys
from harness.control.uri import Wanted
from harness.errors import ConfigError

ANSWER_S = 2.0
"""An IR Toy answers within milliseconds; a port that does not is not one."""

SETTLE_S = 0.05
"""How long a port must be quiet behind the reset before what it says counts as an answer."""

LONGEST_LIGHT = 65_536
"""Bytes that are listened to without an end: that is a lamp."""

MOST_STALE_READS = 64
"""Under a flickering lamp a toy never stops sampling; then the version that it is asked for tells."""


def make(wanted: Wanted) -> "SerialIr":
    """Return the control of `ir:PORT?protocol=NAME`; the option must agree with the key map."""
    port, options = wanted.parts("protocol")
    keys = load_ir_keys(wanted.keys())
    if options.get("protocol", keys.protocol) != keys.protocol:
        raise ConfigError(
            f"{wanted.uri}: the key map {wanted.keymap} is for {keys.protocol}, not {options['protocol']}"
        )
    return SerialIr(port, keys, wanted.clock)


class SerialIr(Blaster):
    """Sends by an IR Toy, firmware 20 or later.

    `press` returns when the toy reports that the light has gone out.
    """

    def __init__(self, port: str, keys: IrKeyMap, clock: Clock | None = None) -> None:
        super().__init__(port, keys, clock)
        self._serial: serial.Serial | None = None
        self._version = ""

    def version(self) -> str:
        """Return what the toy says of itself, such as `V222`: hardware 2, firmware 22."""
        self.open()
        return self._version

    def learn(self, timeout_s: float) -> str:
        """Wait for a press of the real remote control before the toy; return it as Pronto hex.

        The toy does not measure the carrier: that of the code's protocol is written, else 38 kHz. Raises
        ControlLost when none comes in time, InputError for light that is no code.
        """
        self.open()
        with told(f"{self.what} {self.port}", self.close, self.port):
            port, data = self._open_port(), bytearray()
            self._drain(port)
            end_ns = self._clock.now_ns() + round(timeout_s * NS_PER_S)
            port.timeout = SETTLE_S
            while not data.endswith(irtoy.END):
                if self._clock.now_ns() >= end_ns or len(data) > LONGEST_LIGHT:
                    raise Refused(
                        f"no key was seen in {timeout_s:g} s; hold the remote a hand's breadth before it"
                    )
                data += port.read(4096)
            port.timeout = ANSWER_S
        return pronto.write(tidied(Burst(0.0, irtoy.from_bytes(bytes(data)))))

    def _is_open(self) -> bool:
        return self._serial is not None

    def _connect(self) -> None:
        port = serial.Serial(self.port, 115_200, timeout=ANSWER_S, write_timeout=ANSWER_S, exclusive=True)
        self._serial = port
        port.write(irtoy.RESET)
        self._drain(port)
        port.write(irtoy.VERSION)
        self._version = self._read(irtoy.VERSION_LENGTH).decode("latin-1")
        if not self._version.startswith("V") or not self._version[2:].isdecimal():
            raise _refused(f"answered {self._version!r}, which is not an IR Toy's version")
        if int(self._version[2:]) < irtoy.LEAST_FIRMWARE:
            raise _refused(
                f"firmware {self._version[2:]} is too old; update it to {irtoy.LEAST_FIRMWARE} or later"
            )
        port.write(irtoy.SAMPLING_MODE)
        answer = self._read(len(irtoy.SAMPLING_PROTOCOL))
        if answer != irtoy.SAMPLING_PROTOCOL:
            raise _refused(f"answered {answer!r} instead of entering its sampling mode")

    def _disconnect(self) -> None:
        """Reset the toy, so that it does not go on sampling, and release the port."""
        port, self._serial = self._serial, None
        if port is None:
            return
        with suppress(*LINE_ERRORS):
            port.write(irtoy.RESET)
        with suppress(*LINE_ERRORS):
            port.close()

    def _send(self, burst: Burst) -> tuple[int, int]:
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
                raise _refused("has no room for the burst")
            port.write(data[sent : sent + room])
            sent += min(room, len(data) - sent)
        self._read(1)
        port.timeout = ANSWER_S + burst.duration_us / 1e6
        count, completion = self._read(3), self._read(1)
        end_ns = self._clock.now_ns()
        port.timeout = ANSWER_S
        if count != irtoy.COUNT + sent.to_bytes(2, "big") or completion != irtoy.COMPLETE:
            raise _refused(f"did not send the burst whole (it said {count + completion!r})")
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
            raise _refused("does not answer")
        return data

    def _open_port(self) -> serial.Serial:
        if self._serial is None:
            raise _refused("is closed")
        return self._serial


def _refused(words: str) -> Refused:
    return Refused(f"{words}; is an IR Toy (firmware {irtoy.LEAST_FIRMWARE}+) plugged in there?")
