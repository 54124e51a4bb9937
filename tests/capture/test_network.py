"""What a real encoder sends over a real network is captured on our clock; every trouble is one line."""

import time
from contextlib import closing, contextmanager
from fractions import Fraction

import numpy as np
import pytest

from harness.capture import network, open_source
from harness.capture.network import NetworkStream
from harness.errors import CaptureLost, InputError, RigError
from harness.media import AudioBlock, AudioFormat, Frame, Gap, RigEvent, StreamFormat, VideoFormat
from tests.support.encoder import HEIGHT, WIDTH, Encoder, Rtp, free_port, seen_index, udp
from tests.support.rtsp import rtsp_server
from tests.support.sources import until

STREAM = StreamFormat(VideoFormat(WIDTH, HEIGHT, Fraction(50)), AudioFormat(48_000, 2))


def taken(source, enough, timeout_s=30.0):
    """Return what comes until `enough(items)` holds."""
    items, deadline_s = [], time.monotonic() + timeout_s
    while not enough(items):
        assert time.monotonic() < deadline_s, f"it never came: {[type(item).__name__ for item in items]}"
        item = source.read(0.2)
        if item is not None:
            items.append(item)
    return items


@contextmanager
def sent(scheme="udp", wrap=lambda data: data, host="127.0.0.1", query="", **encoder):
    """Yield an encoder that sends, and a source that is not yet opened."""
    port = free_port()
    with (
        udp(port, host, wrap) as send,
        Encoder(send, **encoder) as sender,
        closing(open_source(f"{scheme}://{host}:{port}{query}")) as source,
    ):
        yield sender, source


def of(kind, items):
    return [item for item in items if isinstance(item, kind)]


def frames(count):
    return lambda items: len(of(Frame, items)) >= count


@pytest.mark.parametrize("scheme", ["udp", "rtp"])
def test_picture_and_sound_come_whole_in_order_and_on_our_clock(scheme):
    wrap = Rtp() if scheme == "rtp" else (lambda data: data)
    with sent(scheme, wrap) as (encoder, source):
        assert source.open() == STREAM
        items = taken(source, frames(40))
    shown = of(Frame, items)
    assert [frame.index for frame in shown] == list(range(shown[0].index, shown[0].index + len(shown)))
    assert [seen_index(frame) for frame in shown] == [
        (seen_index(shown[0]) + n) % 100 for n in range(len(shown))
    ]
    first_ns = {index % 100: t_ns for index, t_ns in encoder.shown_ns.items() if t_ns < shown[-1].t_ns}
    late_ms = [(frame.t_ns - first_ns[seen_index(frame)]) / 1e6 for frame in shown[:-1]]
    # The encoder itself may be late on a busy machine; most of its pictures are not.
    assert 0 < np.median(late_ms) < 300
    steps_ms = np.diff([frame.t_ns for frame in shown]) / 1e6
    assert np.abs(steps_ms - 20).max() < 1
    blocks = of(AudioBlock, items)
    count = np.cumsum([0, *(len(block.samples) for block in blocks)])
    assert [block.first_sample - blocks[0].first_sample for block in blocks] == list(count[:-1])
    assert np.abs(blocks[0].samples).max() == pytest.approx(8000 / 32768, rel=0.1)
    assert not of(Gap, items)
    assert [item.t_ns for item in items] == sorted(item.t_ns for item in items)


def test_a_multicast_group_is_joined():
    with sent(host="239.255.7.7", query="?interface=127.0.0.1") as (_, source):
        assert source.open() == STREAM


def test_the_latency_that_is_known_is_subtracted():
    with sent(query="?latency_ms=500") as (encoder, source):
        source.open()
        frame = of(Frame, taken(source, frames(1)))[0]
    nearest = min(encoder.shown_ns.items(), key=lambda one: abs(one[1] - frame.t_ns - 500_000_000))
    # One picture is 20 ms, and arrives within a few of them.
    assert abs(seen_index(frame) - nearest[0] % 100) in {0, 1, 2, 3, 97, 98, 99}


class Losing:
    """Loses datagrams while `now` is set."""

    def __init__(self):
        self.now, self.lost = False, 0

    def __call__(self, data):
        if self.now:
            self.lost += 1
            return None
        return data


def test_what_the_network_loses_is_a_gap_and_no_damaged_picture():
    losing = Losing()
    with sent(wrap=losing) as (_, source):
        source.open()
        items = taken(source, frames(10))
        losing.now = True
        until(lambda: losing.lost >= 5)
        losing.now = False
        items += taken(source, lambda more: of(Gap, more) and frames(20)(more))
    gap = next(gap for gap in of(Gap, items) if gap.medium == "video")
    assert gap.reason == "the network lost packets"
    shown = of(Frame, items)
    after = next(n for n, frame in enumerate(shown) if frame.t_ns >= gap.end_ns)
    jump = shown[after].index - shown[after - 1].index
    assert jump > 1 and (seen_index(shown[after]) - seen_index(shown[after - 1])) % 100 == jump
    assert gap.end_ns - gap.start_ns == pytest.approx((jump - 1) * 20e6, abs=2e6)
    assert all(frame.y.std() < 1 for frame in shown)
    assert not of(RigEvent, items)


def test_a_sender_that_begins_anew_is_told_and_what_is_missing_is_a_gap():
    port = free_port()
    with udp(port) as send, closing(open_source(f"udp://127.0.0.1:{port}")) as source:
        with Encoder(send):
            source.open()
            items = taken(source, frames(60))
        with Encoder(send):
            items += taken(source, lambda more: len(of(Gap, more)) > 1 and frames(10)(more))
    (event,) = of(RigEvent, items)
    assert event.kind == "restarted"
    gaps = {gap.medium: gap for gap in of(Gap, items)}
    assert gaps["video"].reason == gaps["audio"].reason == "the sender began anew"
    shown = of(Frame, items)
    assert [frame.t_ns for frame in shown] == sorted(frame.t_ns for frame in shown)


def test_a_sender_that_ends_is_lost_and_nobody_hangs(monkeypatch):
    monkeypatch.setattr(network, "NOTHING_S", 1.0)
    port = free_port()
    with udp(port) as send, closing(open_source(f"udp://127.0.0.1:{port}")) as source:
        with Encoder(send):
            source.open()
            assert source.read(5.0) is not None
        with pytest.raises(CaptureLost, match=f"nothing arrives at udp://127.0.0.1:{port}: is the encoder"):
            taken(source, frames(10_000))


def test_where_nothing_is_sent_it_is_asked_whether_the_encoder_sends(monkeypatch):
    monkeypatch.setattr(network, "NOTHING_S", 0.3)
    port = free_port()
    told = rf"nothing arrives at udp://127.0.0.1:{port}: is the encoder sending"
    with closing(open_source(f"udp://127.0.0.1:{port}")) as source, pytest.raises(RigError, match=told):
        source.open()


@pytest.mark.parametrize(
    ("scheme", "wrap", "told"),
    [
        ("udp", Rtp(), r"MPEG-TS in RTP: write rtp://"),
        ("rtp", lambda data: data, r"without RTP: write udp://"),
        ("rtp", Rtp(96), r"RTP payload type 96, not MPEG-TS"),
        ("rtp", lambda data: b"hello", r"is not RTP"),
        ("udp", lambda data: b"hello", r"is not MPEG-TS: set the encoder"),
    ],
)
def test_another_kind_of_stream_is_named(scheme, wrap, told):
    with sent(scheme, wrap) as (_, source), pytest.raises(RigError, match=told):
        source.open()


def test_an_interlaced_picture_is_refused():
    options = {"preset": "ultrafast", "g": "10", "x264-params": "interlaced=1"}
    told = "the picture is interlaced; set the encoder to progressive"
    with sent(options=options) as (_, source), pytest.raises(RigError, match=told):
        source.open()


def test_a_port_that_is_taken_is_told():
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        with pytest.raises(RigError, match=r"cannot listen there \(Address already in use\).*a port that no"):
            open_source(f"udp://127.0.0.1:{other.getsockname()[1]}").open()
    with pytest.raises(RigError, match="multicast group or an address of this computer"):
        open_source("udp://192.0.2.1:5000").open()


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("udp://127.0.0.1", "write udp://239.1.1.1:5000 or udp://:5000"),
        ("udp://127.0.0.1:0", "write udp://239"),
        ("udp://encoder:5000", "'encoder' is no address like 239.1.1.1"),
        ("udp://[ff02::1]:5000", "'ff02::1' is no address like"),
        ("udp://239.1.1.1:5000?interface=eth0", "'eth0' is no address like"),
        ("udp://127.0.0.1:99999", "no usable address"),
        ("udp://127.0.0.1:5000?fifo_size=9", "unknown option 'fifo_size'"),
        ("udp://127.0.0.1:5000?latency=9", "did you mean 'latency_ms'"),
        ("udp://127.0.0.1:5000?latency_ms=-9", "latency_ms=-9 is no whole number"),
        ("rtsp://host/live?transport=http", "transport is tcp or udp"),
        ("rtsp://host/live?protocol_whitelist=file", "unknown option"),
        ("rtsp://host/live%3Flisten", "write transport="),
        ("rtsp:///live", "write rtsp://HOST/PATH"),
        ("rtsp://host/a b", "no blanks"),
    ],
)
def test_an_address_or_option_that_cannot_be_is_told(uri, told):
    with pytest.raises(InputError, match=told):
        open_source(uri)


def test_a_password_is_never_shown():
    source = open_source("rtsp://admin:s3cret@192.0.2.1/live")
    assert isinstance(source, NetworkStream) and source.uri == "rtsp://admin:***@192.0.2.1/live"
    with pytest.raises(InputError) as told:
        open_source("rtsp://admin:s3cret@192.0.2.1/live?x=1")
    assert "s3cret" not in str(told.value)


def test_a_closed_capture_is_told():
    with pytest.raises(CaptureLost, match="open it first"):
        open_source("udp://127.0.0.1:5000").read(0)


def refused(uri, told):
    with closing(open_source(uri)) as source, pytest.raises(RigError, match=told):
        source.open()


@pytest.mark.parametrize("direct", [False, True], ids=["ts", "h264"])
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_an_rtsp_server_is_asked_and_what_it_sends_is_captured(transport, direct):
    uri = "rtsp://127.0.0.1:{}/live?transport={}"
    with (
        rtsp_server(direct=direct) as server,
        closing(open_source(uri.format(server.port, transport))) as source,
    ):
        assert source.open() == STREAM
        items = taken(source, frames(30))
    shown = of(Frame, items)
    assert [frame.index for frame in shown] == list(range(shown[0].index, shown[0].index + len(shown)))
    assert np.abs(np.diff([frame.t_ns for frame in shown]) / 1e6 - 20).max() < 1
    assert not of(Gap, items) and of(AudioBlock, items)


def test_a_name_and_a_password_are_given_to_the_server_and_asked_for_if_they_are_wrong():
    with rtsp_server("admin:s3cret") as server:
        with closing(open_source(f"rtsp://admin:s3cret@127.0.0.1:{server.port}/live")) as source:
            assert source.open() == STREAM
        refused(f"rtsp://127.0.0.1:{server.port}/live", "wants a name and a password: write rtsp://NAME")


def test_a_query_of_the_servers_own_is_written_in_the_path():
    with rtsp_server() as server:
        uri = f"rtsp://127.0.0.1:{server.port}/live%3Fchannel=1?latency_ms=9"
        with closing(open_source(uri)) as source:
            source.open()
    assert ("DESCRIBE", f"rtsp://127.0.0.1:{server.port}/live?channel=1") in server.asked


def test_what_an_rtsp_server_has_not_is_told():
    with rtsp_server() as server:
        refused(f"rtsp://127.0.0.1:{server.port}/dead", "has no stream of that path")
    refused(
        f"rtsp://127.0.0.1:{server.port}/live", r"cannot be read \(Connection refused\); is the encoder on"
    )


def test_an_rtsp_server_that_goes_silent_is_lost_and_one_that_ends_too(monkeypatch):
    monkeypatch.setattr(network, "NOTHING_S", 1.0)
    with rtsp_server() as server, closing(open_source(f"rtsp://127.0.0.1:{server.port}/live")) as source:
        source.open()
        server.silent.set()
        with pytest.raises(CaptureLost, match="nothing arrives"):
            taken(source, frames(10_000))
    with rtsp_server() as server, closing(open_source(f"rtsp://127.0.0.1:{server.port}/live")) as source:
        source.open()
        server.close()
        with pytest.raises(CaptureLost, match=r"has ended the stream|cannot be read"):
            taken(source, frames(10_000))
