"""A network encoder: libav encodes a known picture and sound, and sends them at their pace."""

import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from fractions import Fraction

import av
import numpy as np

FPS = 50
RATE_HZ = 48_000
WIDTH, HEIGHT = 320, 180
TS_BYTES = 188
AT_ONCE = 7 * TS_BYTES


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def picture(index):
    """Return a grey picture whose brightness tells its index, up to 100."""
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for plane, value in zip(frame.planes, (30 + index % 100 * 2, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.pts, frame.time_base = index, Fraction(1, FPS)
    return frame


def seen_index(frame):
    return round((float(frame.y.mean()) - 30) / 2) % 100


class Pipe:
    """What the muxer writes to; hands whole transport packets on."""

    def __init__(self, send):
        self._send, self._rest = send, b""

    def write(self, data):
        self._rest += bytes(data)
        while len(self._rest) >= AT_ONCE:
            part, self._rest = self._rest[:AT_ONCE], self._rest[AT_ONCE:]
            self._send(part)
        return len(data)

    def flush(self):
        if self._rest:
            self._send(self._rest)
        self._rest = b""


class Encoder:
    """Sends MPEG-TS by `send(bytes)` in a thread while the block runs.

    `shown_ns` holds when each picture was shown.
    """

    def __init__(self, send, *, options=None):
        self.shown_ns = {}
        self._options = {"preset": "ultrafast", "tune": "zerolatency", "g": "25"} | (options or {})
        self._send = send
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        pipe = Pipe(self._send)
        with suppress(OSError), av.open(pipe, "w", format="mpegts") as container:
            video, audio = (
                self._picture(container),
                container.add_stream("mp2", rate=RATE_HZ, layout="stereo"),
            )
            for index in self._paced():
                container.mux(video.encode(picture(index)))
                container.mux(audio.encode(_tone(index)))
                pipe.flush()

    def _picture(self, container):
        video = container.add_stream("libx264", rate=FPS, options=self._options)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        return video

    def _paced(self):
        """Yield the index of each picture when it is due, until the block ends."""
        start_ns = time.monotonic_ns()
        for index in range(100_000):
            due_ns = start_ns + index * 1_000_000_000 // FPS
            if self._stop.wait(max(0, due_ns - time.monotonic_ns()) / 1e9):
                return
            self.shown_ns[index] = time.monotonic_ns()
            yield index


class DirectEncoder(Encoder):
    """Sends H.264 and MPEG sound, each in RTP of its own, by `send(packet, medium)`, medium 0 or 1."""

    def _run(self):
        pictures, sounds = (Whole(self._send, medium) for medium in (0, 1))
        settings = {"format": "rtp", "container_options": {"packetsize": "1400"}}
        with (
            suppress(OSError),
            av.open(pictures, "w", **settings) as one,
            av.open(sounds, "w", **settings) as two,
        ):
            video, audio = self._picture(one), two.add_stream("mp2", rate=RATE_HZ, layout="stereo")
            for index in self._paced():
                one.mux(video.encode(picture(index)))
                two.mux(audio.encode(_tone(index)))


class Whole:
    """What a muxer of RTP writes to: each write is one packet."""

    def __init__(self, send, medium):
        self._send, self._medium = send, medium

    def write(self, data):
        self._send(bytes(data), self._medium)
        return len(data)


def _tone(index):
    count = RATE_HZ // FPS
    t = (index * count + np.arange(count)) / RATE_HZ
    codes = np.rint(8000 * np.sin(2 * np.pi * 1000 * t)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(np.repeat(codes, 2)[None], "s16", "stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, index * count, Fraction(1, RATE_HZ)
    return frame


@contextmanager
def udp(port, host="127.0.0.1", wrap=lambda data: data):
    """Yield what sends datagrams to a port; `wrap` returns None for what is lost on the way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))

        def send(data):
            wrapped = wrap(data)
            if wrapped is not None:
                with suppress(ConnectionRefusedError):
                    sender.sendto(wrapped, (host, port))

        yield send


class Rtp:
    """Wraps transport packets in RTP of a payload type."""

    def __init__(self, kind=33):
        self.kind, self.count = kind, 0

    def __call__(self, data):
        self.count += 1
        head = struct.pack(">BBHII", 0x80, self.kind, self.count & 0xFFFF, self.count * 100, 1)
        return head + data
