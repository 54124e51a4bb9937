"""Infrared devices and CEC adapters that the kernel drives: `/dev/lirc*`, `/dev/cec*`."""

import os
from collections.abc import Callable
from pathlib import Path

from harness.control import cec_device, lirc_device
from harness.control.faults import reason
from harness.ports import Port

DEV, SYS = Path("/dev"), Path("/sys/class/lirc")


def find(dev: Path = DEV) -> list[Port]:
    """Return every one, with what keeps it from being used as its note."""
    infrared = [_port("infrared", "rc", path, _infrared) for path in sorted(dev.glob("lirc[0-9]*"))]
    cec = [_port("cec", "cec", path, _cec) for path in sorted(dev.glob("cec[0-9]*"))]
    return infrared + cec


def _port(kind: str, scheme: str, path: Path, look: Callable[[int, Path], tuple[str, str]]) -> Port:
    name, note = path.name, ""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            name, note = look(descriptor, path)
        finally:
            os.close(descriptor)
    except OSError as error:
        note = reason(error, str(path))
    return Port("cec" if kind == "cec" else "infrared", f"{scheme}:{path}", name, note)


def _infrared(descriptor: int, path: Path) -> tuple[str, str]:
    """Return what the device calls itself, and what it can do."""
    can = lirc_device.features(descriptor)
    ways = [
        word
        for word, bit in (("send", lirc_device.CAN_SEND), ("learn", lirc_device.CAN_RECEIVE))
        if can & bit
    ]
    return _driver(path.name) or path.name, f"can {' and '.join(ways)}" if ways else "cannot send"


def _driver(name: str) -> str:
    """Return the name that the kernel has for an infrared device."""
    try:
        lines = (SYS / name / "device" / "uevent").read_text(errors="replace").splitlines()
    except OSError:
        return ""
    fields = dict(line.partition("=")[::2] for line in lines)
    return fields.get("DEV_NAME", "").strip('"') or fields.get("DRV_NAME", "")


def _cec(descriptor: int, _: Path) -> tuple[str, str]:
    """Return what the adapter calls itself, and what it lacks."""
    found = cec_device.adapter(descriptor)
    note = "" if found.capabilities & cec_device.CAN_TRANSMIT else "cannot send"
    return f"{found.name} ({found.driver})", note
