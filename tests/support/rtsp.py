"""An RTSP server (RFC 2326) that sends what it encodes in RTP, over its own connection or in UDP."""

import base64
import re
import socket
import struct
import threading
from contextlib import ExitStack, closing, contextmanager, suppress

from tests.support.encoder import DirectEncoder, Encoder, Rtp

HEAD = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=box\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
TS = HEAD + "m=video 0 RTP/AVP 33\r\na=rtpmap:33 MP2T/90000\r\na=control:track0\r\n"
DIRECT = (
    HEAD + "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\n"
    "a=control:track0\r\nm=audio 0 RTP/AVP 14\r\na=control:track1\r\n"
)
RTCP = range(200, 205)
WAIT_S = 0.1


class Server:
    """Serves `/live`: MPEG-TS, or with `direct` H.264 and MPEG sound each by itself.

    It asks for `user` (name:password), if there is one; once `silent` is set it sends no more.
    """

    def __init__(self, user="", direct=False):
        self.user = user
        self.direct = direct
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
        self._lock, self._ways, rtp = threading.Lock(), {}, Rtp()

        def send(data, medium=None):
            packet = rtp(data) if medium is None else data
            if not self.silent.is_set():
                self._put(client, packet, medium or 0)

        with ExitStack() as sending, suppress(OSError):
            for request in self._requests(client):
                if self._answer(client, request) == "PLAY":
                    sending.enter_context((DirectEncoder if self.direct else Encoder)(send))

    def _put(self, client, packet, medium):
        control = packet[1] in RTCP
        way = self._ways[medium]
        if way is None:
            # The client may have gone.
            with self._lock, suppress(OSError):
                client.sendall(struct.pack(">cBH", b"$", 2 * medium + control, len(packet)) + packet)
        else:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(packet, ("127.0.0.1", way + control))

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

    def _answer(self, client, request):
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
            body, more = (DIRECT if self.direct else TS), ["Content-Type: application/sdp"]
        elif verb == "SETUP":
            more.append(self._set_up(int(url[-1]), headers["Transport"]))
        elif verb == "OPTIONS":
            more = ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"]
        lines = [f"RTSP/1.0 {status}", f"CSeq: {headers['CSeq']}", *more, f"Content-Length: {len(body)}"]
        with self._lock:
            client.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        return verb if status == "200 OK" else ""

    def _set_up(self, medium, transport):
        ports = re.search(r"client_port=(\d+)", transport)
        self._ways[medium] = int(ports[1]) if ports else None
        if ports:
            return f"Transport: {transport};server_port=5002-5003"
        return f"Transport: RTP/AVP/TCP;unicast;interleaved={2 * medium}-{2 * medium + 1}"


@contextmanager
def rtsp_server(user="", direct=False):
    """Yield a server, and end it."""
    with closing(Server(user, direct)) as server:
        yield server
