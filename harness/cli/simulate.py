"""`harness simulate`: the virtual set-top box as a process."""

import argparse
import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import InputError
from harness.impair import IMPAIRMENTS
from harness.impair.base import FaultSpec

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subparsers = Any

EXAMPLES = """examples:
  harness simulate                                  a 720p50 box; prints where ADB, infrared and HDMI are
  harness simulate --mode 1080p60 --titles ~/clips  plays your files, too (captions beside them: .vtt, .srt)
  harness simulate --fault freeze_frame:start_s=5,duration_s=1 --fault av_sync:offset_ms=200
  harness simulate --draw-screens DIR               draws each screen as a PNG, and ends

parameters of a fault: start_s duration_s (stalling, adb_lost: inf for good) level=easy|medium|hard
                       kind seed offset_ms
"""
OTHER_FAULTS = ("av_sync", "error_screen", "adb_lost")


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "simulate",
        help="run a virtual set-top box that speaks ADB, infrared and HDMI",
        description="Run a virtual set-top box. When it is ready, it prints one line of JSON: where its ADB, "
        "its infrared receiver and its HDMI output are. It ends with Ctrl-C.",
        epilog=EXAMPLES + textwrap.fill(f"faults: {' '.join([*IMPAIRMENTS, *OTHER_FAULTS])}", 100),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--mode", default="720p50", metavar="MODE", help="720p25, 720p30, 720p50 (default), 720p60, 1080p60")
    add("--titles", type=Path, metavar="DIR", help="play these media files, too (default: $HARNESS_TITLES)")
    add("--adb-port", type=int, default=0, metavar="PORT", help="TCP port of ADB (default: a free one)")
    add("--adb-auth", action="store_true", help="trust only the first ADB key that is offered")
    add("--fault", action="append", default=[], metavar="SPEC", help="put a fault into every playback")
    add("--clock-ppm", type=float, default=0.0, metavar="X", help="let the device's clock run X ppm fast")
    add(
        "--start-up", type=float, default=0.8, metavar="S", help="seconds until a title starts (default: 0.8)"
    )
    add("--until-stdin-closes", action="store_true", help="end when stdin ends, as with the parent process")
    add("--draw-screens", type=Path, metavar="DIR", help="draw every screen into DIR as PNG, and end")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    titles = args.titles or (Path(folder) if (folder := os.environ.get("HARNESS_TITLES")) else None)
    # Imported here, so that `harness --help` stays quick.
    if args.draw_screens:
        from harness.simulator.screen.gallery import draw_screens  # noqa: PLC0415

        for path in draw_screens(args.draw_screens, titles):
            print(path)
        return 0
    from harness.simulator.process import Simulation, serve  # noqa: PLC0415

    simulation = Simulation(
        mode=args.mode,
        titles=titles,
        adb_port=args.adb_port,
        adb_auth=args.adb_auth,
        faults=[_fault(text) for text in args.fault],
        clock_ppm=args.clock_ppm,
        start_up_s=args.start_up,
    )
    serve(simulation, until_stdin_closes=args.until_stdin_closes)
    return 0


def _fault(text: str) -> FaultSpec:
    try:
        return FaultSpec.parse(text)
    except (ValueError, OverflowError):
        raise InputError(f"fault {text!r}: seed is a whole number from 0") from None
