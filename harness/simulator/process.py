"""The virtual device as a process: device, tick loop, HDMI output, ADB daemon, infrared receiver."""

import contextlib
import json
import os
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.capture.hdmi_link import HdmiOutput
from harness.errors import InputError, RigError
from harness.impair.base import FaultSpec
from harness.simulator.adb import AdbDaemon
from harness.simulator.device import VirtualStb
from harness.simulator.faults import FaultBoard
from harness.simulator.infrared import InfraredReceiver
from harness.simulator.loop import TickLoop
from harness.simulator.screen.screen import Preferences
from harness.simulator.titles.library import Library

LARGEST_PPM = 1000.0
LARGEST_PORT = 65_535
ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a virtual device is started with.

    Parameters
    ----------
    mode : a name in `MODES`
    titles : directory of media files, each of which becomes a title; None for our own titles alone
    adb_port : 0 picks a free one
    adb_auth : whether ADB asks for an authorised key
    faults : faults that come with every playback
    clock_ppm : how much faster the device's clock runs than the host's, -1000..1000
    start_up_s : from the order to play until the first frame

    """

    mode: str = "720p50"
    titles: Path | None = None
    adb_port: int = 0
    adb_auth: bool = False
    faults: Sequence[FaultSpec] = ()
    clock_ppm: float = 0.0
    start_up_s: float = 0.8


def serve(simulation: Simulation, *, until_stdin_closes: bool = False) -> None:
    """Run the device until a signal to end or (if asked) the end of stdin; print one JSON line when ready."""
    with _ended_by_signals() as stop, _running(simulation) as (loop, addresses):
        if until_stdin_closes:
            threading.Thread(target=_wait_for_stdin, args=(stop,), name="stdin", daemon=True).start()
        print(json.dumps(addresses), flush=True)
        loop.run(stop)


@contextmanager
def _ended_by_signals() -> Iterator[threading.Event]:
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in ENDINGS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _running(simulation: Simulation) -> Iterator[tuple[TickLoop, dict[str, object]]]:
    _check(simulation)
    preferences = Preferences(start_up_s=simulation.start_up_s)
    board = FaultBoard(simulation.faults)
    device = VirtualStb(Library(simulation.titles), simulation.mode, preferences, board)
    with ExitStack() as open_things:
        folder = Path(open_things.enter_context(tempfile.TemporaryDirectory(prefix="harness-stb-")))
        output = HdmiOutput(folder / "hdmi.sock")
        open_things.callback(output.close)
        adb = AdbDaemon(device, "127.0.0.1", simulation.adb_port, simulation.adb_auth, folder / "sdcard")
        try:
            port = adb.start()
        except OSError as error:
            raise RigError(
                f"ADB port {simulation.adb_port}: {error}; choose another with --adb-port"
            ) from None
        open_things.callback(adb.stop)
        device.adb = adb
        infrared = InfraredReceiver(device)
        pty = infrared.start()
        open_things.callback(infrared.stop)
        addresses = {"adb": f"127.0.0.1:{port}", "ir": str(pty), "hdmi": str(output.path), "pid": os.getpid()}
        yield TickLoop(device, output, simulation.clock_ppm), addresses


def _check(simulation: Simulation) -> None:
    if not abs(simulation.clock_ppm) <= LARGEST_PPM:
        raise InputError(f"clock_ppm {simulation.clock_ppm:g}: must lie within +-{LARGEST_PPM:g}")
    if not 0 <= simulation.adb_port <= LARGEST_PORT:
        raise InputError(f"adb_port {simulation.adb_port}: must lie within 0 and {LARGEST_PORT}")
    if not 0 <= simulation.start_up_s <= 60:
        raise InputError(f"start_up_s {simulation.start_up_s:g}: must lie within 0 and 60 seconds")


def _wait_for_stdin(stop: threading.Event) -> None:
    # Not through sys.stdin: a thread that waits in there keeps the interpreter from ending.
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    stop.set()
