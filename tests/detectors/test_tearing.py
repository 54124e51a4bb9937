"""tearing: found where pictures are torn, and in no split screen, ticker, wipe or cut."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from harness.analysis.detector import Context, Series
from harness.analysis.frame_view import FrameView
from harness.bench.negatives import edits
from harness.detectors.video.tearing import Tearing
from harness.media import Frame, StreamFormat, VideoFormat
from tests.support import moving, shots

START, STOP = 10, 30


def _found(pictures):
    return moving.find(Tearing(), pictures)


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
@pytest.mark.parametrize("kind", ["line", "moving", "band"])
def test_torn_pictures_are_found_after_coding(tmp_path, kind, level):
    shown, _ = moving.plant(
        moving.pan(36), f"tearing:start_s=0.4,duration_s=0.8,level={level},kind={kind},seed=5"
    )
    ((start, stop),) = _found(moving.coded(tmp_path / "a.mkv", shown))
    assert abs(start - START) <= 2
    assert abs(stop - STOP) <= 4


@pytest.mark.parametrize("speed_px", [(1, 0), (3, 2), (0, 1), (0, 5), (14, 0)])
def test_moving_pictures_are_clean(speed_px):
    assert _found(moving.pan(50, speed_px)) == []


def test_a_cut_is_clean():
    assert _found([*moving.pan(20), *moving.pan(20, seed=3)]) == []


def test_a_split_screen_is_clean():
    upper, lower = moving.pan(50), moving.pan(50, (-4, 0), seed=3)
    assert _found([_stacked(one, other, 184) for one, other in zip(upper, lower, strict=True)]) == []


def test_a_wipe_is_clean():
    pairs = zip(moving.pan(60), moving.pan(60, (2, 0), seed=3), strict=True)
    wiped = [
        _stacked(one, other, int(np.clip((50 - index) * 9, 0, moving.HEIGHT)))
        for index, (one, other) in enumerate(pairs)
    ]
    assert _found(wiped) == []


def test_a_ticker_and_a_logo_are_clean():
    strip = np.full((40, 3000), 200, np.uint8)
    cv2.putText(strip, "Headlines of the day " * 12, (0, 28), 0, 0.8, 20, 2)
    pictures = moving.pan(60)
    for index, (y, _, _) in enumerate(pictures):
        y[-48:-8] = strip[:, 5 * index : 5 * index + moving.WIDTH]
        y[20:50, 20:90] = 235
    assert _found(pictures) == []


def test_a_flash_that_a_rolling_shutter_cuts_in_two_is_clean():
    pictures = moving.pan(50)
    for index in range(20, 30, 3):
        y = pictures[index][0]
        y[150:] = np.minimum(y[150:].astype(np.int16) + 60, 235)
    assert _found(pictures) == []


def test_one_torn_picture_is_no_finding():
    shown, _ = moving.plant(moving.pan(50), "tearing:start_s=0.8,duration_s=0.04,kind=line")
    assert _found(shown) == []


def _stacked(one, other, line):
    return moving.grey(np.vstack([one[0][:line], other[0][line:]]))


def test_credits_that_roll_are_clean():
    scene = edits.end_credits(640, 360)
    assert _found([scene(index / moving.FPS) for index in range(24)]) == []


def test_a_line_over_fine_detail_under_grain_is_found():
    random = np.random.default_rng(1)
    scene = (moving.world(softness=0.8).astype(np.float32) - 120) * 2 + 120
    pictures = [
        moving.grey(np.clip(shot + random.normal(0, 12, shot.shape), 16, 235).astype(np.uint8))
        for shot in (scene[: moving.HEIGHT, 5 * at : 5 * at + moving.WIDTH] for at in range(36))
    ]
    shown, _ = moving.plant(pictures, "tearing:start_s=0.4,duration_s=0.8,level=medium,kind=line,seed=5")
    ((start, stop),) = _found(shown)
    assert abs(start - START) <= 2
    assert abs(stop - STOP) <= 2


@pytest.mark.parametrize("late", [[2, -2], [1, 2, 3], [-3, 3, 1]])
def test_lines_that_lag_now_on_one_side_and_now_on_the_other_or_by_other_times_are_clean(late):
    assert _torn_by([2] * 12) == [(5, 17)]
    assert _torn_by((late * 12)[:12]) == []


def _torn_by(late):
    """Return the findings where an earlier picture goes on at one row 12 times, so many pictures late."""
    columns = {name: np.zeros(30, np.float32) for name in Tearing.columns}
    columns["turn"][5:17], columns["turn_row"][5:17], columns["turn_late"][5:17] = 1.0, 0.5, late
    t_ns = (np.arange(30) * 40_000_000).astype(np.int64)
    context = Context(StreamFormat(VideoFormat(640, 368, Fraction(25)), None))
    found = Tearing().find(Series(t_ns, columns, 30 * 40_000_000), context)
    return [(item.start_ns // 40_000_000, item.end_ns // 40_000_000) for item in found]


def test_a_picture_that_is_not_due_is_remembered_and_not_searched():
    detector, view, told = Tearing(), None, []
    for index, (y, u, v) in enumerate(shots.pan(8)):
        view = FrameView(Frame(index * 10**7, index, y, u, v), view, due=index % 2 == 0)
        told.append(bool(np.isfinite(detector.measure(view)[0])))
    assert told == [False, False, True, False, True, False, True, False]
    assert len(detector._earlier) == 3
