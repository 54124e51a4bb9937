"""The `harness` command: one file a subcommand, an explicit list."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from harness.errors import HarnessError, missing_library

COMMANDS = ("devices", "capture", "analyze", "impair", "bench", "simulate", "report")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; a HarnessError becomes one line on stderr and exit status 2."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = "harness"
    try:
        args = _parser(arguments).parse_args(arguments)
        name = f"harness {args.command}"
        return int(args.run(args))
    except HarnessError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except ImportError as error:
        missing = missing_library(error)
        if missing is None:
            raise
        print(f"{name}: {missing}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 141


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness",
        description="Drive devices, record their HDMI output, find playback defects, report them.",
        epilog="Run a release test with: pytest test_plans/",
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = arguments[0] if arguments and arguments[0] in COMMANDS else None
    for command in (wanted,) if wanted else COMMANDS:
        importlib.import_module(f"harness.cli.{command}").add_parser(subparsers)
    return parser


def entry() -> None:
    """Be the console script."""
    sys.exit(main())
