"""`harness report`: make the release page of a run again from its record."""

import argparse
import webbrowser
from pathlib import Path

from harness.report.page import write_page

EXAMPLES = """examples:
  harness report reports/2026-11-24T05-01-58            write index.html beside run.json
  harness report reports/2026-11-24T05-01-58 --open     and show it in the browser
  harness report downloads/run.json                     a record that came alone
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "report",
        help="make the release page of a run from its run.json",
        description="Write index.html from run.json, beside it. Nothing else is read or measured.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("record", type=Path, metavar="RUN", help="a run's folder, or its run.json")
    parser.add_argument("--open", action="store_true", help="show the page in the default browser")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the page and print its path."""
    page = write_page(args.record)
    print(page)
    if args.open:
        webbrowser.open(page.resolve().as_uri())
    return 0
