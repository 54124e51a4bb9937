"""`harness devices qualify`: is the rig itself sound? Measures it, and keeps a certificate."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from harness.certificate import Certificate, write_certificate
from harness.errors import InputError
from harness.report.wording import limit, measured

if TYPE_CHECKING:
    from harness.run.qualify.conduct import Tell

PLAIN_WIDTH = 10_000
STATUS = {"pass": "pass", "fail": "FAIL", "not_measured": "not measured"}
EXIT = {"pass": 0, "fail": 1, "inconclusive": 3}
WORDS = {
    "pass": "the rig is qualified",
    "fail": "the rig is NOT qualified: mend it, and qualify it again",
    "inconclusive": "the rig is NOT qualified: not everything could be measured",
}
EXAMPLES = """\
examples:
  harness devices qualify virtual-stb                                 the device plays the pattern itself
  harness devices qualify --write-pattern pattern.mp4                 a file for a USB stick
  harness devices qualify living-room --player "BrightSign HD225"     then start that file on this player
  harness devices qualify living-room --player device                 the device under test plays it

With a player that is known to be in sync, the offset between sound and picture is the rig's own, and av_sync
takes it off. With `--player device` it cannot be told from the device's, and nothing is taken off.

exit status: 0 the rig passes, 1 it does not, 2 the call or the rig is unusable, 3 not everything was measured
"""


def add_verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb to `harness devices`."""
    parser = verbs.add_parser(
        "qualify",
        help="measure the rig itself with a known picture and sound, and keep a certificate",
        description="Play the sync pattern through the rig, and measure what becomes of it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="the device whose rig it is")
    parser.add_argument("--rig", metavar="NAME", help="its rig, if that is one of devices/rigs/")
    parser.add_argument(
        "--player", metavar="WHAT", help="what plays the pattern: a known good player, or `device`"
    )
    parser.add_argument("--seconds", type=_seconds, default=60.0, metavar="N", help="how long (default: 60)")
    parser.add_argument(
        "--valid-days", type=_days, default=30.0, metavar="N", help="how long it holds (default: 30)"
    )
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=300.0,
        metavar="S",
        help="for the player to be started (default: 300)",
    )
    parser.add_argument(
        "--fault", action="append", default=[], metavar="SPEC", help="plant a fault in a virtual device"
    )
    parser.add_argument(
        "--write-pattern", type=Path, metavar="FILE", help="write the pattern as .mp4 or .mkv"
    )
    parser.add_argument("--mode", default="1080p50", metavar="MODE", help="of that file (default: 1080p50)")
    parser.add_argument(
        "--pattern-seconds", type=_seconds, default=120.0, metavar="N", help="its length (default: 120)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the pattern, or qualify a rig."""
    if args.write_pattern:
        return _write(args)
    if not args.name:
        raise InputError("name a device, or write the pattern with --write-pattern FILE.mp4")
    return _qualify(args)


def show(certificate: Certificate) -> None:
    """Print a certificate as a table."""
    table = Table(box=box.SIMPLE_HEAD)
    for header in ("figure", "measured", "limit", "", "note"):
        table.add_column(header, no_wrap=header == "figure", overflow="fold")
    for figure in certificate.figures:
        allowed = limit(figure).replace("\N{PLUS-MINUS SIGN}", "+-")
        style = {"fail": "bold red", "not_measured": "yellow"}.get(figure.status, "")
        cells = (figure.what, measured(figure), allowed, STATUS[figure.status], figure.note)
        table.add_row(*(escape(cell) for cell in cells), style=style)
    console = Console()
    if not console.is_terminal:
        table.box, table.pad_edge = None, False
        console = Console(width=PLAIN_WIDTH)
    console.print(table, highlight=False)


def _qualify(args: argparse.Namespace) -> int:
    from harness.run.qualify.conduct import Plan, qualify  # noqa: PLC0415 - loads the detectors
    from harness.run.qualify.store import certificate_path  # noqa: PLC0415
    from harness.run.registry import default_folders, find_profile  # noqa: PLC0415
    from harness.run.rig import rig_for  # noqa: PLC0415

    folders = [args.folder] if args.folder else default_folders()
    found = find_profile(args.name, folders)
    rig = rig_for(found.id, found.profile, args.rig, folders)
    plan = Plan(found, rig, args.player, args.seconds, args.valid_days, args.wait, tuple(args.fault))
    with _progress() as tell:
        certificate = qualify(plan, tell)
    show(certificate)
    path = certificate_path(found, rig)
    write_certificate(certificate, path)
    print(f"{found.id}: {WORDS[certificate.verdict]}; certificate: {_short(path)}")
    if certificate.verdict == "pass":
        print(f"it holds until {certificate.valid_until[:10]}, or until a port changes")
    return EXIT[certificate.verdict]


def _write(args: argparse.Namespace) -> int:
    from harness.cli.progress import Bar  # noqa: PLC0415
    from harness.run.qualify.pattern_file import pattern_format, write_pattern  # noqa: PLC0415

    seconds, fps = round(args.pattern_seconds), pattern_format(args.mode).fps
    with Bar(f"writing {args.write_pattern.name}", lambda: int(seconds * fps)) as bar:
        write_pattern(args.write_pattern, args.mode, seconds, bar.advance)
    print(f"{args.write_pattern}: {seconds} s of the sync pattern at {args.mode}")
    print(f"play it in a loop, unscaled, with the output at {fps} Hz; then:")
    print("harness devices qualify NAME --player WHAT")
    return 0


@contextmanager
def _progress() -> "Iterator[Tell]":
    """Show what is done, and how far it is; plain lines where no terminal is."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plainly(console)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("opening", total=1.0)
        yield lambda words, share: progress.update(task, description=words, completed=share)


def _plainly(console: Console) -> "Tell":
    told: list[str] = []

    def tell(words: str, share: float) -> None:
        # A technician without a terminal must still learn that the player is waited for.
        if words not in told:
            told.append(words)
            console.print(words, highlight=False, markup=False)

    return tell


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 1 <= seconds <= 600:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 1 and 600 seconds")
    return seconds


def _days(text: str) -> float:
    days = float(text)
    if not 0 < days <= 3660:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 3660 days")
    return days


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
