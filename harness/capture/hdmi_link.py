"""The HDMI cable of the virtual device: frames and sound go one way, and the sender never waits.

The device writes each frame, with the samples that travel beside it, into the next slot of a ring in
shared memory. The ring's descriptor is passed to a reader when it connects, and again with every new
mode. A datagram of fixed size says which slot was written: when a reader is too slow to take it, it is
dropped, and the reader sees the count jump. A reader copies each slot out once and looks afterwards
whether the slot was overwritten meanwhile.
"""

import contextlib
import os
import select
import socket
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.capture.hdmi_ring import FRAME, HELLO, LOST, MODE, Message, Ring
from harness.errors import RigError
from harness.media import AudioFormat, Plane, VideoFormat

PATIENCE = 8
"""A reader that has let so many changes of mode wait takes nothing any more."""
SERVE_S = 0.1
"""How soon a new reader is welcomed, and one that was behind is told what waits for it, at the latest."""


class _Reader:
    """One connected capture card; what it must not miss waits for it, frames do not."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.waiting: deque[tuple[Message, int | None]] = deque()

    def tell(self, message: Message, fd: int | None = None) -> bool:
        """Send, or drop a frame that finds no room; return False when the reader has gone."""
        if message.kind != FRAME:
            self.waiting.append((message, None if fd is None else os.dup(fd)))
        return self._push(None if message.kind != FRAME else message)

    def catch_up(self) -> bool:
        """Send what waits, as far as there is room; return False when the reader has gone."""
        return self._push(None)

    def _push(self, frame: Message | None) -> bool:
        try:
            while self.waiting:
                self._send(*self.waiting[0])
                self._forget()
            if frame:
                self._send(frame, None)
        except BlockingIOError:
            return len(self.waiting) < PATIENCE
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Hang up."""
        self.connection.close()
        while self.waiting:
            self._forget()

    def _send(self, message: Message, fd: int | None) -> None:
        socket.send_fds(self.connection, [message.pack()], [] if fd is None else [fd])

    def _forget(self) -> None:
        _, fd = self.waiting.popleft()
        if fd is not None:
            os.close(fd)


class HdmiOutput:
    """The device's end of the cable: listens on a socket that only its owner may open.

    Methods may be called from any thread; none ever waits for a reader.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._readers: list[_Reader] = []
        self._fd: int | None = None
        self._ring: Ring | None = None
        self._mode = Message(HELLO, 0)
        self._serial = 0
        self._listener = _listen(path)
        self._closing = threading.Event()
        self._serving = threading.Thread(target=self._serve, name="hdmi-output", daemon=True)
        self._serving.start()

    def set_mode(self, video: VideoFormat, audio: AudioFormat | None, t_ns: int) -> None:
        """Begin to send a format at `t_ns`: the signal comes, or changes."""
        with self._lock:
            self._drop_ring()
            self._fd = _shared_memory()
            self._ring = Ring(self._fd, video, audio, writable=True)
            rate_hz, channels = (audio.rate_hz, audio.channels) if audio else (0, 0)
            self._mode = Message(
                MODE,
                self._serial,
                t_ns,
                width_px=video.width_px,
                height_px=video.height_px,
                fps=video.fps,
                rate_hz=rate_hz,
                channels=channels,
            )
            self._tell(self._mode, self._fd)

    def signal_lost(self, t_ns: int) -> None:
        """Stop sending at `t_ns`: the device sleeps, restarts, or the cable is pulled."""
        with self._lock:
            self._mode = Message(HELLO, self._serial, t_ns)
            self._tell(Message(LOST, self._serial, t_ns))
            self._drop_ring()

    def send(
        self,
        t_ns: int,
        index: int,
        picture: tuple[Plane, Plane, Plane],
        samples: NDArray[np.int16] | None = None,
        first_sample: int = 0,
    ) -> None:
        """Put one frame on the wire, and the samples that are sent during it.

        Raises ValueError for another size than the mode's, or without a mode.

        Parameters
        ----------
        t_ns : int
            When its scan-out begins, on CLOCK_MONOTONIC as the device's own clock defines it. The first
            sample is heard then, too.
        index : int
            The device's count of frames; a jump is a loss before the wire.
        picture : tuple of uint8 arrays
            The planes y, u, v of the mode's size.
        samples : int16 array, shape (samples, channels), or None
            What is sent during the frame; at most 0.25 s.
        first_sample : int
            Index of the first of them since the device was switched on.

        """
        with self._lock:
            if self._ring is None:
                raise ValueError("no mode is set; call set_mode() before send()")
            self._ring.write(self._serial, picture, samples)
            count = 0 if samples is None else len(samples)
            self._tell(Message(FRAME, self._serial, t_ns, index, first_sample, count))
            self._serial += 1

    def close(self) -> None:
        """Unplug the cable: readers are told at once; idempotent."""
        self._closing.set()
        self._serving.join()
        self._listener.close()
        with self._lock:
            for reader in self._readers:
                reader.close()
            self._readers.clear()
            self._drop_ring()
        self.path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while not self._closing.is_set():
            with self._lock:
                behind = [reader.connection for reader in self._readers if reader.waiting]
            arrived, _, _ = select.select([self._listener], behind, [], SERVE_S)
            with self._lock:
                self._each(_Reader.catch_up)
                if arrived:
                    self._welcome()

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):
            reader = _Reader(self._listener.accept()[0])
            # A late reader starts at the current frame: its count begins here.
            reader.tell(replace(self._mode, serial=self._serial), self._fd)
            self._readers.append(reader)

    def _tell(self, message: Message, fd: int | None = None) -> None:
        self._each(lambda reader: reader.tell(message, fd))

    def _each(self, act: Callable[[_Reader], bool]) -> None:
        for reader in [reader for reader in self._readers if not act(reader)]:
            reader.close()
            self._readers.remove(reader)

    def _drop_ring(self) -> None:
        self._ring = None
        if self._fd is not None:
            os.close(self._fd)
        self._fd = None


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        # The mode of the socket before bind() is the mode of the file: no moment when others may open it.
        os.fchmod(listener.fileno(), 0o600)
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        listener.listen(4)
    except OSError as error:
        listener.close()
        raise RigError(f"{path}: cannot listen there ({error}); choose another, shorter path") from None
    return listener


def _shared_memory() -> int:
    try:
        return os.memfd_create("hdmi", os.MFD_CLOEXEC)
    except (AttributeError, OSError):
        with tempfile.TemporaryFile() as file:
            return os.dup(file.fileno())
