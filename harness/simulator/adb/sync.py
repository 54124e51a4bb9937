"""The file sync service: `adb push`, `pull` and `ls`, versions 1 and (stat, list) 2.

Source: AOSP `packages/modules/adb/SYNC.TXT` and `file_sync_protocol.h`.
"""

import contextlib
import os
import stat
import struct
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from harness.simulator.adb.files import DeviceFiles
from harness.simulator.adb.stream import Reader, Stream

REQUEST = struct.Struct("<4sI")
STAT_1 = struct.Struct("<4sIII")
STAT_2 = struct.Struct("<4sIQQIIIIQqqq")
ENTRY_1 = struct.Struct("<4sIIII")
ENTRY_2 = struct.Struct("<4sIQQIIIIQqqqI")
DATA_BYTES = 64 * 1024
DATA_PACKETS = 15
"""Packets sent in one write, so that each stays within one payload of 1 MiB."""
PATH_BYTES = 1024


class SyncRefused(Exception):
    """The request cannot be read on; what follows in the stream has no meaning."""


class SyncService:
    """Answers the requests of one `sync:` stream until QUIT."""

    def __init__(self, stream: Stream, files: DeviceFiles) -> None:
        self._stream = stream
        self._reader = Reader(stream)
        self._files = files
        self._modified_s = 0
        self._answers: dict[bytes, Callable[[str], Awaitable[None]]] = {
            b"SEND": self._send,
            b"RECV": self._receive,
            b"STAT": self._stat_1,
            b"STA2": self._stat_2,
            b"LST2": self._stat_link_2,
            b"LIST": self._list_1,
            b"LIS2": self._list_2,
        }

    async def run(self) -> None:
        """Serve until the client quits or asks for what does not exist."""
        try:
            while (request := await self._request()) is not None:
                name, argument = request
                await self._answers[name](argument)
        except SyncRefused as error:
            await self._fail(str(error))

    async def _request(self) -> tuple[bytes, str] | None:
        name, length = REQUEST.unpack(await self._reader.exactly(REQUEST.size))
        if name == b"QUIT":
            return None
        if name not in self._answers:
            raise SyncRefused(f"unknown sync request {name!r}")
        if length > PATH_BYTES:
            raise SyncRefused("path too long")
        return name, (await self._reader.exactly(length)).decode("utf-8", "surrogateescape")

    async def _fail(self, message: str) -> None:
        text = message.encode("utf-8", "surrogateescape")
        await self._stream.write(REQUEST.pack(b"FAIL", len(text)) + text)

    async def _send(self, argument: str) -> None:
        path, _, mode = argument.rpartition(",")
        problem = None
        upload: Upload | None = None
        try:
            upload = Upload(self._files.locate(path), _mode(mode))
        except (OSError, ValueError) as error:
            problem = _reason(error)
        try:
            # After a failure the client still sends everything; it reads FAIL only at the end.
            async for data in self._data():
                problem = problem or _write(upload, data)
            if upload and not problem:
                problem = upload.keep(self._modified_s)
        finally:
            if upload:
                upload.close()
        if problem:
            await self._fail(problem)
        else:
            await self._stream.write(REQUEST.pack(b"OKAY", 0))

    async def _data(self) -> AsyncIterator[bytes]:
        while True:
            name, length = REQUEST.unpack(await self._reader.exactly(REQUEST.size))
            if name == b"DONE":
                self._modified_s = length
                return
            if name != b"DATA" or length > DATA_BYTES:
                raise SyncRefused(f"expected DATA of at most {DATA_BYTES} bytes, got {name!r} of {length}")
            yield await self._reader.exactly(length)

    async def _receive(self, path: str) -> None:
        try:
            with self._files.locate(path).open("rb") as source:
                for packets in _data_packets(source):
                    await self._stream.write(packets)
        except OSError as error:
            await self._fail(_reason(error))
        else:
            await self._stream.write(REQUEST.pack(b"DONE", 0))

    async def _stat_1(self, path: str) -> None:
        try:
            status = self._files.locate(path).lstat()
        except OSError:
            await self._stream.write(STAT_1.pack(b"STAT", 0, 0, 0))
        else:
            await self._stream.write(STAT_1.pack(b"STAT", *_brief(status)))

    async def _stat_2(self, path: str) -> None:
        await self._stat_either(b"STA2", path, Path.stat)

    async def _stat_link_2(self, path: str) -> None:
        await self._stat_either(b"LST2", path, Path.lstat)

    async def _stat_either(self, name: bytes, path: str, look: Callable[[Path], os.stat_result]) -> None:
        try:
            fields = _full(look(self._files.locate(path)))
            await self._stream.write(STAT_2.pack(name, 0, *fields))
        except OSError as error:
            await self._stream.write(STAT_2.pack(name, error.errno or 1, *[0] * 10))

    async def _list_1(self, path: str) -> None:
        entries = b"".join(
            ENTRY_1.pack(b"DENT", *_brief(status), len(name)) + name for name, status in self._entries(path)
        )
        await self._stream.write(entries + ENTRY_1.pack(b"DONE", 0, 0, 0, 0))

    async def _list_2(self, path: str) -> None:
        entries = b"".join(
            ENTRY_2.pack(b"DNT2", 0, *_full(status), len(name)) + name for name, status in self._entries(path)
        )
        await self._stream.write(entries + ENTRY_2.pack(b"DONE", *[0] * 12))

    def _entries(self, path: str) -> list[tuple[bytes, os.stat_result]]:
        try:
            folder = self._files.locate(path)
            return [(os.fsencode(child.name), child.lstat()) for child in sorted(folder.iterdir())]
        except OSError:
            return []


class Upload:
    """A file on its way in: it takes its name only when it is whole, so a lost client leaves nothing."""

    def __init__(self, target: Path, mode: int) -> None:
        if target.is_dir():
            raise IsADirectoryError(21, "Is a directory", str(target))
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".push-")
        self._file = os.fdopen(descriptor, "wb")
        self._partial: Path | None = Path(name)
        self._target = target
        self._mode = mode

    def write(self, data: bytes) -> None:
        """Append; raises OSError."""
        self._file.write(data)

    def keep(self, modified_s: int) -> str | None:
        """Give the file its name, mode and time; return what went wrong, or None."""
        try:
            self._file.close()
            if self._partial:
                self._partial.chmod(self._mode | 0o600)
                os.utime(self._partial, (modified_s, modified_s))
                self._partial.replace(self._target)
                self._partial = None
        except OSError as error:
            return _reason(error)
        return None

    def close(self) -> None:
        """Remove what was not kept; idempotent."""
        with contextlib.suppress(OSError):
            self._file.close()
        if self._partial:
            self._partial.unlink(missing_ok=True)
            self._partial = None


def _write(upload: Upload | None, data: bytes) -> str | None:
    try:
        if upload:
            upload.write(data)
    except OSError as error:
        return _reason(error)
    return None


def _mode(text: str) -> int:
    mode = int(text)
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise ValueError("only regular files can be pushed")
    return stat.S_IMODE(mode) & 0o777


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _brief(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_mode, min(status.st_size, 0xFFFFFFFF), int(status.st_mtime)


def _full(status: os.stat_result) -> tuple[int, ...]:
    return (
        status.st_dev,
        status.st_ino,
        status.st_mode,
        status.st_nlink,
        0,
        0,
        status.st_size,
        int(status.st_atime),
        int(status.st_mtime),
        int(status.st_ctime),
    )


def _data_packets(source: BinaryIO) -> Iterator[bytes]:
    packets = []
    while data := source.read(DATA_BYTES):
        packets.append(REQUEST.pack(b"DATA", len(data)) + data)
        if len(packets) == DATA_PACKETS:
            yield b"".join(packets)
            packets = []
    if packets:
        yield b"".join(packets)
