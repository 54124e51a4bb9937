"""What this machine has that captures and controls a device, and what to do where it has nothing."""

import grp
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from harness.capture.discovery import capture_ports
from harness.clock import MonotonicClock, seconds_to_ns
from harness.control.discovery import control_ports
from harness.enrol.side_by_side import side_by_side
from harness.errors import HarnessError
from harness.ports import Port

LOOK_S = 8.0
VIRTUAL = Port("virtual", "virtual:", "Virtual set-top box", "no hardware needed: picture, ADB, infrared")
GROUPS = {"video": "capture cards", "audio": "sound inputs", "dialout": "serial blasters"}
NOTHING = {
    "capture": "No capture card was found. Plug one into USB 3 and the device into its HDMI input.",
    "control": "No remote control was found. Allow debugging in the Android device's developer settings, and "
    "type its address (adb:192.168.1.7:5555); or plug in an infrared blaster or a CEC adapter.",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The ports of this machine; `trouble` says what could not be looked for."""

    captures: list[Port] = field(default_factory=list)
    controls: list[Port] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    @property
    def ports(self) -> list[Port]:
        """Return them all, the virtual set-top box last."""
        return [*self.captures, *self.controls, VIRTUAL]

    def advice(self) -> list[str]:
        """Say what to do about all that was not found."""
        missing = [*self.advice_for("capture"), *self.advice_for("control")]
        return missing + (_groups() if missing else []) + self.trouble

    @property
    def cards(self) -> list[Port]:
        """Return what captures a picture; the others are sound inputs."""
        return [port for port in self.captures if port.kind == "capture"]

    @property
    def sounds(self) -> list[Port]:
        """Return the sound inputs that can be named beside a card."""
        return [port for port in self.captures if port.kind == "sound" and port.uri != "sound:NAME"]

    def advice_for(self, what: Literal["capture", "control"]) -> list[str]:
        """Say what to do where nothing of that kind was found."""
        return [] if {"capture": self.cards, "control": self.controls}[what] else [NOTHING[what]]

    def further(self) -> list[str]:
        """Say what else may be in the way: groups, and what could not be looked for."""
        return [words for words in self.advice() if words not in NOTHING.values()]


def look(
    captures: Callable[[], Sequence[Port]] = capture_ports,
    controls: Callable[[float], Sequence[Port]] = control_ports,
    within_s: float = LOOK_S,
    listen_s: float = 0.0,
) -> Found:
    """Return what is found on this machine within some seconds; with `listen_s`, on its network, too."""
    clock = MonotonicClock()
    end_ns = clock.now_ns() + seconds_to_ns(within_s + listen_s)
    found = Found()
    tasks = {"capture cards": lambda: list(captures()), "controls": lambda: list(controls(listen_s))}
    places = {"capture cards": found.captures, "controls": found.controls}
    for what, answer in side_by_side(tasks, end_ns, clock):
        if answer is None:
            found.trouble.append(f"Looking for {what} did not end within {within_s:g} s: unplug what hangs.")
        elif isinstance(answer, HarnessError):
            found.trouble.append(f"Looking for {what} failed: {answer}")
        else:
            places[what].extend(answer)
    return found


def _groups() -> list[str]:
    """Name the groups that open the ports, of those this user is not in."""
    if not os.getuid():
        return []
    mine = {*os.getgroups(), os.getegid()}
    missing = []
    for name in GROUPS:
        try:
            missing += [] if grp.getgrnam(name).gr_gid in mine else [name]
        except KeyError:
            continue
    if not missing:
        return []
    what = ", ".join(f"{name} ({GROUPS[name]})" for name in missing)
    return [
        f"You are not in the groups {what}: "
        f"run `sudo usermod -aG {','.join(missing)} $USER` and log in again."
    ]
