"""Starts a virtual device as a process of its own, and never leaves one behind."""

import json
import logging
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from harness.errors import RigError
from harness.impair.base import FaultSpec

READY_S: Final = 60.0
STOP_S: Final = 10.0
STDERR_LINES: Final = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VirtualDevice:
    """Where a virtual device can be reached.

    Parameters
    ----------
    adb : `127.0.0.1:PORT`
    ir : the terminal of its infrared receiver, `/dev/pts/N`
    hdmi : the socket of its HDMI output
    process : the process itself

    """

    adb: str
    ir: str
    hdmi: str
    process: subprocess.Popen[str]

    @property
    def capture_uri(self) -> str:
        """Return what `harness.capture.open_source` takes."""
        return f"virtual:{self.hdmi}"


@contextmanager
def launch(
    mode: str = "720p50",
    faults: Sequence[FaultSpec | str] = (),
    titles: Path | None = None,
    clock_ppm: float = 0.0,
    adb_auth: bool = False,
    start_up_s: float = 0.8,
) -> Iterator[VirtualDevice]:
    """Run a virtual device within a `with` block.

    It ends with the block, and also when this process is killed: it watches its stdin, which closes then.
    Raises RigError, with the last lines of its stderr, when it does not get ready.
    """
    command = [sys.executable, "-m", "harness", "simulate", "--until-stdin-closes", f"--mode={mode}"]
    command += [f"--fault={fault}" for fault in faults]
    command += [f"--titles={titles}"] if titles else []
    command += ["--adb-auth"] if adb_auth else []
    command += [f"--clock-ppm={clock_ppm:g}", f"--start-up={start_up_s:g}"]
    with tempfile.TemporaryFile("w+") as stderr:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
        try:
            device = _device(process, stderr)
        except BaseException:
            _stop(process)
            raise
        try:
            yield device
        finally:
            _stop(process)
            _report(process, stderr)


def _device(process: subprocess.Popen[str], stderr: IO[str]) -> VirtualDevice:
    line = _first_line(process)
    try:
        said = json.loads(line)
        return VirtualDevice(said["adb"], said["ir"], said["hdmi"], process)
    except (ValueError, KeyError, TypeError):
        reason = _said(stderr) or "it said nothing"
        raise RigError(f"the virtual device did not get ready: {reason}") from None


def _said(stderr: IO[str]) -> str:
    stderr.seek(0)
    lines = stderr.read().strip().splitlines()
    return " | ".join(lines[-STDERR_LINES:])


def _report(process: subprocess.Popen[str], stderr: IO[str]) -> None:
    """Pass on what the device said, and that it ended by itself if it did: both explain what was seen."""
    said = _said(stderr)
    if process.returncode:
        log.error("the virtual device ended with status %d: %s", process.returncode, said)
    elif said:
        log.warning("the virtual device: %s", said)


def _first_line(process: subprocess.Popen[str]) -> str:
    if process.stdout is None:
        return ""
    ready, _, _ = select.select([process.stdout], [], [], READY_S)
    return process.stdout.readline() if ready else ""


def _stop(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
