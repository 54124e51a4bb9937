"""`harness devices`: find, list, show, register, change and check the devices under test."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.cli import qualify
from harness.errors import HarnessError, InputError
from harness.run.registry import Registration, default_folders, find_file, find_profile, known_ids

if TYPE_CHECKING:
    from harness.cli.device_check import Part

PLAIN_WIDTH = 10_000
"""Wide enough that no line of a table wraps where a program reads it."""

EXAMPLES = """\
examples:
  harness devices discover                    what this machine can capture and control a device with
  harness devices add                         asks, shows the picture, presses keys, and writes the file
  harness devices add --web                   the same as a page in the browser
  harness devices add living-room --adb 192.168.1.7:5555 --model "Example TV 4K" --app com.example.tv
  harness devices add bedroom --ir /dev/ttyACM0 --ir-keys keymaps/bedroom.yaml
  harness devices edit living-room app=com.example.tv2 controls.adb.uri=adb:192.168.1.8:5555
  harness devices check virtual-stb
  harness devices qualify living-room --player "BrightSign HD225"

exit status: 0 all is well, 1 something does not answer, 2 the call or a file is unusable
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "devices",
        help="find, list, register, check and qualify the devices under test",
        description="The devices under test: one YAML file each, in devices/.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where devices are (default: devices/)")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (words, arguments, run) in VERBS.items():
        verb = verbs.add_parser(name, help=words)
        arguments(verb)
        verb.set_defaults(run=run)
    qualify.add_verb(verbs)


def _no_arguments(verb: argparse.ArgumentParser) -> None:
    """Add nothing."""


def _show_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", metavar="NAME")


def _discover_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--network", type=float, metavar="S", default=0.0, help="also listen so many seconds for boxes there"
    )
    verb.add_argument("--json", action="store_true", help="print a list of objects: kind, uri, name, note")


def _add_arguments(verb: argparse.ArgumentParser) -> None:
    add = verb.add_argument
    add("name", metavar="NAME", nargs="?", help="its id: small letters, digits, `.`, `_` and `-`")
    add("--web", action="store_true", help="show a page in the browser instead of asking here")
    add("--virtual", action="store_true", help="another virtual set-top box: no hardware needed")
    add("--adb", metavar="URI", help="192.168.1.7:5555, or the serial of a USB device")
    add("--adb-keys", metavar="FILE", default="keymaps/android.yaml", help="(default: %(default)s)")
    add("--ir", metavar="URI", help="the serial port of an IR Toy, such as /dev/ttyACM0")
    add("--ir-keys", metavar="FILE", help="the key map of its remote control, below the folder")
    add("--capture", metavar="URI", help="what captures its HDMI output")
    add("--model", default="", help="what it says on the box")
    add("--app", metavar="PACKAGE", help="the app under test")
    add("--feature", action="append", default=[], metavar="WORD", help="what plans may require (repeat)")
    _listen_argument(verb)


def _web_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", metavar="NAME", nargs="?", help="change this device (default: a new one)")
    _listen_argument(verb)


def _listen_argument(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--listen", metavar="ADDRESS", default="127.0.0.1", help="with the page: where to (%(default)s)"
    )


def _edit_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", metavar="NAME")
    verb.add_argument("settings", metavar="KEY=VALUE", nargs="+", help="app=com.example.tv; KEY= removes it")


def _check_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", metavar="NAME", nargs="?", help="one device (default: all)")
    verb.add_argument(
        "--within", type=float, metavar="S", default=10.0, help="end after so many seconds (%(default)g)"
    )


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


def _discover(args: argparse.Namespace) -> int:
    from harness.enrol.found import look  # noqa: PLC0415

    with _busy("looking"):
        found = look(listen_s=args.network)
    if args.json:
        print(json.dumps([asdict(port) for port in found.ports], indent=1))
    else:
        table = _table("uri", "kind", "name", "note")
        for port in found.ports:
            table.add_row(*(escape(cell) for cell in (port.uri, port.kind, port.name, port.note)))
        _print(table)
        if not found.cards:
            print("Try it without hardware: harness devices add --virtual my-box")
    for words in found.advice():
        print(words, file=sys.stderr)
    return 0


def _add(args: argparse.Namespace) -> int:
    from harness.cli.device_file import write_device  # noqa: PLC0415

    folder = args.folder or Path("devices")
    if args.web:
        return _web(args)
    if sys.stdin.isatty() and not _says_how(args):
        path = _dialogue(args.name or "", folder)
    else:
        path = write_device(args, folder)
    if path is None:
        return 1
    print(f"registered {path.stem} in {_short(path)}")
    print(f"next: harness devices check {path.stem}")
    return 0


def _says_how(args: argparse.Namespace) -> bool:
    """Return whether the options say what is to be registered, so that nothing need be asked."""
    return any((args.adb, args.ir, args.capture, args.app, args.model, args.feature, args.virtual))


def _dialogue(name: str, folder: Path) -> Path | None:
    from harness.enrol.asking import Asker  # noqa: PLC0415
    from harness.enrol.dialogue import register  # noqa: PLC0415

    try:
        return register(Asker(Console()), folder, name)
    except EOFError:
        raise InputError("the answers ended before the last question; nothing was written") from None


def _web(args: argparse.Namespace) -> int:
    from harness.enrol.web.server import serve  # noqa: PLC0415

    stored = None
    if args.verb == "web" and args.name:
        stored = find_profile(args.name, _folders(args)).path
    folder = stored.parent if stored else args.folder or Path("devices")
    name = "" if stored else args.name or ""
    with suppress(KeyboardInterrupt):
        serve(
            folder, args.listen, stored or name, lambda url: print(f"open {url}  (Ctrl-C ends)", flush=True)
        )
    return 0


def _edit(args: argparse.Namespace) -> int:
    from harness.cli.device_file import edit_device  # noqa: PLC0415

    path = find_file(args.name, _folders(args))
    print(f"{_short(path)}: {edit_device(path, args.settings) or 'nothing to change'}")
    return 0


def _check(args: argparse.Namespace) -> int:
    from harness.cli.device_check import check_devices  # noqa: PLC0415

    names = [args.name] if args.name else known_ids(_folders(args))
    found = [find_profile(name, _folders(args)) for name in names]
    table = _table("device", "part", "answers", "what it says")
    with _busy(f"checking {', '.join(names)}"):
        answers = [
            answer for one, parts in check_devices(found, args.within) for answer in _rows(table, one, parts)
        ]
    _print(table)
    return 1 if False in answers else 0


def _rows(table: Table, found: Registration, parts: "list[Part]") -> list[bool | None]:
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


Verb = tuple[str, Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]
VERBS: dict[str, Verb] = {
    "list": ("list every device", _no_arguments, _list),
    "show": ("show one device's profile", _show_arguments, _show),
    "discover": ("list what this machine can capture and control with", _discover_arguments, _discover),
    "add": ("register a device: asks on a terminal, or takes options", _add_arguments, _add),
    "web": ("register, or change, a device on a page in the browser", _web_arguments, _web),
    "edit": ("set keys in a device's file", _edit_arguments, _edit),
    "check": ("open each control and the capture; say what answers", _check_arguments, _check),
}
"""What `harness devices` can do: its help, its arguments, and the function."""
