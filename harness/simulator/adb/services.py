"""The services that a client can open by name: shells, file sync, reboot."""

import asyncio
from dataclasses import dataclass
from functools import partial

from harness.simulator.adb.connection import Service
from harness.simulator.adb.files import DeviceFiles
from harness.simulator.adb.interactive import run_interactively
from harness.simulator.adb.shell import Context, DeviceLog, run_script
from harness.simulator.adb.stream import Stream
from harness.simulator.adb.sync import SyncService
from harness.simulator.adb.terminal import PacketTerminal, RawTerminal, Terminal
from harness.simulator.api import DeviceApi

FEATURES = ("shell_v2", "stat_v2", "ls_v2", "fixed_push_mkdir")
REFUSALS = {
    "root": "adbd cannot run as root in production builds\n",
    "unroot": "adbd not running as root\n",
    "tcpip": "this device is on TCP already, and stays on its port\n",
    "usb": "this device has no USB\n",
    "remount": "remount failed: this device has no system partition to write to\n",
}


@dataclass(frozen=True, slots=True)
class Device:
    """All that the services act on."""

    api: DeviceApi
    files: DeviceFiles
    log: DeviceLog


def banner(api: DeviceApi) -> bytes:
    """Return what the device says of itself when a client connects."""
    names = ("ro.product.name", "ro.product.model", "ro.product.device")
    told = [f"{name}={_plain(api.properties.get(name, 'virtual'))}" for name in names]
    return ("device::" + ";".join([*told, "features=" + ",".join(FEATURES)])).encode()


def find_service(name: str, device: Device) -> Service | None:
    """Return what serves `name` (`shell,v2,raw:getprop`), or None when the device has no such service."""
    kind, colon, argument = name.partition(":")
    verb, *options = kind.split(",")
    if not colon:
        return None
    if verb in ("shell", "exec"):
        return partial(_shell, device, argument, frozenset(options))
    if verb == "sync":
        return partial(_sync, device)
    if verb == "reboot":
        return partial(_reboot, device, argument)
    if verb in REFUSALS:
        return partial(_refuse, REFUSALS[verb])
    return None


async def _shell(device: Device, script: str, options: frozenset[str], stream: Stream) -> None:
    terminal: Terminal = PacketTerminal(stream) if "v2" in options else RawTerminal(stream)
    context = Context(device.api, device.files, device.log, terminal)
    if script:
        status = await run_script(script, context)
    else:
        status = await run_interactively(context, echo="raw" not in options)
    await terminal.exit(status)


async def _sync(device: Device, stream: Stream) -> None:
    await SyncService(stream, device.files).run()


async def _reboot(device: Device, mode: str, stream: Stream) -> None:
    if mode:
        await _refuse(f"this device cannot reboot into {mode!r}\n", stream)
    else:
        await asyncio.to_thread(device.api.reboot)


async def _refuse(text: str, stream: Stream) -> None:
    await stream.write(text.encode())


def _plain(value: str) -> str:
    return "".join(letter for letter in value if letter.isprintable() and letter not in ";,=:")
