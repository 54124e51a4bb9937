"""Infrared through an Arduino with our sketch, `devices/firmware/ir_blaster`: `arduino:/dev/ttyUSB0`."""

import secrets

import serial

from harness.clock import NS_PER_S, Clock
from harness.control.blaster import Blaster
from harness.control.faults import Refused
from harness.control.infrared import Burst, arduino
from harness.control.keymap import IrKeyMap, load_ir_keys
from harness.control.uri import Wanted, whole_number

BAUD = 115_200
HIGHEST_BAUD = 2_000_000
START_S = 6.0
"""Opening the port resets most boards, and their boot loader takes two seconds."""

ASK_EVERY_S = 0.5
ANSWER_S = 3.0


def make(wanted: Wanted) -> "ArduinoIr":
    """Return the control of `arduino:PORT?baud=115200`."""
    port, options = wanted.parts("baud")
    try:
        baud = whole_number(options.get("baud", str(BAUD)), HIGHEST_BAUD)
    except ValueError as error:
        raise wanted.wrong(f"baud: {error}") from None
    return ArduinoIr(port, load_ir_keys(wanted.keys()), wanted.clock, baud=baud)


class ArduinoIr(Blaster):
    """Sends by an Arduino; `press` returns when the board says that the light is out."""

    what = "Arduino"

    def __init__(self, port: str, keys: IrKeyMap, clock: Clock | None = None, *, baud: int = BAUD) -> None:
        super().__init__(port, keys, clock)
        self._baud = baud
        self._serial: serial.Serial | None = None
        self._most = 0

    def version(self) -> str:
        """Return what the sketch says of itself; raises ControlLost."""
        self.open()
        return f"sketch version {arduino.VERSION}, room for {self._most} durations"

    def _is_open(self) -> bool:
        return self._serial is not None

    def _connect(self) -> None:
        self._serial = serial.Serial(self.port, self._baud, write_timeout=ANSWER_S, exclusive=True)
        end_ns = self._clock.now_ns() + round(START_S * NS_PER_S)
        token = 1 + secrets.randbelow(arduino.LAST_TOKEN // 2)
        self._say(arduino.ask(token))
        while self._clock.now_ns() < end_ns:
            line = self._line(ASK_EVERY_S)
            if self._greeted(line, token):
                return
            if not line:
                # The boot loader has swallowed the question; what answers the last one is the last answer.
                token += 1
                self._say(arduino.ask(token))
        raise Refused(
            "no Arduino with the sketch devices/firmware/ir_blaster answers; load it, or correct the URI"
        )

    def _greeted(self, line: str, token: int) -> bool:
        """Return whether a line is the answer to our question; raises Refused for another sketch."""
        found = arduino.GREETING.fullmatch(line)
        if found and int(found[1]) != arduino.VERSION:
            raise Refused(
                f"its sketch speaks version {found[1]}, and this harness {arduino.VERSION}:"
                " load devices/firmware/ir_blaster onto it anew"
            )
        if not found or int(found[3]) != token:
            return False
        self._most = int(found[2])
        return True

    def _send(self, burst: Burst) -> tuple[int, int]:
        request = arduino.send(burst, self._most)
        self._port().reset_input_buffer()
        start_ns = self._clock.now_ns()
        self._say(request)
        answer = self._line(ANSWER_S + burst.duration_us / 1e6)
        end_ns = self._clock.now_ns()
        if arduino.GREETING.fullmatch(answer):
            raise Refused(
                "it restarted in the middle of a code; is its power supply strong enough for the LED?"
            )
        if answer != arduino.DONE:
            raise Refused(f"it did not send the code (it said {answer[:60]!r})")
        return start_ns, end_ns

    def _say(self, line: str) -> None:
        self._port().write(line.encode("ascii") + arduino.END)

    def _line(self, timeout_s: float) -> str:
        """Return the next line; what there is of it when time is over."""
        port = self._port()
        port.timeout = timeout_s
        data: bytes = port.read_until(arduino.END, arduino.LONGEST_LINE)
        return data.decode("latin-1").strip()

    def _port(self) -> serial.Serial:
        if self._serial is None:
            raise Refused("it is closed")
        return self._serial

    def _disconnect(self) -> None:
        port, self._serial = self._serial, None
        if port is not None:
            port.close()
