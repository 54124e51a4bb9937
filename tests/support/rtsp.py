"""An RTSP server (RFC 2326) that sends MPEG-TS in RTP over its own connection, as encoders do."""

import base64
import socket
import struct
import threading
from contextlib import ExitStack, closing, contextmanager, suppress

from tests.support.encoder import Encoder, Rtp

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=box\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 33\r\na=rtpmap:33 MP2T/90000\r\na=control:track\r\n"
)
WAIT_S = 0.1


class Server:
    """Serves `/live`; asks for `user` (name:password) if there is one; `stop_sending` goes silent."""

    def __init__(self, user=""):
        self.user = user
        self.asked = []
        self.silent = threading.Event()
        self._stop = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(WAIT_S)
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="rtsp", daemon=True)
        self._thread.start()

    def close(self):
        self._stop.set()
        self._thread.join()
        self._listening.close()

    def _serve(self):
        while not self._stop.is_set():
            try:
                client, _ = self._listening.accept()
            except TimeoutError:
                continue
            with closing(client):
                self._talk(client)

    def _talk(self, client):
        client.settimeout(WAIT_S)
        lock, rtp = threading.Lock(), Rtp()

        def send(data):
            if not self.silent.is_set():
                packet = rtp(data)
                with lock:
                    client.sendall(b"$\0" + struct.pack(">H", len(packet)) + packet)

        with ExitStack() as sending, suppress(OSError):
            for request in self._requests(client):
                if self._answer(client, lock, request) == "PLAY":
                    sending.enter_context(Encoder(send))

    def _requests(self, client):
        waiting = b""
        while not self._stop.is_set():
            try:
                data = client.recv(4096)
            except TimeoutError:
                continue
            if not data:
                return
            # What the client tells of its reception begins with a dollar, and is of no interest.
            waiting = (waiting + data) if not data.startswith(b"$") else b""
            while b"\r\n\r\n" in waiting:
                request, _, waiting = waiting.partition(b"\r\n\r\n")
                yield request.decode()

    def _answer(self, client, lock, request):
        verb, url, *_ = request.split()
        headers = dict(line.split(": ", 1) for line in request.split("\r\n")[1:])
        self.asked.append((verb, url))
        status, more, body = "200 OK", ["Session: 7"], ""
        want = f"Basic {base64.b64encode(self.user.encode()).decode()}"
        if self.user and verb != "OPTIONS" and headers.get("Authorization") != want:
            status, more = "401 Unauthorized", ['WWW-Authenticate: Basic realm="box"']
        elif "/live" not in url and verb != "OPTIONS":
            status = "404 Not Found"
        elif verb == "DESCRIBE":
            body, more = SDP, ["Content-Type: application/sdp"]
        elif verb == "SETUP":
            more.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        elif verb == "OPTIONS":
            more = ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"]
        lines = [f"RTSP/1.0 {status}", f"CSeq: {headers['CSeq']}", *more, f"Content-Length: {len(body)}"]
        with lock:
            client.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        return verb if status == "200 OK" else ""


@contextmanager
def rtsp_server(user=""):
    """Yield a server, and end it."""
    with closing(Server(user)) as server:
        yield server
