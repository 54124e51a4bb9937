"""A network encoder as a capture source: MPEG-TS over UDP or RTP, or RTSP."""

import contextlib
import ipaddress
import queue
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import av
import av.error

from harness.capture.datagrams import Datagrams
from harness.capture.in_order import InOrder
from harness.capture.live_decoder import LiveDecoder
from harness.capture.uri import address_and_options, whole_number
from harness.clock import NS_PER_MS, NS_PER_S
from harness.decoding.container import best_stream
from harness.errors import CaptureLost, InputError, RigError
from harness.media import Captured, StreamFormat
from harness.ports import without_password

OPTIONS = {
    "udp": ("latency_ms", "interface"),
    "rtp": ("latency_ms", "interface"),
    "rtsp": ("latency_ms", "transport"),
}
LATENCIES_MS = range(5_001)
PORTS = range(1, 65_536)
ANY = "0.0.0.0"  # noqa: S104 - whoever writes udp://:5000 asks for it

OPEN_S = 15.0
"""Encoders send a key frame every second or two, some every ten."""

NOTHING_S = 5.0
"""If nothing arrives for so long the sender has gone."""

WAITING = 240
"""So many items may wait to be read; then the network waits, and what its queue cannot hold is lost."""

POLL_S = 0.1
PROBE = {"analyzeduration": "1500000", "probesize": "5000000"}
FROM_SERVER = {"protocol_whitelist": "rtsp,rtp,udp,tcp"}
OWN_WORDS = {"udp", "tcp", "http", "multicast", "filter_src", "listen"}
"""What libav would take as an option of its own at the end of an RTSP address."""


class NetworkStream:
    """Captures what an encoder sends: `udp://239.1.1.1:5000`, `rtp://:5004`, `rtsp://host/path`.

    Times are those of the encoder's stamps, put on the computer's clock by their arrival, its drift
    corrected. `latency_ms` is how long a picture takes from HDMI to here; it is subtracted from all times.

    Parameters
    ----------
    scheme : str
        udp, rtp or rtsp.
    rest : str
        What follows the colon. Options: `latency_ms` (0..5000); for udp and rtp `interface`, the address of
        this computer at which a multicast group is joined; for rtsp `transport` (tcp, the default, or udp).

    Raises InputError for an address or an option that cannot be.
    """

    def __init__(self, scheme: str, rest: str) -> None:
        self.uri = without_password(f"{scheme}:{rest}")
        self._scheme = scheme
        _, self._options = address_and_options(self.uri, OPTIONS[scheme])
        self._latency_ns = (
            whole_number(self.uri, self._options, "latency_ms", LATENCIES_MS) or 0
        ) * NS_PER_MS
        self._address = _address(self.uri, scheme, rest.partition("?")[0])
        self._interface = self._options.get("interface", "")
        if scheme != "rtsp":
            for what in (self._address.hostname or ANY, self._interface or ANY):
                _require_ipv4(self.uri, what)
        self._transport = self._options.get("transport", "tcp")
        if self._transport not in {"tcp", "udp"}:
            raise InputError(f"capture source {self.uri!r}: transport is tcp or udp")
        self._reader: _Reader | None = None

    def open(self) -> StreamFormat | None:
        """Start, and wait until the format is known; returns it. Raises RigError in one line."""
        self._reader = _Reader(self._source(), self.uri, self._latency_ns)
        try:
            return self._reader.format(OPEN_S)
        except BaseException:
            self.close()
            raise

    def read(self, timeout_s: float = 1.0) -> Captured | None:
        """Return the next item, or None if nothing came in time; raises CaptureLost."""
        if self._reader is None:
            raise CaptureLost(f"{self.uri}: the capture is closed; open it first")
        return self._reader.get(timeout_s)

    def close(self) -> None:
        """Stop capturing; idempotent. An RTSP server that is silent is waited for, at most 5 s."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _source(self) -> "_Server | Datagrams":
        host, port = self._address.hostname or ANY, self._address.port
        if self._scheme == "rtsp":
            return _Server(self._address.geturl(), self._transport)
        address = (host, port or 0)
        return Datagrams(self.uri, address, rtp=self._scheme == "rtp", interface=self._interface)


class _Server:
    """An RTSP server, which libav asks itself."""

    error: RigError | None = None

    def __init__(self, url: str, transport: str) -> None:
        self.url = url
        self.transport = transport

    heard_ns = 0

    @property
    def arrived_ns(self) -> int:
        return time.monotonic_ns()

    def close(self) -> None:
        """Nothing: libav lets go of it."""


class _Reader:
    """Demuxes and decodes in a thread of its own, into a queue that has an end."""

    def __init__(self, source: _Server | Datagrams, uri: str, latency_ns: int) -> None:
        self._source = source
        self._uri = uri
        self._decoder, self._in_order = LiveDecoder(uri, latency_ns), InOrder()
        self._items: queue.Queue[Captured] = queue.Queue(WAITING)
        self._known = threading.Event()
        self._stopped = threading.Event()
        self._seen_ns = time.monotonic_ns()
        self._error: RigError | None = None
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()

    def format(self, timeout_s: float) -> StreamFormat:
        """Return the format once it is known; raises RigError if none is in time."""
        deadline_s = time.monotonic() + timeout_s
        while not self._known.wait(POLL_S):
            self._check()
            if self._silent():
                raise RigError(self._nothing())
            if time.monotonic() > deadline_s:
                raise RigError(
                    f"{self._uri}: what arrives holds no picture that can be decoded; set the encoder to "
                    "H.264 or HEVC"
                )
        if self._decoder.format is None:
            self._check()
            raise RigError(self._nothing())
        return self._decoder.format

    def get(self, timeout_s: float) -> Captured | None:
        """Return the next item, or None if none came in time; raises CaptureLost."""
        with contextlib.suppress(queue.Empty):
            return self._items.get_nowait()
        self._check()
        if self._silent():
            raise CaptureLost(self._nothing())
        with contextlib.suppress(queue.Empty):
            return self._items.get(timeout=timeout_s)
        return None

    def close(self) -> None:
        """Stop; idempotent."""
        self._stopped.set()
        self._source.close()
        self._thread.join()

    def _check(self) -> None:
        error = self._source.error or self._error
        if error is not None:
            raise CaptureLost(str(error)) from None

    def _silent(self) -> bool:
        heard_ns = max(self._seen_ns, self._source.heard_ns)
        return time.monotonic_ns() - heard_ns > NOTHING_S * NS_PER_S

    def _nothing(self) -> str:
        return f"nothing arrives at {self._uri}: is the encoder sending here?"

    def _run(self) -> None:
        error = None
        try:
            self._read_on()
        except RigError as told:
            error = told
        except (av.error.FFmpegError, OSError, ValueError) as failed:
            error = CaptureLost(f"{self._uri}: {_reason(failed)}")
        for item in self._in_order.rest():
            self._put(item)
        self._error = error
        self._known.set()

    def _read_on(self) -> None:
        while not self._stopped.is_set():
            with _container(self._source) as container:
                self._decode(container)
            if not self._decoder.restarted and not self._stopped.is_set():
                raise CaptureLost(f"{self._uri}: the sender has ended the stream; start it anew")

    def _decode(self, container: Any) -> None:
        video, audio = best_stream(container, "video"), best_stream(container, "audio")
        streams = [stream for stream in (video, audio) if stream is not None]
        if not streams:
            raise RigError(f"{self._uri}: holds neither picture nor sound that can be decoded")
        decoder = self._decoder
        decoder.begin(video, audio)
        for packet in container.demux(*streams):
            self._seen_ns = time.monotonic_ns()
            if self._stopped.is_set():
                return
            if packet.size:
                self._order(decoder.take(packet, self._source.arrived_ns))
            if decoder.restarted:
                return
            if decoder.format is not None:
                self._known.set()

    def _order(self, items: list[Captured]) -> None:
        stream = self._decoder.format
        if stream is None:
            return
        for item in items:
            for ready in self._in_order.add(item, stream):
                self._put(ready)

    def _put(self, item: Captured) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._items.put(item, timeout=POLL_S)
                return


@contextlib.contextmanager
def _container(source: _Server | Datagrams) -> Iterator[Any]:
    if isinstance(source, Datagrams):
        opened = av.open(source, format="mpegts", options=PROBE, buffer_size=1 << 16)
    else:
        options = PROBE | FROM_SERVER | {"rtsp_transport": source.transport}
        opened = av.open(source.url, format="rtsp", options=options, timeout=(NOTHING_S, NOTHING_S))
    with opened as container:
        yield container


def _address(uri: str, scheme: str, address: str) -> SplitResult:
    try:
        found = urlsplit(f"{scheme}:{address}")
        host, port = found.hostname, found.port
    except ValueError as error:
        raise InputError(f"capture source {uri!r}: no usable address ({error})") from None
    if (
        (not host and scheme == "rtsp")
        or (port is None and scheme != "rtsp")
        or (port is not None and port not in PORTS)
    ):
        example = "rtsp://HOST/PATH" if scheme == "rtsp" else f"{scheme}://239.1.1.1:5000 or {scheme}://:5000"
        raise InputError(f"capture source {uri!r}: write {example}")
    if any(ord(letter) <= ord(" ") for letter in address):
        raise InputError(f"capture source {uri!r}: an address holds no blanks")
    path = unquote(found.path)
    if OWN_WORDS & {part.partition("=")[0] for part in path.partition("?")[2].split("&")}:
        raise InputError(f"capture source {uri!r}: write transport= instead of a word of its own for it")
    return found._replace(path=path)


def _require_ipv4(uri: str, address: str) -> None:
    try:
        ipaddress.IPv4Address(address)
    except ValueError:
        raise InputError(
            f"capture source {uri!r}: {address!r} is no address like 239.1.1.1 or 192.168.1.5"
        ) from None


def _reason(error: Exception) -> str:
    text = " ".join(str(getattr(error, "strerror", None) or error).split())
    if isinstance(error, av.error.ExitError):
        return "nothing arrives: is the encoder sending?"
    if isinstance(error, av.error.HTTPUnauthorizedError):
        return "the server wants a name and a password: write rtsp://NAME:PASSWORD@host/path"
    if isinstance(error, av.error.HTTPNotFoundError):
        return "the server has no stream of that path; look at the encoder's settings for it"
    return f"cannot be read ({text}); is the encoder on, and the address right?"
