"""A USB capture card, plugged into this kernel over USB/IP: the kernel's own drivers see a USB video device.

Descriptors and requests are those of USB Video Class 1.0; pictures go over a bulk endpoint.
"""

import socket
import struct
import threading
import time
from collections import deque
from pathlib import Path

from tests.rig_vm.inside import sh, until

HOST = Path("/sys/devices/platform/vhci_hcd.0")
DEVICE_ID, HIGH_SPEED = 0x1_0002, 3
SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4
STALL, RESET = -32, -104
ENDPOINT, PACKET = 1, 512
PAYLOAD = 4_000_000
"""Larger than any frame, so that a frame is one payload."""

NAME = "Test card"
SIZES = {1: ((1280, 720), (320, 240)), 2: ((320, 240),)}
"""The sizes of each format: 1 is MJPG, 2 is YUYV."""
INTERVALS = (333_333, 2_000_000)
"""30 and 5 frames a second, in units of 100 ns."""

END, ERROR, HEADER = 0x02, 0x40, 0x80


class UsbCard:
    """The card; `plug` and `unplug` it, and `send` frames while a program captures."""

    def __init__(self) -> None:
        self.asked = bytes(26)
        """What the driver has committed to, as it said it."""
        self._urbs: deque[tuple[int, int]] = deque()
        self._change = threading.Condition()
        self._probe = _commitment(1, 1, INTERVALS[0])
        self._frame_id = 0
        self._socket: socket.socket | None = None

    def plug(self) -> None:
        """Plug it into the first port."""
        sh("modprobe", "vhci-hcd")
        ours, theirs = socket.socketpair()
        self._socket = ours
        self._urbs.clear()
        threading.Thread(target=self._serve, args=(ours,), daemon=True).start()
        (HOST / "attach").write_text(f"0 {theirs.fileno()} {DEVICE_ID} {HIGH_SPEED}")
        theirs.close()

    def unplug(self) -> None:
        """Pull it out."""
        (HOST / "detach").write_text("0")
        if self._socket is not None:
            self._socket.close()

    @property
    def captured(self) -> bool:
        """Return whether a program captures: its driver asks for data."""
        return bool(self._urbs)

    def send(self, picture: bytes, flags: int = 0) -> None:
        """Send one frame, in pieces as large as the driver asks for; the last one is short."""
        self._frame_id ^= 1
        data = bytes([2, HEADER | END | flags | self._frame_id]) + picture
        at, ended = 0, False
        while not ended:
            with self._change:
                if not self._change.wait_for(lambda: self._urbs, 5):
                    return
                # In one go: what is taken back meanwhile must not be answered afterwards.
                number, length = self._urbs.popleft()
                piece = data[at : at + length]
                self._answer(number, piece)
            at, ended = at + length, len(piece) < length

    def _serve(self, connection: socket.socket) -> None:
        try:
            while head := _exactly(connection, 48):
                command, number, _, inwards, endpoint = struct.unpack(">5I", head[:20])
                if command == UNLINK:
                    self._unlink(number, struct.unpack(">I", head[20:24])[0])
                    continue
                length = struct.unpack(">i", head[24:28])[0]
                data = b"" if inwards else _exactly(connection, length)
                if endpoint == ENDPOINT:
                    with self._change:
                        self._urbs.append((number, length))
                        self._change.notify_all()
                else:
                    answer = self._control(head[40:48], data)
                    self._answer(
                        number, *((b"", STALL) if answer is None else (answer[:length], 0)), len(data)
                    )
        except OSError:
            return

    def _unlink(self, number: int, which: int) -> None:
        with self._change:
            waiting = [urb for urb in self._urbs if urb[0] == which]
            for urb in waiting:
                self._urbs.remove(urb)
            status = RESET if waiting else 0
            self._send(struct.pack(">5Ii24x", UNLINKED, number, 0, 0, 0, status))

    def _answer(self, number: int, data: bytes, status: int = 0, taken: int = 0) -> None:
        head = struct.pack(">5I5i8x", SUBMITTED, number, 0, 0, 0, status, len(data) or taken, 0, 0, 0)
        self._send(head + data)

    def _send(self, data: bytes) -> None:
        with self._change:
            if self._socket is not None:
                self._socket.sendall(data)

    def _control(self, setup: bytes, data: bytes) -> bytes | None:
        """Return what is answered to a request on the control endpoint; None refuses it."""
        kind, request, value, index, _ = struct.unpack("<BBHHH", setup)
        if kind == 0x80 and request == 6:
            return _descriptor(value >> 8, value & 0xFF)
        if kind & 0x60 == 0x20:
            return self._video(request, value >> 8, index & 0xFF, data)
        return {0x80: b"\0\0", 0x81: b"\0"}.get(kind, b"")

    def _video(self, request: int, selector: int, interface: int, data: bytes) -> bytes | None:
        if interface != 1 or selector not in (1, 2):
            return None
        if request == 0x01:
            self._probe = _commitment(data[2], data[3], struct.unpack("<I", data[4:8])[0])
            if selector == 2:
                self.asked = self._probe
            return b""
        return {0x85: struct.pack("<H", 26), 0x86: b"\x03"}.get(request, self._probe)


def node(timeout_s: float = 20.0) -> Path:
    """Return the device node of the card, once it is there."""

    def find() -> Path | None:
        for path in Path("/sys/class/video4linux").glob("*"):
            if (path / "name").read_text().startswith(NAME) and (path / "index").read_text().strip() == "0":
                return Path("/dev", path.name)
        return None

    return until(lambda: (found := find()) and found.exists() and found, timeout_s)


def paced(card: UsbCard, pictures, every_s: float, stop: threading.Event) -> None:
    """Send pictures, given as (bytes, flags), at a pace, while a program captures; None is left out."""
    for picture in pictures:
        while not card.captured and not stop.wait(0.01):
            pass
        if stop.is_set():
            return
        if picture is not None:
            card.send(*picture)
        time.sleep(every_s)


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            return b""
        data += piece
    return data


def _commitment(picture_format: int, frame: int, interval: int) -> bytes:
    sizes = SIZES.get(picture_format, SIZES[1])
    width, height = sizes[min(max(frame, 1), len(sizes)) - 1]
    numbers = (0, picture_format, frame, interval, 0, 0, 0, 0, 0, 2 * width * height, PAYLOAD)
    return struct.pack("<HBBI5HII", *numbers)


def _descriptor(kind: int, index: int) -> bytes | None:
    if kind == 1:
        return struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0xEF, 2, 1, 64, 0x1209, 1, 0x100, 1, 2, 3, 1)
    if kind == 2:
        return _configuration()
    if kind == 3:
        texts = {1: "Example", 2: NAME, 3: "0001"}
        text = b"\x09\x04" if not index else texts.get(index, "").encode("utf-16-le")
        return bytes([len(text) + 2, 3]) + text
    return None


def _configuration() -> bytes:
    camera = bytes([15, 0x24, 2, 1, 0x01, 0x02, *(0 for _ in range(9))])
    control = camera + bytes([9, 0x24, 3, 2, 0x01, 0x01, 0, 1, 0])
    control = struct.pack("<BBBHHIBB", 13, 0x24, 1, 0x0100, 13 + len(control), 48_000_000, 1, 1) + control
    formats = b"".join(_format(number) for number in SIZES)
    streaming = (
        struct.pack("<BBBBH", 13 + len(SIZES), 0x24, 1, len(SIZES), 13 + len(SIZES) + len(formats))
        + bytes([0x80 | ENDPOINT, 0, 2, 0, 0, 0, 1, *(0 for _ in SIZES)])
        + formats
    )
    parts = (
        bytes([8, 11, 0, 2, 0x0E, 3, 0, 0])
        + bytes([9, 4, 0, 0, 0, 0x0E, 1, 0, 0])
        + control
        + bytes([9, 4, 1, 0, 1, 0x0E, 2, 0, 0])
        + streaming
        + struct.pack("<BBBBHB", 7, 5, 0x80 | ENDPOINT, 2, PACKET, 0)
    )
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(parts), 2, 1, 0, 0x80, 250) + parts


def _format(number: int) -> bytes:
    sizes = SIZES[number]
    if number == 1:
        head = bytes([11, 0x24, 6, number, len(sizes), 1, 1, 0, 0, 0, 0])
    else:
        guid = b"YUY2" + bytes.fromhex("00001000800000aa00389b71")
        head = bytes([27, 0x24, 4, number, len(sizes)]) + guid + bytes([16, 1, 0, 0, 0, 0])
    frames = b"".join(_frame(number, index, size) for index, size in enumerate(sizes, 1))
    return head + frames + bytes([6, 0x24, 13, 1, 1, 4])


def _frame(number: int, index: int, size: tuple[int, int]) -> bytes:
    width, height = size
    numbers = (1_000_000, 400_000_000, 2 * width * height, INTERVALS[0], len(INTERVALS))
    head = struct.pack(
        "<BBBBBHH", 26 + 4 * len(INTERVALS), 0x24, 7 if number == 1 else 5, index, 0, width, height
    )
    return head + struct.pack("<IIIIB", *numbers) + struct.pack(f"<{len(INTERVALS)}I", *INTERVALS)
