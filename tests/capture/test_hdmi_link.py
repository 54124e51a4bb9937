"""The virtual HDMI link: what is sent arrives unchanged, what is lost is told, nobody waits."""

import socket
import threading
from fractions import Fraction

import numpy as np
import pytest

from harness.capture.hdmi_link import HdmiOutput
from harness.capture.hdmi_ring import RING_SLOTS, Message, Ring
from harness.capture.virtual import DEVICE_LOST, OVERWRITTEN, QUEUE_FULL, VirtualCard
from harness.errors import CaptureLost, RigError
from harness.media import AudioBlock, AudioFormat, Frame, Gap, SignalEvent, StreamFormat, VideoFormat

VIDEO = VideoFormat(66, 35, Fraction(50))
AUDIO = AudioFormat(48000, 2)
PERIOD_NS = 20_000_000
RANDOM = np.random.default_rng(1)


def picture(number, video=VIDEO):
    width, height = video.width_px, video.height_px
    chroma = ((height + 1) // 2, (width + 1) // 2)
    return tuple(
        np.full(shape, (number + k) % 256, np.uint8)
        for k, shape in enumerate([(height, width), chroma, chroma])
    )


def sound(number):
    return np.full((960, 2), number, np.int16)


def send(output, number, index=None):
    index = number if index is None else index
    output.send(index * PERIOD_NS, index, picture(number), sound(number), index * 960)


@pytest.fixture
def output(tmp_path):
    output = HdmiOutput(tmp_path / "hdmi.sock")
    yield output
    output.close()


@pytest.fixture
def card(output):
    card = VirtualCard(output.path)
    yield card
    card.close()


def take(card, count):
    return [card.read(5.0) for _ in range(count)]


def test_frames_and_sound_arrive_bit_exact(output, card):
    output.set_mode(VIDEO, AUDIO, 0)
    assert card.open() == StreamFormat(VIDEO, AUDIO)
    noise = tuple(RANDOM.integers(0, 256, plane.shape, np.uint8) for plane in picture(0))
    heard = RANDOM.integers(-32768, 32768, (960, 2), np.int16)
    output.send(7, 3, noise, heard, 2880)
    frame, block = take(card, 2)
    assert (frame.t_ns, frame.index, block.t_ns, block.first_sample) == (7, 3, 7, 2880)
    for got, sent in zip((frame.y, frame.u, frame.v), noise, strict=True):
        np.testing.assert_array_equal(got, sent)
    np.testing.assert_array_equal(block.samples * 32768, heard)
    assert block.samples.dtype == np.float32


def test_strided_planes_are_taken_as_they_are(output, card):
    output.set_mode(VIDEO, None, 0)
    card.open()
    wide = RANDOM.integers(0, 256, (35, 100), np.uint8)
    output.send(0, 0, (wide[:, :66], *picture(0)[1:]))
    np.testing.assert_array_equal(card.read(5.0).y, wide[:, :66])


def test_a_delivered_frame_stays_as_it_was(output, card):
    output.set_mode(VIDEO, AUDIO, 0)
    card.open()
    send(output, 1)
    frame, _ = take(card, 2)
    for number in range(2, 100):
        send(output, number)
    assert (frame.y == 1).all()


def test_signal_comes_changes_and_goes(output, card):
    assert card.open() is None
    assert card.read(0) is None
    output.set_mode(VIDEO, AUDIO, 5)
    small = VideoFormat(16, 8, Fraction(60000, 1001))
    output.set_mode(small, None, 6)
    output.signal_lost(7)
    output.set_mode(VIDEO, AUDIO, 8)
    assert take(card, 4) == [
        SignalEvent(5, "signal_back", StreamFormat(VIDEO, AUDIO)),
        SignalEvent(6, "format_changed", StreamFormat(small, None)),
        SignalEvent(7, "signal_lost"),
        SignalEvent(8, "signal_back", StreamFormat(VIDEO, AUDIO)),
    ]
    send(output, 4)
    frame, block = take(card, 2)
    assert (frame.y == 4).all() and (block.samples * 32768 == 4).all()


def test_a_late_reader_starts_at_the_current_frame(output, card):
    output.set_mode(VIDEO, AUDIO, 0)
    for number in range(10):
        send(output, number)
    card.open()
    send(output, 10)
    assert take(card, 1)[0].index == 10


def test_two_readers_see_the_same(output, card):
    second = VirtualCard(output.path)
    output.set_mode(VIDEO, AUDIO, 0)
    card.open(), second.open()
    send(output, 3)
    assert take(card, 1)[0].index == take(second, 1)[0].index == 3
    second.close()
    send(output, 4)
    assert take(card, 2)[1].index == 4


def test_frames_that_the_device_skipped_are_a_gap(output, card):
    output.set_mode(VIDEO, AUDIO, 0)
    card.open()
    send(output, 0)
    send(output, 1, index=4)
    items = take(card, 6)
    assert items[2:4] == [
        Gap(PERIOD_NS, 4 * PERIOD_NS, "video", DEVICE_LOST),
        Gap(PERIOD_NS, 4 * PERIOD_NS, "audio", DEVICE_LOST),
    ]
    assert [type(item) for item in items[4:]] == [Frame, AudioBlock]


def test_overwritten_frames_are_a_gap(output, card):
    output.set_mode(VIDEO, AUDIO, 0)
    card.open()
    slots = RING_SLOTS
    for number in range(slots + 3):
        send(output, number)
    # The slots hold the last of them; before them nothing was delivered, so nothing is missed.
    assert take(card, 1)[0].index == 3
    for number in range(slots + 3, 2 * slots + 3):
        send(output, number)
    items = _drain(card)
    gaps = [item for item in items if isinstance(item, Gap)]
    frames = [item for item in items if isinstance(item, Frame)]
    first = slots + 3
    assert gaps[0] == Gap(4 * PERIOD_NS, first * PERIOD_NS, "video", OVERWRITTEN)
    assert gaps[1] == Gap(4 * PERIOD_NS, first * PERIOD_NS, "audio", OVERWRITTEN)
    assert frames[0].index == first and (frames[0].y == first).all()


def test_the_device_never_waits_for_a_reader_that_sleeps(output, card):
    output.set_mode(VIDEO, AUDIO, 0)
    card.open()
    for number in range(2000):
        send(output, number)  # returns although nobody reads
    items = _drain(card)
    sent = len([item for item in items if isinstance(item, Frame)])
    assert 0 <= sent <= RING_SLOTS
    send(output, 2000)
    gap = card.read(5.0)
    assert isinstance(gap, Gap) or not sent
    assert gap.end_ns == 2000 * PERIOD_NS if sent else True


def test_a_full_queue_drops_frames_but_no_change_of_signal(output, card):
    output.set_mode(VIDEO, AUDIO, 0)
    card.open()
    send(output, 0)
    assert take(card, 2)[0].index == 0
    for number in range(1, 2000):
        send(output, number)
    output.signal_lost(2000 * PERIOD_NS)
    output.set_mode(VIDEO, AUDIO, 2001 * PERIOD_NS)
    items = _drain(card)
    send(output, 2001)
    items += _drain(card)
    events = [item.kind for item in items if isinstance(item, SignalEvent)]
    assert events == ["signal_lost", "signal_back"]
    lost = sum(gap.end_ns - gap.start_ns for gap in items if isinstance(gap, Gap) and gap.medium == "video")
    seen = sum(isinstance(item, Frame) for item in items)
    assert lost + (seen - 1) * PERIOD_NS == 1999 * PERIOD_NS
    assert {gap.reason for gap in items if isinstance(gap, Gap)} <= {QUEUE_FULL, OVERWRITTEN}


def _drain(card):
    items = []
    while (item := card.read(0.2)) is not None:
        items.append(item)
    return items


def test_no_frame_is_torn_while_the_device_writes_on(tmp_path):
    output, card = HdmiOutput(tmp_path / "hdmi.sock"), VirtualCard(tmp_path / "hdmi.sock")
    video = VideoFormat(1280, 720, Fraction(50))
    output.set_mode(video, None, 0)
    card.open()
    enough = threading.Event()

    def write():
        number = 0
        while not enough.is_set():
            output.send(number, number, picture(number, video))
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    frames = []
    while len(frames) < 100:
        item = card.read(5.0)
        if isinstance(item, Frame):
            frames.append((item.index, {int(item.y.min()), int(item.y.max())}, int(item.u[0, 0])))
    enough.set()
    writer.join()
    card.close(), output.close()
    assert all(luma == {index % 256} and chroma == (index + 1) % 256 for index, luma, chroma in frames)


def test_a_slot_that_is_overwritten_while_it_is_copied_is_refused(tmp_path):
    with (tmp_path / "ring").open("w+b") as file:
        device = Ring(file.fileno(), VIDEO, AUDIO, writable=True)

        class Overtaken(Ring):
            def _sound(self, base, samples):
                device.write(device.slots, picture(9), sound(9))
                return super()._sound(base, samples)

        device.write(0, picture(0), sound(0))
        assert Ring(file.fileno(), VIDEO, AUDIO, writable=False).read(0, 960) is not None
        assert Overtaken(file.fileno(), VIDEO, AUDIO, writable=False).read(0, 960) is None


def test_a_device_that_goes_is_told(output, card):
    output.set_mode(VIDEO, AUDIO, 0)
    card.open()
    output.close()
    with pytest.raises(CaptureLost, match="has gone"):
        card.read(5.0)


def test_no_device_is_told_in_one_line(tmp_path):
    with pytest.raises(CaptureLost, match="harness simulate") as caught:
        VirtualCard(tmp_path / "none.sock").open()
    assert "\n" not in str(caught.value)


def test_only_the_owner_may_connect(output):
    assert output.path.stat().st_mode & 0o777 == 0o600


def test_wrong_shapes_are_refused(output):
    with pytest.raises(ValueError, match="set_mode"):
        send(output, 0)
    output.set_mode(VIDEO, AUDIO, 0)
    with pytest.raises(ValueError):
        output.send(0, 0, picture(0, VideoFormat(64, 35, Fraction(50))))
    with pytest.raises(ValueError, match="at most"):
        output.send(0, 0, picture(0), np.zeros((48000, 2), np.int16))


def test_closing_twice_is_allowed(output, card):
    card.open()
    card.close(), card.close()
    output.close(), output.close()


def test_a_path_that_cannot_be_bound_is_told(tmp_path):
    with pytest.raises(RigError, match="shorter path"):
        HdmiOutput(tmp_path / ("x" * 120))


def test_a_stranger_at_the_socket_is_told(tmp_path):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(tmp_path / "s"))
    listener.listen()
    card = VirtualCard(tmp_path / "s")
    answer = threading.Thread(target=lambda: listener.accept()[0].send(b"hello"))
    answer.start()
    with pytest.raises(RigError, match="another version"):
        card.open()
    answer.join()
    listener.close(), card.close()


def test_a_message_survives_the_wire():
    message = Message(1, 2**40, -5, 7, 8, 9, 10, 11, Fraction(60000, 1001), 48000, 2)
    assert Message.unpack(message.pack()) == message
