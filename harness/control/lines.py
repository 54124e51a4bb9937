"""Lines of text over a socket: bounded in length and in time."""

import socket

from harness.clock import NS_PER_S, Clock
from harness.control.faults import Refused

CHUNK_BYTES = 4096


class Lines:
    """Reads and writes lines on a connected socket.

    Parameters
    ----------
    connection : socket
        Is closed by `close`.
    end : bytes
        What ends a line.
    longest : int
        Bytes of the longest line that is believed.
    clock : Clock
        Measures the time that is waited.
    """

    def __init__(self, connection: socket.socket, end: bytes, longest: int, clock: Clock) -> None:
        self._socket = connection
        self._end = end
        self._longest = longest
        self._clock = clock
        self._data = bytearray()

    def write(self, line: str, timeout_s: float) -> None:
        """Send one line; raises OSError."""
        self._socket.settimeout(timeout_s)
        self._socket.sendall(line.encode("ascii") + self._end)

    def read(self, timeout_s: float) -> str:
        """Return the next line that is not empty; raises TimeoutError, EOFError, OSError, Refused."""
        end_ns = self._clock.now_ns() + round(timeout_s * NS_PER_S)
        while True:
            while self._end not in self._data:
                self._fill(end_ns)
            line, _, rest = bytes(self._data).partition(self._end)
            self._data = bytearray(rest)
            if text := line.decode("latin-1").strip():
                return text

    def drop_stale(self) -> None:
        """Forget what came before, unasked."""
        self._data.clear()
        self._socket.setblocking(False)
        try:
            while self._socket.recv(CHUNK_BYTES):
                pass
        except BlockingIOError:
            return
        raise EOFError

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _fill(self, end_ns: int) -> None:
        left_s = (end_ns - self._clock.now_ns()) / NS_PER_S
        if left_s <= 0:
            raise TimeoutError
        if len(self._data) > self._longest:
            raise Refused("it talks without an end; is this the right address?")
        self._socket.settimeout(left_s)
        chunk = self._socket.recv(CHUNK_BYTES)
        if not chunk:
            raise EOFError
        self._data += chunk
