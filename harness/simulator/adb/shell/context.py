"""What a command may use: the device, its files and log, and the terminal it was started from."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

from harness.simulator.adb.files import DeviceFiles
from harness.simulator.adb.shell.log import DeviceLog
from harness.simulator.adb.terminal import Terminal
from harness.simulator.api import DeviceApi

Result = TypeVar("Result")


class Failure(Exception):
    """A command cannot do what it was asked; the message goes to standard error."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class Exit(Exception):
    """The shell ends with the context's status."""


@dataclass(slots=True)
class Context:
    """One shell's state. Commands write through it and return their exit status."""

    api: DeviceApi
    files: DeviceFiles
    log: DeviceLog
    terminal: Terminal
    folder: str = "/"
    status: int = 0
    variables: dict[str, str] = field(default_factory=dict)

    async def say(self, text: str) -> None:
        """Write one line to standard output."""
        await self.terminal.out(encode(text + "\n"))

    async def complain(self, text: str) -> None:
        """Write one line to standard error."""
        await self.terminal.err(encode(text + "\n"))

    async def ask(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Call the device in a thread, because it may take its time."""
        return await asyncio.to_thread(function, *arguments)


Command = Callable[[Context, list[str]], Awaitable[int]]


class Arguments(argparse.ArgumentParser):
    """A parser whose errors are failures of the command instead of the end of the process."""

    def __init__(self, name: str) -> None:
        super().__init__(prog=name, add_help=False, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Raise Failure with the message and how to call the command."""
        raise Failure(f"{message} ({' '.join(self.format_usage().split())})", 2)


def encode(text: str) -> bytes:
    """Return text as the bytes it came from (file names need not be UTF-8)."""
    return text.encode("utf-8", "surrogateescape")
