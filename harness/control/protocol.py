"""The verbs every way of controlling a device answers to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from harness.timeline import Press


@runtime_checkable
class Control(Protocol):
    """A remote control: infrared, ADB, network.

    All methods raise `ControlLost` when the connection is gone, with one line that says what to do.
    """

    name: str
    """A short word for reports: `adb`, `ir`."""

    def open(self) -> None:
        """Connect; idempotent. Raises ControlLost within 10 s when nothing answers."""

    def press(self, key: str, *, hold_s: float = 0.0) -> Press:
        """Press one key by its HDMI-CEC name; return when it began and ended.

        Raises PlanError for a key that is not in the key map, naming the nearest one.
        """

    def close(self) -> None:
        """Release the port; idempotent, never raises."""


@runtime_checkable
class Asks(Protocol):
    """A control that hears from the device itself whether it is there (ADB, CEC, network)."""

    def ask(self) -> None:
        """See that the device answers; raises ControlLost, or DeviceError when it answers too late."""


@runtime_checkable
class Launches(Protocol):
    """A control that can start an app by its id (Roku)."""

    def launch(self, app: str) -> None:
        """Start an app; raises PlanError for what is no id, DeviceError for one that is not there."""


@runtime_checkable
class Learns(Protocol):
    """A blaster that can learn a key from the real remote control (IR Toy, iTach, kernel)."""

    def learn(self, timeout_s: float) -> str:
        """Wait for a press of the real remote control; return its code as Pronto hex.

        Raises ControlLost when none comes in time, InputError for light that is no code.
        """


@dataclass(frozen=True, slots=True)
class ShellResult:
    """What a command on the device printed, and its exit status."""

    stdout: str
    stderr: str
    status: int


@runtime_checkable
class Shell(Protocol):
    """A control that can also run commands on the device (ADB)."""

    def shell(self, argv: Sequence[str], *, timeout_s: float = 10.0) -> ShellResult:
        """Run one command; each word is quoted, so nothing in it can reach the device's shell."""
