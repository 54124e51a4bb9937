"""The command `logcat`: the device's log, up to now or as it grows."""

import argparse
import asyncio
import re
from collections.abc import Sequence

from harness.simulator.adb.shell.context import Arguments, Context, Failure

POLL_S = 0.1
LEVELS = "VDIWEFS"
LINE = re.compile(r"^\S+ \S+ +\d+ +\d+ (?P<level>[VDIWEF]) (?P<tag>[^:]*?) *: ")


async def logcat(context: Context, arguments: list[str]) -> int:
    """Print the log: `logcat [-d] [-c] [-s] [-t COUNT] [-v threadtime] [TAG[:LEVEL]...]`.

    Without `-d` it goes on until the client closes the stream.
    """
    asked = _arguments().parse_args(arguments)
    if asked.format not in (None, "threadtime"):
        raise Failure(f"unknown format {asked.format}: this device writes threadtime")
    if asked.clear:
        await context.ask(context.log.clear)
        return 0
    wanted = Filter(asked)
    tail = context.log.reader()
    newest = asked.newest
    while True:
        lines = [line for line in tail.read_on(await context.ask(context.api.log)) if wanted(line)]
        if newest is not None:
            lines, newest = lines[max(0, len(lines) - newest) :], None
        await _print(context, lines)
        if asked.dump:
            return 0
        await asyncio.sleep(POLL_S)


def _arguments() -> Arguments:
    parser = Arguments("logcat")
    parser.add_argument("-d", dest="dump", action="store_true")
    parser.add_argument("-c", dest="clear", action="store_true")
    parser.add_argument("-s", dest="silent", action="store_true")
    parser.add_argument("-t", dest="newest", type=int)
    parser.add_argument("-v", dest="format")
    parser.add_argument("-b", dest="buffer", action="append")
    parser.add_argument("filters", nargs="*", metavar="TAG[:LEVEL]")
    return parser


async def _print(context: Context, lines: Sequence[str]) -> None:
    if lines:
        await context.say("\n".join(lines))


class Filter:
    """Which lines to show: for each tag, or `*` for the others, the least level."""

    def __init__(self, asked: argparse.Namespace) -> None:
        if asked.newest is not None:
            asked.dump = True
        self._least = {"*": "S" if asked.silent else "V"}
        for text in asked.filters:
            tag, _, level = text.partition(":")
            least = level.upper() or "V"
            if least not in LEVELS:
                raise Failure(f"invalid filter expression {text!r}")
            self._least[tag] = least

    def __call__(self, line: str) -> bool:
        """Return whether to show a line; what is no `threadtime` line always is."""
        match = LINE.match(line)
        if not match:
            return True
        least = self._least.get(match["tag"], self._least["*"])
        return LEVELS.index(match["level"]) >= LEVELS.index(least)
