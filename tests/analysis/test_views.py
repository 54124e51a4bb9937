"""Shared views: computed once, right in value, and without a previous frame where there is none."""

import math

import cv2
import numpy as np
import pytest

from harness.analysis import frame_view, shared
from harness.analysis.frame_view import FrameView, likeness
from harness.analysis.sound_view import SoundView
from harness.media import Frame


def _frame(y, index=0):
    chroma = np.full(((y.shape[0] + 1) // 2, (y.shape[1] + 1) // 2), 128, np.uint8)
    return Frame(index * 40_000_000, index, y, chroma, chroma)


def _noise(seed, height=270, width=480):
    return np.random.default_rng(seed).integers(16, 236, (height, width), dtype=np.uint8)


def test_a_shared_picture_is_computed_once_and_booked(monkeypatch):
    calls = []
    resize = cv2.resize
    monkeypatch.setattr(frame_view.cv2, "resize", lambda *args, **kw: calls.append(1) or resize(*args, **kw))
    view = FrameView(_frame(_noise(0, 720, 1280)))
    first = view.small
    made = len(calls)
    assert view.small is first
    assert first.shape == (270, 480)
    assert len(calls) == made > 0
    assert view.shared_ns > 0


@pytest.mark.parametrize(
    "size", [(1080, 1920), (720, 1280), (2160, 3840), (576, 720), (1080, 1440), (271, 961)]
)
def test_a_picture_is_averaged_in_steps_as_it_would_be_at_once(size):
    plane = cv2.GaussianBlur(_noise(3, *size), (0, 0), 2)
    view = FrameView(_frame(plane))
    once = cv2.resize(plane, view.small.shape[::-1], interpolation=cv2.INTER_AREA)
    assert max(view.small.shape) == 480
    apart = np.abs(view.small.astype(int) - once)
    assert apart.mean() < 1
    assert apart.max() <= 5


def test_a_cost_is_booked_once_when_one_picture_needs_another():
    ticks = iter(range(100))
    original = shared.time.perf_counter_ns
    shared.time.perf_counter_ns = lambda: next(ticks)
    try:
        view = FrameView(_frame(_noise(0)))
        _ = view.mean_luma
        # The clock is read as mean_luma begins and ends, and not for small within it.
        assert view.shared_ns == 1
    finally:
        shared.time.perf_counter_ns = original


def test_the_first_frame_has_nothing_to_be_compared_with():
    view = FrameView(_frame(_noise(0)))
    assert view.difference is None
    assert view.changed_box is None
    assert math.isnan(view.change)
    assert math.isnan(view.local_change)
    assert math.isnan(view.motion)
    assert math.isnan(view.likeness)
    assert math.isnan(view.changed_share)


def test_a_change_of_size_starts_anew():
    assert FrameView(_frame(_noise(0, 64, 64)), FrameView(_frame(_noise(0)))).previous is None


def test_only_two_frames_are_held():
    first = FrameView(_frame(_noise(0)))
    second = FrameView(_frame(_noise(1)), first)
    FrameView(_frame(_noise(2)), second)
    assert second.previous is None


def test_a_local_change_has_its_place_and_share():
    y = np.full((540, 960), 60, np.uint8)
    other = y.copy()
    other[160:320, 640:800] = 120
    view = FrameView(_frame(other, 1), FrameView(_frame(y)))
    assert view.changed_box == (640, 160, 160, 160)
    assert view.changed_share == pytest.approx(10 * 10 / (33 * 60))
    assert view.local_change == 60
    assert view.change == pytest.approx(60 * 160 * 160 / (540 * 960), rel=0.02)


def test_neither_a_fade_nor_a_dissolve_is_motion_but_a_shift_is():
    one, other = (cv2.GaussianBlur(_noise(seed), (0, 0), 12).astype(float) for seed in (1, 2))
    one, other = ((picture - picture.mean()) * 6 + 120 for picture in (one, other))

    def motion(pictures):
        view = None
        for index, picture in enumerate(pictures):
            view = FrameView(_frame(np.clip(picture, 16, 235).astype(np.uint8), index), view)
            moved = view.motion
        return moved

    fade = motion([16 + (one - 16) * gain for gain in (0.9, 0.8, 0.7)])
    dissolve = motion([one * (1 - part) + other * part for part in (0.3, 0.4, 0.5)])
    shift = motion([np.roll(one, step * 4, 1) for step in range(3)])
    assert fade < 0.5
    assert dissolve < 0.5
    assert shift > max(fade, dissolve, 0.7)


def test_likeness_tells_the_same_scene_from_another():
    one, other = (np.random.default_rng(seed).random((30, 40)).astype(np.float32) * 100 for seed in (1, 2))
    flat = np.full_like(one, 16)
    assert likeness(one, one * 0.5 + 3) == pytest.approx(1.0)
    assert abs(likeness(one, other)) < 0.2
    assert likeness(flat, flat) == 1.0
    assert likeness(flat, one) == 0.0
    assert likeness(one, one[:3]) == 0.0


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (7, 500), (4000, 2), (33, 17)])
def test_odd_shapes_have_all_views(shape):
    before = FrameView(_frame(np.full(shape, 16, np.uint8)))
    view = FrameView(_frame(np.full(shape, 200, np.uint8), 1), before)
    for name in (
        "small",
        "small_u",
        "blocks",
        "spread",
        "histogram",
        "block_change",
        "changed_box",
        "local_change",
        "motion",
    ):
        assert getattr(view.picture if name == "small_u" else view, name) is not None
    assert view.change == pytest.approx(184)
    assert view.local_change == pytest.approx(184)


def test_a_hop_of_sound_has_levels_and_zero_runs():
    samples = np.zeros((480, 2), np.float32)
    samples[:, 0] = 0.5
    samples[100:130, 1] = -0.25
    view = SoundView(1_000, 0, samples, 48_000)
    assert view.rms == pytest.approx([0.5, 0.0625])
    assert view.peak == pytest.approx([0.5, 0.25])
    assert view.zero_run.tolist() == [0, 350]
    assert view.end_ns == 10_001_000
    assert view.rms_dbfs == pytest.approx(10 * np.log10((0.25 + 0.0625**2) / 2))


def test_what_a_function_makes_of_a_view_is_made_once_and_booked_to_nobody():
    calls = []

    def spread(view):
        calls.append(view.index)
        return view.spread

    view = FrameView(_frame(_noise(1)))
    assert view.of(spread) == view.of(spread) == view.spread
    assert calls == [0]
    assert view.shared_ns > 0
