"""An infrared blaster: presses the keys of an infrared key map by sending their timings."""

from abc import ABC, abstractmethod

from harness.clock import Clock, MonotonicClock
from harness.control.faults import told
from harness.control.infrared import Burst
from harness.control.keymap import IrKeyMap
from harness.timeline import Press


class Blaster(ABC):
    """What every blaster does; a driver says how one connects and sends.

    `_connect`, `_send` and `_disconnect` may raise any of `faults.LINE_ERRORS`: it becomes one line of
    ControlLost, and the next press connects anew.

    Parameters
    ----------
    port : str
        Where it is, for messages: `/dev/ttyACM0`, `192.168.1.9:4998`.
    keys : IrKeyMap
        What each key sends.
    clock : Clock, optional
        Stamps the presses.
    """

    name = "ir"
    what = "infrared port"
    """Begins each message, before the port."""

    def __init__(self, port: str, keys: IrKeyMap, clock: Clock | None = None) -> None:
        self.port = port
        self.keys = keys
        self._clock = clock or MonotonicClock()
        self._toggle = 0

    def open(self) -> None:
        """Connect; idempotent. Raises ControlLost."""
        if not self._is_open():
            with told(f"{self.what} {self.port}", self.close, self._path()):
                self._connect()

    def press(self, key: str, *, hold_s: float = 0.0) -> Press:
        """Press a key for at least `hold_s` seconds; returns once its light is out.

        Raises PlanError for a key that is not in the key map, InputError for a code that this blaster cannot
        send, ControlLost when the blaster does not answer.
        """
        burst = self.keys.burst(key, self._toggle, hold_s)
        self._toggle ^= 1
        self.open()
        with told(f"{self.what} {self.port}", self.close, self._path()):
            start_ns, end_ns = self._send(burst)
        return Press(key, start_ns, end_ns, self.name)

    def close(self) -> None:
        """Release the blaster; idempotent, never raises."""
        self._disconnect()

    def _path(self) -> str | None:
        """Return the device file, for who may use it."""
        return self.port if self.port.startswith("/") else None

    @abstractmethod
    def _is_open(self) -> bool:
        """Return whether it is connected."""

    @abstractmethod
    def _connect(self) -> None:
        """Connect, and see that it is what it should be."""

    @abstractmethod
    def _send(self, burst: Burst) -> tuple[int, int]:
        """Send one burst; return when it was about to leave, and when it was out (ns)."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Let go; idempotent, never raises."""
