"""`harness devices`: list, show, add and check the devices under test."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.cli import qualify
from harness.errors import HarnessError
from harness.run.registry import Registration, default_folders, find_profile, known_ids

if TYPE_CHECKING:
    from harness.cli.device_check import Part

PLAIN_WIDTH = 10_000
"""Wide enough that no line of a table wraps where a program reads it."""

EXAMPLES = """\
examples:
  harness devices list
  harness devices show virtual-stb
  harness devices add living-room --adb 192.168.1.7:5555 --model "Example TV 4K" --app com.example.tv
  harness devices add bedroom --ir /dev/ttyACM0 --ir-keys keymaps/bedroom.yaml
  harness devices check virtual-stb
  harness devices qualify living-room --player "BrightSign HD225"

exit status: 0 all is well, 1 something does not answer, 2 the call or a file is unusable
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "devices",
        help="list, show, add, check and qualify the devices under test",
        description="The devices under test: one YAML file each, in devices/.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where devices are (default: devices/)")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("list", help="list every device").set_defaults(run=_list)
    show = verbs.add_parser("show", help="show one device's profile")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(run=_show)
    _add_verb(verbs)
    check = verbs.add_parser("check", help="open each control and the capture; say what answers")
    check.add_argument("name", metavar="NAME", nargs="?", help="one device (default: all)")
    check.set_defaults(run=_check)
    qualify.add_verb(verbs)


def _add_verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    add = verbs.add_parser("add", help="register a device: write its YAML file")
    add.add_argument("name", metavar="NAME", help="its id: small letters, digits, `.`, `_` and `-`")
    add.add_argument("--adb", metavar="URI", help="192.168.1.7:5555, or the serial of a USB device")
    add.add_argument(
        "--adb-keys", metavar="FILE", default="keymaps/android.yaml", help="(default: %(default)s)"
    )
    add.add_argument("--ir", metavar="URI", help="the serial port of an IR Toy, such as /dev/ttyACM0")
    add.add_argument("--ir-keys", metavar="FILE", help="the key map of its remote control, below the folder")
    add.add_argument("--capture", metavar="URI", help="what captures its HDMI output")
    add.add_argument("--model", default="", help="what it says on the box")
    add.add_argument("--app", metavar="PACKAGE", help="the app under test")
    add.add_argument(
        "--feature", action="append", default=[], metavar="WORD", help="what plans may require (repeat)"
    )
    add.set_defaults(run=_add)


def _folders(args: argparse.Namespace) -> list[Path]:
    return [args.folder] if args.folder else default_folders()


def _list(args: argparse.Namespace) -> int:
    table, broken = _table("device", "name", "model", "controls", "features"), []
    for device_id in known_ids(_folders(args)):
        try:
            found = find_profile(device_id, _folders(args))
        except HarnessError as error:
            broken.append(str(error))
            continue
        profile = found.profile
        cells = (
            found.id,
            profile.name,
            profile.model,
            ", ".join(profile.controls),
            ", ".join(profile.features),
        )
        table.add_row(*(escape(cell) for cell in cells))
    _print(table)
    for words in broken:
        print(f"harness devices: {words}", file=sys.stderr)
    return 2 if broken else 0


def _show(args: argparse.Namespace) -> int:
    found = find_profile(args.name, _folders(args))
    print(f"# {_short(found.path)}")
    profile = found.profile.model_dump(mode="json", exclude_unset=True)
    print(yaml.safe_dump(profile, sort_keys=False, allow_unicode=True, width=100), end="")
    return 0


def _add(args: argparse.Namespace) -> int:
    from harness.cli.device_file import write_device  # noqa: PLC0415

    path = write_device(args, args.folder or Path("devices"))
    print(f"registered {args.name} in {_short(path)}")
    print(f"next: harness devices check {args.name}")
    return 0


def _check(args: argparse.Namespace) -> int:
    from harness.cli.device_check import check_device  # noqa: PLC0415

    names = [args.name] if args.name else known_ids(_folders(args))
    answers: list[bool | None] = []
    for found in (find_profile(name, _folders(args)) for name in names):
        table = _table("device", "part", "answers", "what it says")
        with _busy(f"checking {found.id}"):
            answers += _rows(table, found, check_device(found))
        _print(table)
    return 1 if False in answers else 0


def _rows(table: Table, found: Registration, parts: "Iterator[Part]") -> list[bool | None]:
    answers = []
    for part, answered, words in parts:
        told = {True: "yes", False: "NO", None: "-"}[answered]
        table.add_row(found.id, escape(part), told, escape(words))
        answers.append(answered)
    return answers


def _table(*headers: str) -> Table:
    """Return an empty table whose first column is never cut: people copy it."""
    table = Table(box=box.SIMPLE_HEAD)
    for place, header in enumerate(headers):
        table.add_column(header, no_wrap=not place, overflow="fold")
    return table


def _print(table: Table) -> None:
    """Print a table; without its frame, and unwrapped, where no terminal is."""
    console = Console()
    if not console.is_terminal:
        table.box, table.pad_edge = None, False
        console = Console(width=PLAIN_WIDTH)
    console.print(table, highlight=False)


@contextmanager
def _busy(words: str) -> Iterator[None]:
    """Turn a spinner on stderr while something takes time; silent where no terminal is."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(words):
        yield


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
