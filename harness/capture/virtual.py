"""The virtual capture card: the rig's end of the virtual device's HDMI cable."""

import os
import socket
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.capture.hdmi_ring import FRAME, LOST, MODE, Message, Ring
from harness.clock import NS_PER_S
from harness.errors import CaptureLost, RigError
from harness.media import AudioBlock, Captured, Frame, Gap, SignalEvent, StreamFormat

HELLO_S = 5.0
LARGEST_SIDE_PX = 8192
DEVICE_LOST = "frames lost before the wire"
QUEUE_FULL = "the capture was too late: its queue was full"
OVERWRITTEN = "the capture was too late: frames were overwritten"


@dataclass(slots=True)
class _Due:
    """What comes next if nothing is lost."""

    serial: int
    index: int | None = None
    t_ns: int = 0
    sample: int | None = None
    sound_ns: int = 0


class VirtualCard:
    """Captures the virtual device's HDMI output, `virtual:/path/hdmi.sock`.

    One thread reads at a time. Gaps are reported where the count of frames or samples jumps.
    """

    def __init__(self, path: Path) -> None:
        self.uri = f"virtual:{path}"
        self._path = path
        self._socket: socket.socket | None = None
        self._ring: Ring | None = None
        self._format: StreamFormat | None = None
        self._due = _Due(0)
        self._late: str | None = None
        self._items: deque[Captured] = deque()

    def open(self) -> StreamFormat | None:
        """Plug in; return the format, or None while there is no signal. Raises CaptureLost."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._socket.connect(str(self._path))
        except OSError as error:
            self.close()
            hint = "start the device with `harness simulate`, and give the path that it prints"
            raise CaptureLost(f"{self.uri}: no HDMI link there ({error.strerror or error}); {hint}") from None
        received = self._receive(HELLO_S)
        if received is None:
            self.close()
            raise CaptureLost(f"{self.uri}: the device does not answer; start it anew")
        message, fd = received
        self._due = _Due(message.serial)
        if message.kind == MODE:
            self._tune(message, fd)
        return self._format

    def read(self, timeout_s: float = 1.0) -> Captured | None:
        """Return the next item, or None if nothing came in time; raises CaptureLost."""
        deadline = time.monotonic() + timeout_s
        while not self._items:
            received = self._receive(deadline - time.monotonic())
            if received is None:
                return None
            self._take(*received)
        return self._items.popleft()

    def close(self) -> None:
        """Unplug; idempotent."""
        if self._socket is not None:
            self._socket.close()
        self._socket = self._ring = self._format = None

    def _receive(self, timeout_s: float) -> tuple[Message, int | None] | None:
        if self._socket is None:
            raise CaptureLost(f"{self.uri}: the capture is closed; open it first")
        self._socket.settimeout(max(timeout_s, 0.0))
        try:
            data, fds, _, _ = socket.recv_fds(self._socket, Message.SIZE, 1)
        except (TimeoutError, BlockingIOError):
            return None
        except OSError as error:
            raise CaptureLost(f"{self.uri}: the HDMI link broke ({error}); is the device running?") from None
        if not data:
            raise CaptureLost(f"{self.uri}: the device has gone; start it anew, and look at its log")
        return Message.unpack(data), fds[0] if fds else None

    def _take(self, message: Message, fd: int | None) -> None:
        if message.kind == FRAME:
            self._take_frame(message)
        elif message.kind == MODE:
            self._note_loss(message, None)
            kind = "format_changed" if self._format else "signal_back"
            self._tune(message, fd)
            self._items.append(SignalEvent(message.t_ns, kind, self._format))  # type: ignore[arg-type]
        elif message.kind == LOST:
            self._note_loss(message, None)
            self._format = self._ring = None
            self._due = _Due(message.serial)
            self._items.append(SignalEvent(message.t_ns, "signal_lost"))

    def _tune(self, message: Message, fd: int | None) -> None:
        video, audio = message.video, message.audio
        if fd is None:
            raise RigError(f"{self.uri}: the device offers a mode without its ring; start it anew")
        try:
            if not (0 < max(video.width_px, video.height_px) <= LARGEST_SIDE_PX and video.fps > 0):
                raise RigError(f"{self.uri}: the device offers an impossible mode {video}")
            self._ring = Ring(fd, video, audio, writable=False)
        finally:
            os.close(fd)
        self._format = StreamFormat(video, audio)
        self._due = _Due(message.serial)

    def _take_frame(self, message: Message) -> None:
        copied = self._ring.read(message.serial, message.samples) if self._ring else None
        if copied is None:
            # Counted as a loss when the next frame, or the next change of the signal, shows its extent.
            self._late = OVERWRITTEN
            return
        self._note_loss(message, message.index)
        self._deliver(message, *copied)

    def _note_loss(self, message: Message, index: int | None) -> None:
        due, reason = self._due, self._late
        self._late = None
        if due.index is None:
            return
        if message.serial != due.serial:
            reason = reason or QUEUE_FULL
        jumped = message.serial != due.serial
        if jumped or (index is not None and index != due.index):
            self._items.append(Gap(due.t_ns, max(due.t_ns, message.t_ns), "video", reason or DEVICE_LOST))
        unheard = jumped if index is None else message.samples and message.first_sample != due.sample
        if due.sample is not None and unheard:
            end_ns = max(due.sound_ns, message.t_ns)
            self._items.append(Gap(due.sound_ns, end_ns, "audio", reason or DEVICE_LOST))

    def _deliver(self, message: Message, picture: NDArray[np.uint8], sound: NDArray[np.int16]) -> None:
        ring, stream = self._ring, self._format
        if ring is None or stream is None or stream.video is None:
            return
        self._items.append(Frame(message.t_ns, message.index, *ring.split(picture)))
        due = self._due
        due.serial, due.index = message.serial + 1, message.index + 1
        due.t_ns = message.t_ns + round(NS_PER_S / stream.video.fps)
        if len(sound) and stream.audio:
            samples = sound.astype(np.float32) / np.float32(32768)
            self._items.append(AudioBlock(message.t_ns, message.first_sample, samples))
            due.sample = message.first_sample + len(sound)
            due.sound_ns = message.t_ns + round(len(sound) * NS_PER_S / stream.audio.rate_hz)
