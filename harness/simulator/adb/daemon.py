"""The ADB daemon of the virtual device: a TCP server in a thread of its own."""

import asyncio
import logging
import socket
import tempfile
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from harness.simulator.adb.authorization import Authorization
from harness.simulator.adb.connection import Connection
from harness.simulator.adb.files import DeviceFiles
from harness.simulator.adb.services import Device, banner, find_service
from harness.simulator.adb.shell import DeviceLog
from harness.simulator.api import DeviceApi

log = logging.getLogger(__name__)

SCANNED_PORTS = range(5555, 5586)
"""An adb server looks for emulators here by itself and would list the device twice."""

Result = TypeVar("Result")


class AdbDaemon:
    """Serves ADB on `host:port` (0 picks a free port outside 5555-5585) for the device behind `api`.

    `auth` is False (everybody may connect, like an engineering box), True (the first key that is offered
    is trusted, each later one waits) or an `Authorization` of one's own. `files_dir` holds what the device
    stores; without it, a temporary directory does until `stop`.
    """

    def __init__(
        self,
        api: DeviceApi,
        host: str = "127.0.0.1",
        port: int = 0,
        auth: bool | Authorization = False,
        files_dir: Path | None = None,
    ) -> None:
        self.authorization = auth if isinstance(auth, Authorization) else Authorization(auth)
        self._api = api
        self._host = host
        self._port = port
        self._files_dir = files_dir
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._device: Device | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._server: asyncio.Server | None = None
        self._held: socket.socket | None = None
        self._returning: asyncio.TimerHandle | None = None
        self._connections: set[asyncio.Task[None]] = set()

    def start(self) -> int:
        """Listen; return the port. Raises OSError when the port is taken."""
        if self._thread:
            return self._port
        self._held = self._bind()
        self._port = self._held.getsockname()[1]
        self._device = Device(self._api, DeviceFiles(self._root()), DeviceLog(self._api))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name="adbd", daemon=True)
        self._thread.start()
        self._call(self._listen())
        return self._port

    def stop(self) -> None:
        """Drop every connection, end the thread and remove temporary files; idempotent."""
        if not self._thread or not self._loop:
            return
        self._call(self._leave(hold=False))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._thread = self._loop = None
        if self._temporary:
            self._temporary.cleanup()
            self._temporary = None

    def go_away(self, seconds: float | None = None) -> None:
        """Drop every connection and refuse new ones for `seconds`, or until `come_back` when None.

        The port stays bound meanwhile, so that no search for a free one finds it, and the daemon comes back
        on it.
        """
        if self._loop:
            self._call(self._leave(hold=True, seconds=seconds))

    def come_back(self) -> None:
        """Listen again after `go_away`."""
        if self._loop:
            self._call(self._listen())

    def _root(self) -> Path:
        if self._files_dir is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="harness-device-")
            return Path(self._temporary.name)
        return self._files_dir

    def _bind(self) -> socket.socket:
        while True:
            # With the protocol named, asyncio sends small packets at once: no 40 ms for an acknowledgement.
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((self._host, self._port))
            except OSError:
                listener.close()
                raise
            if self._port or listener.getsockname()[1] not in SCANNED_PORTS:
                return listener
            listener.close()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()

    def _call(self, work: Coroutine[Any, Any, Result]) -> Result:
        if not self._loop:
            work.close()
            raise RuntimeError("the ADB daemon is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> None:
        if self._returning:
            self._returning.cancel()
            self._returning = None
        if self._held:
            held, self._held = self._held, None
            self._server = await asyncio.start_server(self._accept, sock=held)

    async def _leave(self, *, hold: bool, seconds: float | None = None) -> None:
        if self._returning:
            self._returning.cancel()
            self._returning = None
        if self._server:
            self._server.close()
            self._server = None
            self._held = self._bind()
        if self._held and not hold:
            self._held.close()
            self._held = None
        dropped = list(self._connections)
        for connection in dropped:
            connection.cancel()
        await asyncio.gather(*dropped, return_exceptions=True)
        if hold and seconds is not None:
            self._returning = asyncio.get_running_loop().call_later(seconds, self._return)

    def _return(self) -> None:
        task = asyncio.ensure_future(self._listen())
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        device = self._device
        if task is None or device is None:
            return
        self._connections.add(task)
        connection = Connection(
            reader, writer, banner(self._api), lambda name: find_service(name, device), self.authorization
        )
        try:
            await connection.run()
        except asyncio.CancelledError:
            # asyncio's server would report a cancelled client task as an error.
            pass
        finally:
            self._connections.discard(task)
