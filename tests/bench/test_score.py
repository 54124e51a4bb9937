"""The benchmark counts right: what is found, missed, beside the mark, or does not show."""

import math
from fractions import Fraction

import numpy as np
import pytest

from harness.bench.perception import Listener, perceptible
from harness.bench.score import score
from harness.bench.trial import Result, events, meant
from harness.impair.base import FaultSpec
from harness.media import AudioBlock, AudioFormat, Frame, StreamFormat, VideoFormat
from harness.run.planting import Planting


def _result(level="easy", start_s=2.0, found=(), defect="freeze_frame", **more):
    result = Result(
        "clip", "source", FaultSpec(defect, start_s, 1.0, level), media_s=6.0, analysis_s=2.0, **more
    )
    result.events_s = [(start_s, start_s + 1.0)]
    result.found = [
        {"defect": name, "start_s": at_s, "end_s": at_s + 1.0, "confidence": sure, "judged": True}
        for name, at_s, sure in found
    ]
    return result


def _clean(*found, media_s=1800.0):
    result = Result("clean", "source", None, media_s=media_s, analysis_s=600.0)
    result.found = [
        {"defect": name, "start_s": 1.0, "end_s": 2.0, "confidence": 0.6, "judged": True} for name in found
    ]
    return result


def test_recall_precision_and_f1():
    scores = score(
        [
            _result(found=[("freeze_frame", 2.04, 0.9)]),
            _result(found=[("freeze_frame", 4.9, 0.7)]),
            _result("hard"),
            _result("hard", found=[("freeze_frame", 1.96, 0.8)]),
            _clean(),
        ]
    )
    freeze = scores.defects["freeze_frame"]
    assert [(level.planted, level.found) for level in freeze.levels.values()] == [(2, 1), (0, 0), (2, 1)]
    assert freeze.precision == pytest.approx(2 / 3)
    assert freeze.f1("easy") == pytest.approx(2 * 0.5 * (2 / 3) / (0.5 + 2 / 3))
    assert math.isnan(freeze.f1("medium"))
    assert freeze.errors_s == pytest.approx([0.04, -0.04])
    assert freeze.curve() == [(0.25, 1.0), (0.5, 1.0), (0.5, pytest.approx(2 / 3))]
    assert len(freeze.levels["hard"].missed) == 1


def test_another_defect_beside_what_was_planted_counts_against_the_other():
    scores = score([_result(found=[("freeze_frame", 2.0, 0.9), ("stutter", 2.0, 0.9)])])
    assert scores.defects["freeze_frame"].precision == 1.0
    assert scores.defects["stutter"].precision == 0.0
    assert "planted: freeze_frame easy" in scores.defects["stutter"].false[0]


def test_what_a_clip_has_without_planting_counts_once():
    clean = _clean("silence")
    clean.clip = "clip"
    found = [("freeze_frame", 2.0, 0.9), ("silence", 1.5, 0.6), ("silence", 4.5, 0.6)]
    scores = score([clean, _result(found=found), _result(found=found)])
    # Once in the clean clip, and twice elsewhere, where the clean clip has none.
    assert len(scores.defects["silence"].false) == 3


def test_false_alarms_are_counted_an_hour_of_clean_media():
    scores = score([_clean(), _clean("stutter")])
    assert scores.false_per_hour == pytest.approx(1.0)
    assert scores.speed == pytest.approx(3.0)


def test_what_does_not_show_or_failed_counts_nowhere():
    hidden, failed = _result(shows=False), _result()
    failed.failure = "ValueError: no"
    scores = score([hidden, failed])
    assert scores.hidden == 1
    assert scores.failures == ["clip: ValueError: no"]
    assert scores.defects["freeze_frame"].levels["easy"].planted == 0


def test_intervals_close_together_are_one_event():
    assert events([(3.0, 3.1), (1.0, 1.2), (1.9, 2.0)]) == [(1.0, 2.0), (3.0, 3.1)]


@pytest.mark.parametrize(("at_s", "is_meant"), [(0.4, False), (0.6, True), (3.4, True), (3.6, False)])
def test_a_finding_near_what_was_planted_is_meant(at_s, is_meant):
    result = _result(found=[("freeze_frame", at_s, 1.0)])
    assert meant(result, result.found[0]) is is_meant


@pytest.mark.parametrize(
    ("sides", "kind", "is_heard"),
    [(0.5, "mono", True), (0.03, "mono", False), (0.5, "inverted", True), (1.0, "inverted", False)],
)
def test_a_pair_that_errs_counts_where_that_is_heard(sides, kind, is_heard):
    mid, side = np.random.default_rng(1).normal(0, 0.1, (2, 48_000, 1))
    pair = np.float32(np.hstack((mid + sides * side, mid - sides * side)))
    spec = FaultSpec("channel_error", 0.1, 0.8, kind=kind)
    planting, meter = Planting(spec, StreamFormat(None, AudioFormat(48_000, 2))), Listener(spec)
    blocks = [AudioBlock(at * 10**8, at * 4_800, pair[at * 4_800 :][:4_800]) for at in range(10)]
    assert len(list(planting.items(meter.listen(blocks)))) == 10
    assert perceptible(spec, planting.truth(), meter) is is_heard


@pytest.mark.parametrize(
    ("kind", "u_code", "visible"), [("swapped", 90, True), ("swapped", 151, False), ("range", 90, True)]
)
def test_wrong_colours_show_where_luma_or_colour_changes(kind, u_code, visible):
    spec = FaultSpec("colour_error", level="hard", kind=kind)
    planting = Planting(spec, StreamFormat(VideoFormat(64, 48, Fraction(25)), None))
    y, u, v = np.full((48, 64), 60, np.uint8), *(np.full((24, 32), code, np.uint8) for code in (u_code, 150))
    list(planting.items([Frame(0, 0, y, u, v)]))
    assert perceptible(spec, planting.truth(), Listener(spec)) is visible


@pytest.mark.parametrize(
    ("defect", "before", "after", "visible"),
    [
        ("freeze_frame", 0, 60, False),
        ("freeze_frame", 60, 60, True),
        ("black_frames", 60, 0, False),
        ("black_frames", 0, 60, False),
        ("black_frames", 60, 60, True),
    ],
)
def test_what_is_held_or_goes_black_must_show_something(defect, before, after, visible):
    spec = FaultSpec(defect, 0.2, 0.4)
    planting, meter = Planting(spec, StreamFormat(VideoFormat(64, 48, Fraction(25)), None)), Listener(spec)
    grain = np.random.default_rng(1).integers(0, 2, (20, 48, 64))
    contrasts = [before] * 5 + [60] * 10 + [after] * 5
    frames = [
        Frame(
            at * 40_000_000,
            at,
            (30 + grain[at] * by).astype(np.uint8),
            *[np.full((24, 32), 128, np.uint8)] * 2,
        )
        for at, by in enumerate(contrasts)
    ]
    list(planting.items(meter.listen(frames)))
    assert perceptible(spec, planting.truth(), meter) is visible


@pytest.mark.parametrize(("moves_px", "visible"), [(64, True), (1, False)])
def test_a_tear_shows_where_the_picture_breaks_off_along_the_line(moves_px, visible):
    spec = FaultSpec("tearing", 0.2, 0.4, level="hard", kind="line")
    planting = Planting(spec, StreamFormat(VideoFormat(128, 96, Fraction(25)), None))
    bars = np.where(np.arange(128) // 8 % 2, 200, 60)
    frames = []
    for at in range(20):
        luma = np.tile(bars, (96, 1))
        # What moves is as wide as the picture, or one px of it.
        luma[:, :moves_px] = np.roll(bars, 3 * at)[:moves_px]
        planes = (luma.astype(np.uint8), *[np.full((48, 64), 128, np.uint8)] * 2)
        frames.append(Frame(at * 40_000_000, at, *planes))
    list(planting.items(frames))
    truth = planting.truth()
    truth["measured"]["area_share"] = 1.0
    assert perceptible(spec, truth, Listener(spec)) is visible
