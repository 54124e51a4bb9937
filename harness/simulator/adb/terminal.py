"""How a command's input, output and exit status travel: as plain bytes, or as shell v2 packets."""

import struct
from enum import IntEnum
from typing import Protocol

from harness.simulator.adb.stream import Reader, Stream, StreamClosed

END_OF_INPUT = b"\x04"
PACKET = struct.Struct("<BI")
PACKET_BYTES = 32 * 1024
INPUT_BYTES = 1024 * 1024


class Terminal(Protocol):
    """The three files of a command, and its exit status. All writes raise StreamClosed."""

    async def read(self) -> bytes:
        """Return the next input, or `b""` at its end."""

    async def out(self, data: bytes) -> None:
        """Write to standard output."""

    async def err(self, data: bytes) -> None:
        """Write to standard error."""

    async def exit(self, status: int) -> None:
        """Tell the exit status."""


class RawTerminal:
    """Both outputs in one plain stream; the exit status is lost, as `shell:` has always done."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._ended = False

    async def read(self) -> bytes:
        """Return the next input; Ctrl-D ends it, because this protocol has no other way to."""
        if self._ended:
            return b""
        data, end, _ = (await self._stream.read()).partition(END_OF_INPUT)
        self._ended = bool(end)
        return data

    async def out(self, data: bytes) -> None:
        """Write to the stream."""
        await self._stream.write(data)

    async def err(self, data: bytes) -> None:
        """Write to the same stream."""
        await self._stream.write(data)

    async def exit(self, status: int) -> None:
        """Do nothing: there is no place for it."""


class Packet(IntEnum):
    """The kinds of shell v2 packets."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    EXIT = 3
    CLOSE_STDIN = 4
    WINDOW_SIZE = 5


class PacketTerminal:
    """Shell v2: each piece is a packet of kind, length and bytes."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._reader = Reader(stream)
        self._ended = False

    async def read(self) -> bytes:
        """Return the next input, or `b""` once the client closed it."""
        while not self._ended:
            try:
                kind, length = PACKET.unpack(await self._reader.exactly(PACKET.size))
                data = await self._reader.exactly(min(length, INPUT_BYTES))
            except StreamClosed:
                self._ended = True
                break
            if kind == Packet.CLOSE_STDIN or length > INPUT_BYTES:
                self._ended = True
            elif kind == Packet.STDIN and data:
                return data
        return b""

    async def out(self, data: bytes) -> None:
        """Send standard output."""
        await self._send(Packet.STDOUT, data)

    async def err(self, data: bytes) -> None:
        """Send standard error."""
        await self._send(Packet.STDERR, data)

    async def exit(self, status: int) -> None:
        """Send the exit status, 0..255."""
        await self._stream.write(PACKET.pack(Packet.EXIT, 1) + bytes([status & 0xFF]))

    async def _send(self, kind: Packet, data: bytes) -> None:
        pieces = (data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES))
        packets = b"".join(PACKET.pack(kind, len(piece)) + piece for piece in pieces)
        await self._stream.write(packets)
