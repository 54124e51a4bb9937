"""From a card's buffers to frames: pictures, count and clock."""

import io
from fractions import Fraction

import av
import numpy as np
import pytest

from harness.capture.v4l2 import kernel
from harness.capture.v4l2.counting import UNCOUNTED, Count
from harness.capture.v4l2.pictures import Damaged, unpacker
from harness.capture.v4l2.presence import fps, same, scan_ns
from harness.capture.v4l2.stamps import NOT_MONOTONIC, Stamps
from harness.media import Gap

RANDOM = np.random.default_rng(7)
WIDTH, HEIGHT = 32, 18
PERIOD_NS = 20_000_000
SOE = kernel.CLOCK_MONOTONIC | kernel.STAMPED_AT_START


def layout(name, stride=0, **more):
    return kernel.PixFormat(
        width=WIDTH, height=HEIGHT, pixelformat=kernel.fourcc(name), bytesperline=stride, **more
    )


def picture():
    """Return random planes, and their chroma for each row, as 4:2:2 has it."""
    y = RANDOM.integers(0, 256, (HEIGHT, WIDTH), np.uint8)
    u, v = (RANDOM.integers(0, 256, (HEIGHT // 2, WIDTH // 2), np.uint8) for _ in range(2))
    return y, u, v


def packed(name, y, u, v, stride):
    """Return a picture as a card writes it, with rubbish where its rows are padded."""
    if name == "NV12":
        rows = np.vstack([y, np.dstack([u, v]).reshape(HEIGHT // 2, WIDTH)])
    elif name == "YU12":
        half = [np.hstack([c, padding(HEIGHT // 2, stride // 2 - WIDTH // 2)]) for c in (u, v)]
        luma = np.hstack([y, padding(HEIGHT, stride - WIDTH)])
        return np.concatenate([plane.ravel() for plane in (luma, *half)])
    else:
        full = np.dstack([u, v]).reshape(HEIGHT // 2, WIDTH).repeat(2, axis=0)
        both = (y, full) if name == "YUYV" else (full, y)
        rows = np.dstack(both).reshape(HEIGHT, 2 * WIDTH)
    return np.hstack([rows, padding(len(rows), stride - rows.shape[1])]).ravel()


def padding(rows, columns):
    return RANDOM.integers(0, 256, (rows, columns), np.uint8)


@pytest.mark.parametrize("name", ["NV12", "YUYV", "UYVY", "YU12"])
@pytest.mark.parametrize("padded", [0, 16])
def test_planes_come_out_bit_exact_and_stay(name, padded):
    sent = picture()
    stride = (2 * WIDTH if name in ("YUYV", "UYVY") else WIDTH) + padded
    data = packed(name, *sent, stride)
    got = unpacker(layout(name, stride))(data)
    data[:] = 0
    for plane, want in zip(got, sent, strict=True):
        assert plane.dtype == np.uint8
        np.testing.assert_array_equal(plane, want)


def test_the_chroma_of_two_rows_becomes_one():
    rows = np.zeros((HEIGHT, WIDTH, 2), np.uint8)
    rows[0::2, :, 1], rows[1::2, :, 1] = 100, 120
    _, u, v = unpacker(layout("YUYV"))(rows.ravel())
    assert u.shape == v.shape == (HEIGHT // 2, WIDTH // 2)
    assert set(u.ravel()) == set(v.ravel()) == {110}


@pytest.mark.parametrize("name", ["NV12", "YUYV", "YU12", "MJPG"])
def test_a_buffer_with_too_little_in_it_is_damaged(name):
    with pytest.raises(Damaged):
        unpacker(layout(name))(np.zeros(100, np.uint8))


@pytest.mark.parametrize(
    ("colour", "narrow"),
    [
        ({"quantization": kernel.FULL_RANGE}, True),
        ({"colorspace": kernel.COLORSPACE_JPEG}, True),
        ({"colorspace": kernel.COLORSPACE_JPEG, "quantization": kernel.LIMITED_RANGE}, False),
        ({}, False),
    ],
)
def test_full_range_becomes_narrow(colour, narrow):
    y, u, v = (np.zeros((HEIGHT, WIDTH), np.uint8), *(np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8),) * 2)
    y[1], u = 255, u + np.uint8(255)
    got_y, got_u, got_v = unpacker(layout("NV12", **colour))(packed("NV12", y, u, v, WIDTH))
    found = [int(got_y[0, 0]), int(got_y[1, 0]), int(got_u[0, 0]), int(got_v[0, 0])]
    assert found == ([16, 235, 240, 16] if narrow else [0, 255, 255, 0])


def test_jpeg_pictures_become_planes_in_narrow_range():
    grey = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    grey[:, : WIDTH // 2] = 0
    unpack = unpacker(layout("MJPG"))
    for _ in range(2):
        y, u, v = unpack(np.frombuffer(jpeg(grey), np.uint8))
        assert y.shape == (HEIGHT, WIDTH)
        assert u.shape == v.shape == (HEIGHT // 2, WIDTH // 2)
        assert (int(y[0, 0]), int(y[0, -1]), int(u[0, 0])) == (16, 235, 128)


def test_half_a_jpeg_picture_is_damaged():
    whole = np.frombuffer(jpeg(RANDOM.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)), np.uint8)
    unpack = unpacker(layout("MJPG"))
    unpack(whole)
    with pytest.raises(Damaged, match="without its end"):
        unpack(whole[: len(whole) // 2])
    unpack(np.hstack([whole, np.zeros(500, np.uint8)]))


def jpeg(rgb):
    file = io.BytesIO()
    with av.open(file, "w", format="mjpeg") as out:
        stream = out.add_stream("mjpeg", rate=25, options={"qmin": "1", "qmax": "2"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuvj422p"
        for packet in (*stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")), *stream.encode(None)):
            out.mux(packet)
    return file.getvalue()


def placed(count, *frames):
    return [count.place(sequence, t_ns, PERIOD_NS) for sequence, t_ns in frames]


def test_frames_that_follow_each_other_leave_no_gap():
    frames = [(7, 1000), (8, 1000 + PERIOD_NS), (9, 1000 + 2 * PERIOD_NS + 300_000)]
    assert placed(Count(), *frames) == [(0, None), (1, None), (2, None)]


def test_a_jump_of_the_count_is_a_gap_from_the_frame_that_was_due():
    (_, (index, gap)) = placed(Count(), (7, 1000), (10, 1000 + 3 * PERIOD_NS))
    assert index == 3
    assert (gap.start_ns, gap.end_ns, gap.medium) == (1000 + PERIOD_NS, 1000 + 3 * PERIOD_NS, "video")
    assert gap.reason.startswith("2 frames lost by the card or its driver")


def test_the_count_may_run_over_its_32_bits():
    top = (1 << 32) - 1
    found = placed(Count(), (top - 1, 0), (top, PERIOD_NS), (0, 2 * PERIOD_NS), (1, 3 * PERIOD_NS))
    assert found == [(index, None) for index in range(4)]
    _, (index, gap) = placed(Count(), (top, 0), (1, 2 * PERIOD_NS))
    assert (index, gap.start_ns, gap.end_ns) == (2, PERIOD_NS, 2 * PERIOD_NS)


def test_a_hole_in_time_is_a_gap_even_where_the_driver_counted_no_loss():
    _, (index, gap) = placed(Count(), (1, 0), (2, 5 * PERIOD_NS))
    assert (index, gap) == (5, Gap(PERIOD_NS, 5 * PERIOD_NS, "video", UNCOUNTED))


def test_a_driver_that_does_not_count_is_followed_by_time():
    found = placed(Count(), (0, 0), (0, PERIOD_NS), (0, 6 * PERIOD_NS))
    assert [index for index, _ in found] == [0, 1, 6]
    assert found[2][1] == Gap(2 * PERIOD_NS, 6 * PERIOD_NS, "video", UNCOUNTED)


def test_a_card_at_half_its_rate_has_no_gaps():
    assert placed(Count(), *((k, 2 * k * PERIOD_NS) for k in range(5))) == [(k, None) for k in range(5)]


def test_a_card_that_is_slower_than_it_promised_has_gaps_until_that_is_known():
    """And after that, where there is none for much longer than usual."""
    count = Count()
    slow = [count.place(k, 3 * k * PERIOD_NS, PERIOD_NS) for k in range(20)]
    assert [bool(gap) for _, gap in slow] == [False] + [True] * 8 + [False] * 11
    _, gap = count.place(20, 68 * PERIOD_NS, PERIOD_NS)
    assert gap == Gap(58 * PERIOD_NS, 68 * PERIOD_NS, "video", UNCOUNTED)


def test_a_count_that_begins_anew_keeps_the_index_and_tells_why():
    count = Count()
    placed(count, (500, 0), (501, PERIOD_NS))
    count.anew("unplugged")
    assert placed(count, (0, 7 * PERIOD_NS), (1, 8 * PERIOD_NS)) == [
        (7, Gap(2 * PERIOD_NS, 7 * PERIOD_NS, "video", "unplugged")),
        (8, None),
    ]


def test_what_is_being_lost_is_told_in_pieces_that_touch():
    count = Count()
    assert count.lose(5, "unplugged") is None
    placed(count, (3, 0))
    first = count.lose(10 * PERIOD_NS, "unplugged")
    second = count.lose(20 * PERIOD_NS, "unplugged")
    _, last = count.place(0, 30 * PERIOD_NS, PERIOD_NS)
    edges = [(gap.start_ns, gap.end_ns, gap.reason) for gap in (first, second, last)]
    assert edges == [
        (k * PERIOD_NS, end * PERIOD_NS, "unplugged") for k, end in ((1, 10), (10, 20), (20, 30))
    ]


def test_without_a_signal_nothing_is_lost():
    count = Count()
    placed(count, (3, 0))
    count.pause()
    assert count.due_ns is None
    assert count.place(0, 500 * PERIOD_NS, PERIOD_NS) == (1, None)


def test_a_damaged_frame_is_a_gap_of_its_own():
    count = Count()
    placed(count, (0, 0))
    before, damaged = count.skip(2, 2 * PERIOD_NS, PERIOD_NS, "damaged")
    assert (before.start_ns, before.end_ns) == (PERIOD_NS, 2 * PERIOD_NS)
    assert damaged == Gap(2 * PERIOD_NS, 3 * PERIOD_NS, "video", "damaged")
    assert count.place(3, 3 * PERIOD_NS, PERIOD_NS) == (3, None)


def buffer(t_ns, flags=SOE):
    about = kernel.Buffer(flags=flags)
    about.timestamp.seconds, about.timestamp.fraction = divmod(t_ns // 1000, 1_000_000)
    return about


def test_the_driver_s_stamp_is_the_time_of_the_frame():
    stamps = Stamps()
    assert stamps.place(buffer(5_000_000_000), 5_001_000_000, 15_000_000) == 5_000_000_000
    assert stamps.complaint == ""


def test_a_stamp_of_the_last_row_is_moved_to_the_first():
    at_end = buffer(5_000_000_000, kernel.CLOCK_MONOTONIC)
    assert Stamps().place(at_end, 5_001_000_000, 15_000_000) == 4_985_000_000


@pytest.mark.parametrize(
    ("stamped", "words"),
    [
        (buffer(5_000_000_000, kernel.STAMPED_AT_START), NOT_MONOTONIC),
        (buffer(1_000_000_000), "off by -69.0 s"),
        (buffer(71_000_000_000), "off by 1.0 s"),
    ],
)
def test_without_a_usable_stamp_the_arrival_counts_and_is_told(stamped, words):
    stamps = Stamps()
    assert stamps.place(stamped, 70_000_000_000, 15_000_000) == 69_985_000_000
    assert words in stamps.complaint


def test_times_always_rise():
    stamps = Stamps()
    assert stamps.place(buffer(2_000_000_000), 2_000_000_000, 0) == 2_000_000_000
    assert stamps.place(buffer(1_999_000_000), 2_000_000_000, 0) == 2_000_000_001


def timings(width, height, clock_hz, across, down, **more):
    bt = kernel.Timings(
        width=width, height=height, pixelclock=clock_hz, hsync=across - width, vsync=down - height, **more
    )
    return kernel.DvTimings(bt=bt)


@pytest.mark.parametrize(
    ("signal", "rate"),
    [
        (timings(1280, 720, 74_250_000, 1650, 750), Fraction(60)),
        (timings(1280, 720, 74_250_000, 1650, 750, flags=kernel.REDUCED_FPS), Fraction(60000, 1001)),
        (timings(1280, 720, 74_176_000, 1650, 750), Fraction(60000, 1001)),
        (timings(1920, 1080, 148_500_000, 2640, 1125), Fraction(50)),
        (timings(640, 480, 25_175_000, 800, 525), Fraction(60000, 1001)),
        (timings(1920, 1080, 74_250_000, 2640, 1123, interlaced=1, il_vsync=2), Fraction(25)),
        (timings(0, 0, 0, 0, 0), Fraction(0)),
    ],
)
def test_the_rate_of_a_signal_is_that_of_its_pixels(signal, rate):
    assert fps(signal) == rate


def test_the_seen_rows_take_less_than_a_frame():
    assert scan_ns(timings(1280, 720, 74_250_000, 1650, 750)) == 16_000_000


def test_a_signal_in_another_mode_is_another_one():
    hd_60, hd_50 = (timings(1280, 720, 74_250_000, across, 750) for across in (1650, 1980))
    assert same(hd_60, timings(1280, 720, 74_250_000, 1650, 750))
    assert not same(hd_60, hd_50)
    assert not same(hd_60, None)
    assert same(None, None)
