"""One stream of an ADB connection, with the protocol's flow control: one WRTE, then one OKAY."""

import asyncio
from collections.abc import Callable

from harness.simulator.adb.message import Command, ProtocolError

Send = Callable[[Command, int, int, bytes], None]


class StreamClosed(Exception):
    """The peer closed the stream, or the connection is gone."""


class Stream:
    """A byte pipe in both directions between a service of the device and a client."""

    def __init__(self, local: int, remote: int, send: Send, max_payload: int) -> None:
        self.local = local
        self.remote = remote
        self.closed = False
        self._send = send
        self._max_payload = max_payload
        self._pending = b""
        self._unread = False
        self._changed = asyncio.Event()
        self._write_lock = asyncio.Lock()
        self._acknowledged = asyncio.Event()
        self._acknowledged.set()

    async def write(self, data: bytes) -> None:
        """Send `data`, waiting until the client took each part; raises StreamClosed."""
        async with self._write_lock:
            view = memoryview(data)
            for at in range(0, len(view), self._max_payload):
                self._raise_if_closed()
                self._acknowledged.clear()
                self._send(Command.WRTE, self.local, self.remote, bytes(view[at : at + self._max_payload]))
                await self._acknowledged.wait()
            self._raise_if_closed()

    async def read(self) -> bytes:
        """Return the next bytes from the client, or `b""` once it has closed the stream."""
        while not self._unread:
            if self.closed:
                return b""
            self._changed.clear()
            await self._changed.wait()
        data, self._pending, self._unread = self._pending, b"", False
        if not self.closed:
            self._send(Command.OKAY, self.local, self.remote, b"")
        return data

    def on_data(self, data: bytes) -> None:
        """Take a WRTE; raises ProtocolError when the client did not wait for its OKAY."""
        if self._unread:
            raise ProtocolError(f"stream {self.remote} wrote again before OKAY")
        if not data:
            self._send(Command.OKAY, self.local, self.remote, b"")
            return
        self._pending, self._unread = data, True
        self._changed.set()

    def on_okay(self) -> None:
        """Take the client's OKAY."""
        self._acknowledged.set()

    def on_close(self) -> None:
        """Note that nothing more will come and nothing more can be sent; what came may still be read."""
        self.closed = True
        self._changed.set()
        self._acknowledged.set()

    def _raise_if_closed(self) -> None:
        if self.closed:
            raise StreamClosed


class Reader:
    """Exact-length reads from a stream, for services that speak a binary protocol."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._buffer = bytearray()

    async def exactly(self, count: int) -> bytes:
        """Return `count` bytes; raises StreamClosed when the stream ends before."""
        while len(self._buffer) < count:
            data = await self._stream.read()
            if not data and self._stream.closed:
                raise StreamClosed
            self._buffer += data
        head = bytes(self._buffer[:count])
        del self._buffer[:count]
        return head
