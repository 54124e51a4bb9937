"""The shell as a person types into it: a prompt, an echo, one line after the other."""

import contextlib
from collections.abc import AsyncIterator

from harness.simulator.adb.shell import Context, Exit, run_lines
from harness.simulator.adb.terminal import Terminal

PROMPT = b"stb:/ $ "
LINE_BYTES = 64 * 1024
ERASE = (0x08, 0x7F)
ENDS_OF_LINE = (0x0A, 0x0D)
INTERRUPT, END_OF_INPUT = 0x03, 0x04


async def run_interactively(context: Context, *, echo: bool) -> int:
    """Run what the client types, or pipes in, until `exit` or the end of input; return the exit status.

    `echo` says that a person types: the client's terminal shows only what the device sends back.
    """
    lines = _typed(context.terminal) if echo else _piped(context.terminal)
    if echo:
        context.terminal = _Screen(context.terminal)
    with contextlib.suppress(Exit):
        async for line in lines:
            await run_lines(line.decode("utf-8", "replace"), context)
    return context.status


async def _piped(terminal: Terminal) -> AsyncIterator[bytes]:
    pending = b""
    while data := await terminal.read():
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            yield line
        pending = pending[:LINE_BYTES]
    if pending:
        yield pending


async def _typed(screen: Terminal) -> AsyncIterator[bytes]:
    await screen.out(PROMPT)
    line = bytearray()
    while data := await screen.read():
        for byte in data:
            if byte in ENDS_OF_LINE:
                await screen.out(b"\r\n")
                yield bytes(line)
                line.clear()
                await screen.out(PROMPT)
            elif byte == END_OF_INPUT and not line:
                return
            else:
                await screen.out(_edit(byte, line))


def _edit(byte: int, line: bytearray) -> bytes:
    """Apply one typed byte to `line`; return what the screen shows of it."""
    if byte in ERASE and line:
        line.pop()
        return b"\b \b"
    if byte == INTERRUPT:
        line.clear()
        return b"^C\r\n" + PROMPT
    if byte >= 0x20 and byte not in ERASE and len(line) < LINE_BYTES:
        line.append(byte)
        return bytes([byte])
    return b""


class _Screen:
    """A terminal whose lines end as a screen in raw mode needs them."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    async def read(self) -> bytes:
        return await self._terminal.read()

    async def out(self, data: bytes) -> None:
        await self._terminal.out(data.replace(b"\n", b"\r\n"))

    async def err(self, data: bytes) -> None:
        await self._terminal.err(data.replace(b"\n", b"\r\n"))

    async def exit(self, status: int) -> None:
        await self._terminal.exit(status)
