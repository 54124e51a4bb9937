"""Infrared through a Global Caché iTach or Flex on the network: `itach:192.168.1.9:4998/1:1`."""

import re
import socket

from harness.clock import Clock
from harness.control.blaster import Blaster
from harness.control.faults import Refused, told
from harness.control.infrared import Burst, itach, pronto
from harness.control.infrared.learning import tidied
from harness.control.keymap import IrKeyMap, load_ir_keys
from harness.control.lines import Lines
from harness.control.uri import Wanted, host_and_port

ANSWER_S = 3.0
BUSY_S = 0.2
MOST_BUSY = 10
"""So often a press is tried again while the connector sends for somebody else."""

MOST_LINES = 64


def make(wanted: Wanted) -> "ItachControl":
    """Return the control of `itach:HOST[:PORT][/MODULE:CONNECTOR]`."""
    address, _ = wanted.parts()
    host, slash, connector = address.partition("/")
    connector = connector if slash else "1:1"
    if not re.fullmatch(r"\d{1,2}:\d{1,2}", connector):
        raise wanted.wrong(f"{connector!r} is not MODULE:PORT such as 1:1")
    try:
        name, port = host_and_port(host, itach.TCP_PORT)
    except ValueError as error:
        raise wanted.wrong(str(error)) from None
    return ItachControl((name, port), connector, load_ir_keys(wanted.keys()), wanted.clock)


class ItachControl(Blaster):
    """Sends by one connector of an iTach; `press` returns when it reports that the light is out.

    Parameters
    ----------
    address : tuple of str and int
        Host and TCP port.
    connector : str
        `MODULE:PORT`.
    """

    what = "iTach"

    def __init__(
        self, address: tuple[str, int], connector: str, keys: IrKeyMap, clock: Clock | None = None
    ) -> None:
        super().__init__(f"{address[0]}:{address[1]}", keys, clock)
        self._address = address
        self._connector = connector
        self._lines: Lines | None = None
        self._number = 0

    def learn(self, timeout_s: float) -> str:
        """Wait for a press of the real remote control before the iTach's learner; return it as Pronto hex.

        Raises ControlLost when none comes in time.
        """
        self.open()
        with told(f"{self.what} {self.port}", self.close):
            if self._ask("get_IRL") != "IR Learner Enabled":
                raise Refused("its learner is not available: a port is set to LED lighting")
            try:
                line = self._open_lines().read(timeout_s)
            except TimeoutError:
                raise Refused(
                    f"no key was seen in {timeout_s:g} s; hold the remote a few centimetres from its learner"
                ) from None
            if self._ask("stop_IRL", skip="sendir") != "IR Learner Disabled":
                raise Refused("its learner does not end")
        return pronto.write(tidied(itach.learned(line)))

    def version(self) -> str:
        """Return what the box says of its firmware, such as `710-1005-05`; raises ControlLost."""
        self.open()
        with told(f"{self.what} {self.port}", self.close):
            return self._ask("getversion")

    def _is_open(self) -> bool:
        return self._lines is not None

    def _connect(self) -> None:
        connection = socket.create_connection(self._address, ANSWER_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = Lines(connection, itach.END, itach.LONGEST_LINE, self._clock)
        module = self._connector.partition(":")[0]
        modules = self._modules()
        kind = modules.get(module)
        if kind is None or "IR" not in kind:
            has = ", ".join(f"{number} ({words})" for number, words in modules.items()) or "none"
            raise Refused(f"its module {module} does not send infrared; it has {has}: correct the URI")

    def _modules(self) -> dict[str, str]:
        """Return what each module is, such as `3 IR`."""
        self._open_lines().write("getdevices", ANSWER_S)
        modules: dict[str, str] = {}
        for _ in range(MOST_LINES):
            try:
                line = self._open_lines().read(ANSWER_S)
            except TimeoutError:
                break
            if line == "endlistdevices":
                return modules
            found = re.match(r"device,(\d+),(.*)", line)
            if not found:
                break
            modules[found[1]] = found[2]
        raise Refused("it does not answer as an iTach does; is this the right address?")

    def _send(self, burst: Burst) -> tuple[int, int]:
        self._number = self._number % itach.LAST_ID + 1
        request = itach.sendir(self._connector, self._number, burst)
        lines = self._fresh()
        for _ in range(MOST_BUSY):
            start_ns = self._clock.now_ns()
            lines.write(request, ANSWER_S)
            if self._answer(ANSWER_S + burst.duration_us / 1e6):
                return start_ns, self._clock.now_ns()
            self._clock.sleep_s(BUSY_S)
        raise Refused(f"connector {self._connector} is busy: somebody else sends by it all the time")

    def _answer(self, timeout_s: float) -> bool:
        """Return whether it was sent, or was refused for now because the connector is busy."""
        name = f"{self._connector},{self._number}"
        for _ in range(MOST_LINES):
            line = self._open_lines().read(timeout_s)
            if line == f"completeir,{name}":
                return True
            if line.startswith(f"busyIR,{self._connector}"):
                return False
            if line.startswith(f"stopir,{self._connector}"):
                raise Refused(
                    "somebody else stopped it in the middle; one device can have one controller only"
                )
            if refusal := itach.refusal(line):
                raise Refused(refusal)
        raise Refused("it does not say whether the code was sent")

    def _ask(self, request: str, skip: str = "completeir") -> str:
        """Return the answer to a request, past lines that begin with `skip`."""
        self._open_lines().write(request, ANSWER_S)
        for _ in range(MOST_LINES):
            line = self._open_lines().read(ANSWER_S)
            if refusal := itach.refusal(line):
                raise Refused(refusal)
            if not line.startswith(skip):
                return line
        raise Refused("it does not answer as an iTach does; is this the right address?")

    def _fresh(self) -> Lines:
        """Return the connection with nothing stale in it, anew if the iTach has hung up meanwhile."""
        try:
            self._open_lines().drop_stale()
        except (EOFError, OSError):
            self._disconnect()
            self._connect()
        return self._open_lines()

    def _open_lines(self) -> Lines:
        if self._lines is None:
            raise Refused("it is closed")
        return self._lines

    def _disconnect(self) -> None:
        lines, self._lines = self._lines, None
        if lines is not None:
            lines.close()
