"""Blasters on serial ports: an IR Toy by its USB number, Arduinos and the adapters that many of them have."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from serial.tools import list_ports

from harness.control.faults import reason
from harness.ports import Port

IR_TOY = (0x04D8, 0xFD08)
ARDUINO_VENDORS = (0x2341, 0x2A03)
ADAPTERS = {(0x1A86, 0x7523): "CH340", (0x0403, 0x6001): "FT232R", (0x10C4, 0xEA60): "CP210x"}
"""USB numbers of the serial adapters on most boards that are made like an Arduino."""

BY_ID = Path("/dev/serial/by-id")


class Found(Protocol):
    """What pyserial tells of a port."""

    device: str
    vid: int | None
    pid: int | None
    product: str | None


def find(ports: Iterable[Found] | None = None, by_id: Path = BY_ID) -> list[Port]:
    """Return the ports that a blaster may be behind; those that are not on USB are left out."""
    lasting = _lasting(by_id)
    found = list_ports.comports() if ports is None else ports
    return [port for one in found if (port := _port(one, lasting.get(one.device, one.device)))]


def _port(found: Found, path: str) -> Port | None:
    numbers = (found.vid or 0, found.pid or 0)
    if numbers == IR_TOY:
        return Port("infrared", f"ir:{path}", found.product or "USB IR Toy", _note(found.device, ""))
    if found.vid in ARDUINO_VENDORS:
        note = _note(found.device, "an Arduino: load devices/firmware/ir_blaster onto it")
        return Port("infrared", f"arduino:{path}", found.product or "Arduino", note)
    if numbers in ADAPTERS:
        note = _note(found.device, "a serial adapter: a blaster if an Arduino with our sketch is behind it")
        return Port("infrared", f"arduino:{path}", found.product or ADAPTERS[numbers], note)
    return None


def _note(path: str, note: str) -> str:
    """Return what keeps a port from being used, else `note`."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        return reason(error, path)
    return note


def _lasting(by_id: Path) -> dict[str, str]:
    """Return for each port the name that stays the same over a reboot."""
    try:
        return {str(link.resolve()): str(link) for link in sorted(by_id.iterdir())}
    except OSError:
        return {}
