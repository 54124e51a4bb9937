"""Runs lines of the device's shell."""

import contextlib
import logging

from harness.errors import HarnessError
from harness.simulator.adb.shell.commands import COMMANDS
from harness.simulator.adb.shell.context import Context, Exit, Failure
from harness.simulator.adb.shell.grammar import Step, SyntaxRefused, parse
from harness.simulator.adb.stream import StreamClosed

log = logging.getLogger(__name__)

SHELL = "/system/bin/sh"
NOT_FOUND = 127


async def run_script(script: str, context: Context) -> int:
    """Run a whole script and return its exit status, 0..255."""
    with contextlib.suppress(Exit):
        await run_lines(script, context)
    return context.status


async def run_lines(lines: str, context: Context) -> None:
    """Run lines in an open shell; raises Exit where the shell is told to end."""
    try:
        steps = parse(lines)
    except SyntaxRefused as error:
        await context.complain(f"{SHELL}: {error}")
        context.status = 1
        return
    for step in steps:
        if _is_due(step, context.status):
            context.status = await _run(step.expand(lambda name: _value(name, context)), context) & 0xFF


def _is_due(step: Step, status: int) -> bool:
    return step.separator == ";" or (step.separator == "&&") == (status == 0)


def _value(name: str, context: Context) -> str:
    return str(context.status) if name == "?" else context.variables.get(name, "")


async def _run(words: list[str], context: Context) -> int:
    if not words:
        return 0
    name, *arguments = words
    if name == "exec" and arguments:
        context.status = await _run(arguments, context)
        raise Exit
    command = COMMANDS.get(name.removeprefix("/system/bin/"))
    if command is None:
        await context.complain(f"{SHELL}: {name}: inaccessible or not found")
        return NOT_FOUND
    try:
        return await command(context, arguments)
    except (Failure, HarnessError, OSError) as error:
        if isinstance(error, ConnectionError):
            raise
        await context.complain(f"{name}: {_reason(error)}")
        return error.status if isinstance(error, Failure) else 1
    except (Exit, StreamClosed):
        raise
    except Exception:
        log.exception("the device's command %r failed", name)
        await context.complain(f"{name}: internal error")
        return 1


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
