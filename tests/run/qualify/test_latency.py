"""The reaction to a key: from the press to the first frame that differs."""

import numpy as np
import pytest

from harness.media import Frame
from harness.run.qualify.latency import Changes, key_latency, reaction_ms
from harness.timeline import Press

STEP_NS = 20_000_000
CHROMA = np.full((90, 160), 128, np.uint8)


def _frames(moves_at, count=80, grain=0):
    noise = np.random.default_rng(1)
    for index in range(count):
        y = np.full((180, 320), 60, np.uint8)
        y[40:140, 20:160] = 60 if index < moves_at else 200
        y += noise.integers(0, grain + 1, y.shape, dtype=np.uint8)
        yield Frame(index * STEP_NS, index, y, CHROMA, CHROMA)


def _seen(frames):
    changes = Changes()
    for frame in frames:
        changes.write(frame)
    return changes


def _press(at_ns):
    return Press("RIGHT", at_ns, at_ns + 1_000_000, "adb")


def test_it_counts_from_the_press_to_the_first_frame_that_differs():
    assert reaction_ms(_press(35 * STEP_NS - 3_000_000), _seen(_frames(40))) == pytest.approx(103)


def test_a_picture_that_does_not_react_has_no_latency():
    assert reaction_ms(_press(30 * STEP_NS), _seen(_frames(500))) is None


def test_a_picture_that_moves_by_itself_tells_nothing():
    moving = _seen(
        Frame(frame.t_ns, frame.index, np.roll(frame.y, 4 * frame.index, 1), CHROMA, CHROMA)
        for frame in _frames(0)
    )
    assert reaction_ms(_press(30 * STEP_NS), moving) is None


def test_grain_is_no_reaction():
    assert reaction_ms(_press(30 * STEP_NS), _seen(_frames(40, grain=1))) == pytest.approx(200)


def test_median_and_the_slow_ones_are_told_apart():
    median, slow = key_latency([100.0] * 9 + [1990.0])
    assert (median.value, median.status) == (100, "pass")
    assert slow.value > 1000
    assert key_latency([2000.0] * 10)[1].status == "fail"
