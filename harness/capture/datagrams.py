"""Receives an MPEG transport stream in UDP or RTP, and hands it to a demuxer as if it were a file."""

import ipaddress
import socket
import struct
import threading
import time
from collections import deque

from harness.errors import RigError

LARGEST = 65_536
QUEUE_BYTES = 32_000_000
"""Ten seconds of a generous encoder: what comes while nobody decodes."""

SOCKET_BYTES = 8_000_000
WAIT_S = 0.1
SYNC = 0x47
MPEG_TS = 33
"""The RTP payload type of a transport stream (RFC 3551)."""

STRANGE = 50
"""So many datagrams of another kind in a row are no accident."""


class Datagrams:
    """Reads a port in a thread of its own; `read` is what a demuxer calls.

    Parameters
    ----------
    uri : str
        What error messages name.
    address : tuple of str and int
        A multicast group, or an address of this computer (`0.0.0.0`: any), and the port.
    rtp : bool
        Whether RTP is around it.
    interface : str
        The address of this computer at which a multicast group is joined; "" lets the system choose.

    Raises RigError in one line when the port cannot be listened at.
    """

    def __init__(self, uri: str, address: tuple[str, int], *, rtp: bool, interface: str = "") -> None:
        self.arrived_ns = 0
        """When the datagram that was read last arrived, on CLOCK_MONOTONIC; 0 before the first."""
        self.heard_ns = 0
        """When the last datagram of the right kind arrived."""
        self.name = uri
        self._uri = uri
        self._rtp = rtp
        self._socket = _listening(uri, address, interface)
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._bytes = 0
        self._strange = 0
        self._change = threading.Condition()
        self._stopped = threading.Event()
        self.error: RigError | None = None
        """Why what arrives cannot be used."""
        self._thread = threading.Thread(target=self._run, name="datagrams", daemon=True)
        self._thread.start()

    def read(self, size: int) -> bytes:
        """Return what is in the next datagram; nothing once it is closed."""
        with self._change:
            while not self._waiting:
                if self._stopped.is_set():
                    return b""
                self._change.wait(WAIT_S)
            arrived_ns, data = self._waiting.popleft()
            self._bytes -= len(data)
            if len(data) > size:
                self._waiting.appendleft((arrived_ns, data[size:]))
                self._bytes += len(data) - size
            self.arrived_ns = arrived_ns
            return data[:size]

    def close(self) -> None:
        """Listen no more; idempotent."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                data = self._socket.recv(LARGEST)
            except TimeoutError:
                continue
            except OSError as error:
                self.error = RigError(f"{self._uri}: the network failed ({error.strerror or error})")
                self._stopped.set()
                continue
            arrived_ns = time.monotonic_ns()
            payload = self._payload(data)
            if payload is None:
                continue
            self.heard_ns = arrived_ns
            with self._change:
                # What does not fit is missed by the demuxer, which counts the packets of the stream.
                if self._bytes + len(payload) <= QUEUE_BYTES:
                    self._waiting.append((arrived_ns, payload))
                    self._bytes += len(payload)
                    self._change.notify()

    def _payload(self, data: bytes) -> bytes | None:
        payload, trouble = _unwrapped(data) if self._rtp else (data, "")
        if payload and payload[0] == SYNC:
            self._strange = 0
            return payload
        self._strange += 1
        if self._strange >= STRANGE:
            self.error = RigError(f"{self._uri}: {trouble or _what_else(data)}")
        return None


def _listening(uri: str, address: tuple[str, int], interface: str) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BYTES)
        listening.settimeout(WAIT_S)
        group = ipaddress.IPv4Address(address[0])
        if group.is_multicast:
            # Two may listen to one group.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((str(group), address[1]))
        if group.is_multicast:
            joined = struct.pack("4s4s", group.packed, socket.inet_aton(interface or "0.0.0.0"))  # noqa: S104
            listening.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
    except OSError as error:
        listening.close()
        raise RigError(
            f"{uri}: cannot listen there ({error.strerror or error}); name a multicast group or an address "
            "of this computer, and a port that no other program has, such as udp://:5000"
        ) from None
    return listening


def _unwrapped(data: bytes) -> tuple[bytes | None, str]:
    """Return what an RTP packet carries (RFC 3550), or None and what is wrong with it."""
    if len(data) < 12 or data[0] >> 6 != 2:
        plain = data[:1] == bytes([SYNC])
        return (
            None,
            "what arrives is MPEG-TS without RTP: write udp://" if plain else "what arrives is not RTP",
        )
    if data[1] & 0x7F != MPEG_TS:
        return None, (
            f"carries RTP payload type {data[1] & 0x7F}, not MPEG-TS (33): set the encoder to MPEG-TS over "
            "RTP, or capture its rtsp:// address"
        )
    start = 12 + 4 * (data[0] & 0x0F)
    if data[0] & 0x10 and len(data) >= start + 4:
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    end = len(data) - (data[-1] if data[0] & 0x20 else 0)
    return data[start:end], ""


def _what_else(data: bytes) -> str:
    if data[:1] and data[0] >> 6 == 2 and len(data) > 12 and data[1] & 0x7F == MPEG_TS:
        return "what arrives is MPEG-TS in RTP: write rtp://"
    return "what arrives is not MPEG-TS: set the encoder to MPEG-TS over UDP"
