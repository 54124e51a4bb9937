"""block_corruption: found where blocks are damaged, however few, and in no graphics, mosaic or cut."""

import cv2
import numpy as np
import pytest

from harness.analysis.detector import Context, Series
from harness.bench.negatives import cartoons, patterns
from harness.detectors.video.block_corruption import BlockCorruption
from harness.media import StreamFormat
from tests.support import moving

START, STOP = 15, 35


def _found(pictures):
    return moving.find(BlockCorruption(), pictures)


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
@pytest.mark.parametrize("kind", ["misplaced", "repeated", "one_colour", "slice"])
def test_damaged_blocks_are_found_after_coding(tmp_path, kind, level):
    fault = f"block_corruption:start_s=0.6,duration_s=0.8,level={level},kind={kind},seed=4"
    shown, _ = moving.plant(moving.pan(40), fault)
    ((start, stop),) = _found(moving.coded(tmp_path / "a.mkv", shown))
    assert abs(start - START) <= 2
    assert abs(stop - STOP) <= 5


@pytest.mark.parametrize("level", ["easy", "medium"])
def test_a_stream_with_damaged_bytes_is_found(tmp_path, level):
    fault = f"block_corruption:start_s=0.6,duration_s=0.8,level={level},kind=bitstream_raw,seed=1"
    shown, planted = moving.plant(moving.pan(40), fault)
    truth = planted.intervals_s()
    found = _found(moving.coded(tmp_path / "a.mkv", shown))
    assert abs(found[0][0] - round(truth[0][0] * moving.FPS)) <= 2
    assert found[-1][1] <= round(truth[-1][1] * moving.FPS) + 2


@pytest.mark.parametrize("size", [(64, 64), (16, moving.WIDTH), (16, 16)])
def test_a_single_block_or_slice_is_enough(size):
    pictures = moving.pan(30)
    for index in range(10, 20, 2):
        y = pictures[index][0]
        top, left = 16 * (3 + index % 5), 0 if size[1] == moving.WIDTH else 64 * (1 + index % 4)
        y[top : top + size[0], left : left + size[1]] = 235
    ((start, stop),) = _found(pictures)
    assert start == 10 and stop in {17, 19}


@pytest.mark.parametrize("speed_px", [(1, 0), (8, 0), (3, 2), (0, 8), (16, 16)])
def test_moving_pictures_are_clean(speed_px):
    assert _found(moving.pan(30, speed_px)) == []


def test_cuts_are_clean():
    assert _found([picture for seed in range(12) for picture in moving.pan(3, seed=seed)]) == []


def _over(pictures, draw):
    for index, (y, _, _) in enumerate(pictures):
        draw(y, index)
    return pictures


def _panel(y, index):
    if index >= 12:
        y[128:256, 64:320] = 40


def _subtitles(y, index):
    cv2.putText(y, f"WHAT {index // 6} DID YOU SAY", (96, 336), 0, 1.0, 235, 3)


def _ticker(y, index):
    strip = np.full((32, 4000), 200, np.uint8)
    cv2.putText(strip, "HEADLINES OF THE DAY " * 14, (0, 26), 0, 0.8, 16, 2)
    y[320:352] = strip[:, 4 * index : 4 * index + moving.WIDTH]


def _split(y, _):
    y[:, 320:] = 255 - y[:, :320]


def _mosaic(y, _):
    face = y[96:224, 128:256]
    small = cv2.resize(face, (8, 8), interpolation=cv2.INTER_AREA)
    y[96:224, 128:256] = cv2.resize(small, (128, 128), interpolation=cv2.INTER_NEAREST)


def _tiles(y, index):
    wall = np.indices((moving.HEIGHT, moving.WIDTH + 200)).sum(axis=0) * 0 + 180
    wall[::32] = wall[:, ::32] = 90
    y[:] = wall[:, 3 * index : 3 * index + moving.WIDTH]


def _checks(y, index):
    rows, columns = np.indices((160, 200))
    shirt = np.where((rows // 8 + (columns + index) // 8) % 2, 60, 190)
    y[150:310, 200 + index : 400 + index] = shirt


@pytest.mark.parametrize("draw", [_panel, _subtitles, _ticker, _split, _mosaic, _tiles, _checks])
def test_graphics_and_patterns_are_part_of_the_picture(draw):
    assert _found(_over(moving.pan(36), draw)) == []


@pytest.mark.parametrize("draw", [cartoons.pixel_art, cartoons.mosaic, patterns.tiled_wall])
def test_what_is_drawn_on_the_grid_is_part_of_the_picture(draw):
    scene = draw(640, 360)
    assert _found([scene(index / moving.FPS) for index in range(50)]) == []


def test_honest_compression_shows_no_blocks(tmp_path):
    assert _found(moving.coded(tmp_path / "a.mkv", moving.pan(40, (7, 3)), bit_rate=150_000)) == []


def test_a_single_flash_of_one_block_is_below_the_limit():
    pictures = moving.pan(30)
    pictures[15][0][64:128, 64:128] = 128
    assert _found(pictures) == []


def _series(on_grid):
    count = len(on_grid)
    t_ns = (np.arange(count) * 1e9 / 60).astype(np.int64)
    columns = {name: np.ones(count, np.float32) for name in BlockCorruption.columns}
    columns |= {"borders": np.zeros(count), "off_grid": np.zeros(count), "on_grid": np.array(on_grid)}
    return Series(t_ns, columns, round(count * 1e9 / 60))


@pytest.mark.parametrize(("most", "found"), [(16, 0), (60, 1)])
def test_what_is_usual_is_told_by_new_pictures_alone(most, found):
    shown_again = [0.0, 0.0, 7.0, 0.0, 7.0] * 24
    shown_again[64:90:5] = [most] * 6
    spans = BlockCorruption().find(_series(shown_again), Context(StreamFormat(None, None)))
    assert len(spans) == found
    assert all(span.peak >= span.limit for span in spans)
