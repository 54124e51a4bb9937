"""A long day of the virtual rig: watch after watch, with faults of device and rig at random.

    python -m benchmarks.soak --watches 480 --seconds 3

One watch stands for a minute of a lab, so 480 are eight hours. In each, something goes wrong, or nothing:
a defect is planted, ADB is lost, the device sleeps, reboots, hangs or dies. Counts what is left behind (file
handles, threads, processes, memory) and what was recorded, prints both every 20 watches, and ends with 1 if
anything grows or a recording is lost.
"""

import argparse
import contextlib
import gc
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil

from harness.errors import HarnessError
from harness.recording.recording import Recording
from harness.run.analyze import find_criteria
from harness.run.registry import default_folders, find_profile
from harness.run.rig import rig_for
from harness.run.rundir import RunDir
from harness.run.station import Order, Station
from harness.run.watch import Wish, watching

SETTLED = 20
"""After so many watches everything that is made once has been made."""
TOLD_EVERY = 20
HANDLES, THREADS, PROCESSES = 4, 1, 0
MEMORY_MB_AN_HOUR = 15.0
"""What may come and go between two counts; memory by the slope of all counts, an hour being 60 watches."""


@dataclass(frozen=True)
class Count:
    """What this process holds while its device is open and nothing is watched."""

    handles: int
    threads: int
    processes: int
    memory_mb: float


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--watches", type=int, default=480)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each watch lasts")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    found = find_profile("virtual-stb", default_folders())
    rig = rig_for(found.id, found.profile, None, default_folders())
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        station = Station(Order(found, rig, (), lambda text: None))
        station.lease()
        try:
            wrong = soak(station, RunDir(Path(folder)), args)
        finally:
            station.close()
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


def soak(station, run, args):
    dice, counts, outcomes, wrong = random.Random(args.seed), [], Counter(), []
    for number in range(1, args.watches + 1):
        fault = dice.choice(list(FAULTS))
        try:
            outcome, lost = one(station, run, number, fault, args.seconds)
        except KeyboardInterrupt:
            print(f"ended by hand in watch {number}")
            break
        outcomes[fault, outcome] += 1
        if lost:
            wrong.append(f"watch {number}, {fault}: {lost}")
            print(wrong[-1], flush=True)
        with contextlib.suppress(HarnessError):
            station.ready()
        if number >= SETTLED:
            counts.append(count())
        if number % TOLD_EVERY == 0:
            print(f"{number} watches: {count()}", flush=True)
    for (fault, outcome), times in sorted(outcomes.items()):
        print(f"  {times:4d} x {fault}: {outcome}")
    return wrong + grown(counts)


def one(station, run, number, fault, seconds):
    """Watch once while something goes wrong; return how it ended, and what of it was lost, if anything."""
    path = run.recording(f"soak::{number}", 1)
    began, outcome = [], "pass"
    try:
        device = station.ready()
        device.clear_faults()
        device.reach("app")
        wish = Wish(f"soak::{number}", 1, find_criteria("broadcast"), fault)
        with watching(station, run, wish, began.append, lambda text: None) as playback:
            device.play("big_buck_bunny")
            playback.run_for(seconds / 2)
            FAULTS[fault](device)
            playback.run_for(seconds / 2)
        outcome = str(playback.verdict)
    except HarnessError as error:
        outcome = type(error).__name__
    if not began:
        return outcome, None
    try:
        recording = Recording(path)
        frames = sum(1 for item in recording.items() if hasattr(item, "y"))
        whole = recording.complete and frames >= 0.7 * 50 * seconds / 2
        lost = None if whole else f"{frames} frames, complete: {recording.complete}"
    except HarnessError as error:
        lost = str(error)
    for leftover in run.path.rglob("*.*"):
        if leftover.is_file():
            leftover.unlink()
    return outcome, lost


def nothing(device):
    """Let all be well."""


def defect(spec):
    return lambda device: device.plant(spec)


def sleeps(device):
    device.press("SLEEP")
    time.sleep(0.5)
    device.press("WAKEUP")


def reboots(device):
    # The answer does not come: the device has gone.
    with contextlib.suppress(HarnessError):
        device.shell(["reboot"])


def hangs(device):
    process = simulator()
    process.suspend()
    time.sleep(1.0)
    process.resume()


def dies(device):
    simulator().send_signal(signal.SIGKILL)


def simulator():
    """Return the process of the virtual device."""
    children = psutil.Process().children()
    return next(child for child in children if "simulate" in child.cmdline())


FAULTS = {
    "nothing": nothing,
    "freeze_frame": defect("freeze_frame:start_s=0,duration_s=0.5"),
    "audio_dropout": defect("audio_dropout:start_s=0,duration_s=0.5"),
    "error_screen": defect("error_screen:start_s=0"),
    "ADB lost for a moment": defect("adb_lost:start_s=0,duration_s=0.5"),
    "ADB lost for good": defect("adb_lost:start_s=0,duration_s=inf"),
    "sleeps and wakes": sleeps,
    "reboots": reboots,
    "hangs for a second": hangs,
    "dies": dies,
}


def count():
    gc.collect()
    own = psutil.Process()
    return Count(
        own.num_fds(), threading.active_count(), len(own.children(True)), own.memory_info().rss / 2**20
    )


def grown(counts):
    """Return what grew from the first quarter to the last, one line each."""
    if len(counts) < 8:
        return []
    quarter = len(counts) // 4
    said = []
    for name, most in (("handles", HANDLES), ("threads", THREADS), ("processes", PROCESSES)):
        first, last = (
            min(getattr(item, name) for item in part) for part in (counts[:quarter], counts[-quarter:])
        )
        if last - first > most:
            said.append(f"{name} grew from {first} to {last}")
    first, last = (
        sorted(item.memory_mb for item in part)[quarter // 2]
        for part in (counts[:quarter], counts[-quarter:])
    )
    an_hour = (last - first) / (len(counts) - quarter) * 60
    print(f"memory: {first:.0f} MB, then {last:.0f} MB: {an_hour:.1f} MB an hour of 60 watches")
    if an_hour > MEMORY_MB_AN_HOUR:
        said.append(f"memory grew by {an_hour:.1f} MB an hour")
    return said


if __name__ == "__main__":
    sys.exit(main())
