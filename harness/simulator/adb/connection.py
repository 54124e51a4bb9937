"""One client's connection: handshake, authorization, and the streams opened over it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from harness.simulator.adb.authorization import Authorization
from harness.simulator.adb.message import (
    HEADER,
    MAX_PAYLOAD,
    MAX_PAYLOAD_BEFORE_CONNECTION,
    VERSION,
    Command,
    Header,
    ProtocolError,
    checksum,
    pack,
)
from harness.simulator.adb.stream import Stream, StreamClosed

log = logging.getLogger(__name__)

Service = Callable[[Stream], Awaitable[None]]
Services = Callable[[str], Service | None]

STREAMS = 512
TOKEN, SIGNATURE, PUBLIC_KEY = 1, 2, 3


class Connection:
    """Speaks ADB with one client until either side goes.

    `banner` is what the device says of itself; `services` finds what an OPEN names, or `None`.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        banner: bytes,
        services: Services,
        authorization: Authorization,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._banner = banner
        self._services = services
        self._authorization = authorization
        self._loop = asyncio.get_running_loop()
        self._online = False
        self._version = 0
        self._max_payload = MAX_PAYLOAD_BEFORE_CONNECTION
        self._token = b""
        self._offered: str | None = None
        self._streams: dict[int, Stream] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._next_id = 1
        self._answers: dict[Command, Callable[[Header, bytes], None]] = {
            Command.CNXN: self._on_connect,
            Command.AUTH: self._on_auth,
            Command.OPEN: self._on_open,
            Command.OKAY: self._on_okay,
            Command.WRTE: self._on_write,
            Command.CLSE: self._on_close,
        }

    async def run(self) -> None:
        """Serve until the client goes or breaks the protocol; never raises for what the client does."""
        forget = self._authorization.listen(self._on_allowed)
        try:
            while True:
                header, payload = await self._receive()
                self._answers[header.command](header, payload)
                await self._writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except ProtocolError as error:
            log.warning("ADB connection closed: %s", error)
        finally:
            forget()
            self._drop_streams()
            self._writer.transport.abort()

    async def _receive(self) -> tuple[Header, bytes]:
        limit = MAX_PAYLOAD if self._online else MAX_PAYLOAD_BEFORE_CONNECTION
        header = Header.unpack(await self._reader.readexactly(HEADER.size), limit)
        payload = await self._reader.readexactly(header.length)
        if self._is_checked(header) and checksum(payload) != header.checksum:
            raise ProtocolError(f"wrong checksum {header.checksum:#x} of a {header.command.name}")
        if not self._online and header.command not in (Command.CNXN, Command.AUTH):
            raise ProtocolError(f"{header.command.name} before the connection was granted")
        return header, payload

    def _is_checked(self, header: Header) -> bool:
        # An adb server that reconnects remembers that checksums are left out, and greets without one.
        is_greeting = header.command is Command.CNXN and header.first >= VERSION
        return header.checksum != 0 if is_greeting else self._version < VERSION

    def _send(self, command: Command, first: int, second: int, payload: bytes = b"") -> None:
        self._writer.write(pack(command, first, second, payload, with_checksum=self._version < VERSION))

    def _on_connect(self, header: Header, payload: bytes) -> None:
        self._drop_streams()
        self._online = False
        self._version = min(header.first, VERSION)
        self._max_payload = max(1, min(header.second, MAX_PAYLOAD))
        if self._authorization.required:
            self._challenge()
        else:
            self._grant()

    def _challenge(self) -> None:
        self._token = self._authorization.token()
        self._send(Command.AUTH, TOKEN, 0, self._token)

    def _grant(self) -> None:
        self._online = True
        self._send(Command.CNXN, VERSION, MAX_PAYLOAD, self._banner)

    def _on_auth(self, header: Header, payload: bytes) -> None:
        if self._online or not self._token:
            raise ProtocolError("AUTH that was not asked for")
        if header.first == SIGNATURE:
            if self._authorization.verify(self._token, payload):
                self._grant()
            else:
                self._challenge()
        elif header.first == PUBLIC_KEY:
            self._offer(payload)

    def _offer(self, line: bytes) -> None:
        try:
            name, trusted = self._authorization.offer(line)
        except ValueError as error:
            raise ProtocolError(str(error)) from None
        if trusted:
            self._grant()
        else:
            self._offered = name
            log.info("an ADB key waits to be allowed: %s", name)

    def _on_allowed(self, name: str) -> None:
        def go_on() -> None:
            if self._offered == name and not self._online:
                self._grant()

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(go_on)

    def _on_open(self, header: Header, payload: bytes) -> None:
        name = payload.rstrip(b"\0").decode("utf-8", "replace")
        service = self._services(name)
        if not header.first or service is None or len(self._streams) >= STREAMS:
            self._send(Command.CLSE, 0, header.first)
            return
        stream = Stream(self._next_id, header.first, self._send, self._max_payload)
        self._next_id += 1
        self._streams[stream.local] = stream
        self._send(Command.OKAY, stream.local, stream.remote)
        self._tasks[stream.local] = asyncio.create_task(self._serve(stream, service, name))

    async def _serve(self, stream: Stream, service: Service, name: str) -> None:
        try:
            await service(stream)
        except (StreamClosed, ConnectionError):
            pass
        except Exception:
            log.exception("the ADB service %r failed", name)
        finally:
            self._end(stream)

    def _end(self, stream: Stream) -> None:
        self._tasks.pop(stream.local, None)
        if self._streams.pop(stream.local, None):
            stream.on_close()
            self._send(Command.CLSE, stream.local, stream.remote)

    def _find(self, header: Header) -> Stream | None:
        stream = self._streams.get(header.second)
        return stream if stream and header.first in (stream.remote, 0) else None

    def _on_okay(self, header: Header, payload: bytes) -> None:
        if stream := self._find(header):
            stream.on_okay()

    def _on_write(self, header: Header, payload: bytes) -> None:
        if stream := self._find(header):
            stream.on_data(payload)

    def _on_close(self, header: Header, payload: bytes) -> None:
        # Each CLSE is answered by a CLSE, or some clients wait for it until they time out.
        if stream := self._find(header):
            task = self._tasks.get(stream.local)
            self._end(stream)
            if task:
                task.cancel()

    def _drop_streams(self) -> None:
        for stream in self._streams.values():
            stream.on_close()
        for task in self._tasks.values():
            task.cancel()
        self._streams.clear()
        self._tasks.clear()
