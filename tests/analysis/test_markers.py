"""The frame number survives scaling and coding, and is never read out of an ordinary picture."""

import io
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from harness.analysis import markers


def _pattern(number, height=720, width=1280):
    y = np.random.default_rng(number).integers(40, 120, (height, width), dtype=np.uint8)
    markers.paint(y, number)
    return y


@pytest.mark.parametrize("number", [0, 1, 2, 1023, 1024, 123_456, 2**24 - 1])
def test_what_is_painted_is_read(number):
    assert markers.read(_pattern(number)) == markers.Marker(number, flash=False)


def test_neighbours_differ_in_one_cell_of_the_number():
    for number in range(4096):
        cells = zip(markers.encode(number)[2:26], markers.encode(number + 1)[2:26], strict=True)
        assert sum(one != other for one, other in cells) == 1


def test_one_wrong_cell_is_noticed():
    cells = markers.encode(98_765)
    for place in range(markers.CELLS):
        assert markers.decode((*cells[:place], not cells[place], *cells[place + 1 :])) is None


@pytest.mark.parametrize("size", [(1920, 1080), (640, 360), (480, 270), (320, 180)])
def test_it_survives_scaling(size):
    for number in range(1, 2**24, 1_234_567):
        scaled = cv2.resize(_pattern(number), size, interpolation=cv2.INTER_AREA)
        assert markers.read(scaled) == markers.Marker(number, flash=False)


def test_it_survives_a_hard_encode():
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as out:
        stream = out.add_stream("libx264", rate=25, options={"crf": "40", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for number in range(5000, 5012):
            grey = np.full((360, 1280), 128, np.uint8)
            frame = av.VideoFrame.from_ndarray(np.vstack([_pattern(number), grey]), format="yuv420p")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    file.seek(0)
    with av.open(file) as back:
        luma = [np.asarray(frame.to_ndarray()[:720]) for frame in back.decode(video=0)]
    assert [markers.read(y).number for y in luma] == list(range(5000, 5012))


def test_the_flash_is_seen():
    y = _pattern(50)
    y[markers.PATCH.of(y)] = markers.WHITE
    assert markers.read(y) == markers.Marker(50, flash=True)


def test_pictures_without_a_row_give_nothing():
    random = np.random.default_rng(1)
    for _ in range(200):
        coarse = random.integers(0, 2, (9, 64), dtype=np.uint8) * 219 + 16
        assert markers.read(cv2.resize(coarse, (1280, 720), interpolation=cv2.INTER_LINEAR)) is None
    assert markers.read(np.full((720, 1280), 16, np.uint8)) is None
    assert markers.read(np.full((8, 8), 235, np.uint8)) is None


def test_the_flash_lasts_two_frames_from_fifty_hertz_on():
    assert [markers.flash_frames(Fraction(fps)) for fps in (25, 30, 50, 60)] == [1, 1, 2, 2]
