"""The engine: every name has a check, gaps make findings inconclusive, short input survives."""

from fractions import Fraction

import numpy as np
import pytest

from harness.analysis.detector import AudioDetector, Context, SyncDetector, VideoDetector
from harness.analysis.engine import SHARED_PICTURE, Engine
from harness.analysis.trigger import Interval, Trigger
from harness.findings import DEFECTS, AvSync, Metric, Status
from harness.media import AudioBlock, AudioFormat, Frame, Gap, SignalEvent, StreamFormat, VideoFormat
from harness.timeline import Mark, Press, Timeline

FRAME_NS = 40_000_000
BOTH = StreamFormat(VideoFormat(64, 48, Fraction(25)), AudioFormat(48_000, 2))
SILENT = StreamFormat(BOTH.video, None)


class Dark(VideoDetector):
    defect = "black_frames"
    metric = Metric("mean luma", "8-bit code value")
    columns = ("mean_luma",)
    trigger = Trigger(enter=20, leave=20, min_s=0.08, above=False)
    explains = frozenset({"freeze_frame"})

    def measure(self, view):
        return (view.mean_luma,)


class Still(VideoDetector):
    defect = "freeze_frame"
    metric = Metric("mean absolute luma change", "8-bit code value")
    columns = ("change",)
    trigger = Trigger(enter=0.5, leave=0.5, min_s=0.08, above=False)

    def measure(self, view):
        return (view.change,)


class Quiet(AudioDetector):
    defect = "silence"
    metric = Metric("level", "dBFS")
    columns = ("level_dbfs",)
    trigger = Trigger(enter=-60, leave=-60, min_s=0.05, above=False)

    def measure(self, view):
        return (view.rms_dbfs,)


class Broken(Still):
    defect = "stutter"

    def measure(self, view):
        raise ZeroDivisionError("no")


class Sync(SyncDetector):
    defect = "av_sync"
    metric = Metric("offset", "ms")
    columns = ("luma",)
    sound_columns = ("level_dbfs",)
    trigger = Trigger(1, 1)

    def measure_picture(self, view):
        return (view.mean_luma,)

    def measure_sound(self, view):
        return (view.rms_dbfs,)

    def compare(self, picture, sound, context):
        if not len(picture.t_ns) > 1:
            return None, []
        return AvSync("out_of_sync", 200.0, (190.0, 210.0), "marker"), [Interval(0, sound.end_ns, 200.0)]


def _frame(index, luma=None, t_ns=None):
    random = np.random.default_rng(index)
    y = (
        random.integers(60, 200, (48, 64), dtype=np.uint8)
        if luma is None
        else np.full((48, 64), luma, np.uint8)
    )
    chroma = np.full((24, 32), 128, np.uint8)
    return Frame(index * FRAME_NS if t_ns is None else t_ns, index, y, chroma, chroma)


def _sound(start, count, level=0.1):
    tone = level * np.sin(np.arange(start, start + count) / 7)
    return AudioBlock(round(start / 48e3 * 1e9), start, np.stack([tone, tone], 1).astype(np.float32))


def _analyse(items, detectors=(Dark, Still, Quiet), stream=BOTH, timeline=None, asked=None):
    engine = Engine([cls() for cls in detectors], Context(stream, timeline or Timeline()), asked)
    for item in items:
        engine.feed(item)
    return engine.finish()


def _check(analysis, defect):
    return next(check for check in analysis.checks if check.defect == defect)


def _spans(analysis, defect):
    return [
        (item.start_ns // FRAME_NS, item.end_ns // FRAME_NS)
        for item in analysis.findings
        if item.defect == defect
    ]


def _film(dark=range(0), count=25):
    return [_frame(index, 16 if index in dark else None) for index in range(count)]


def test_every_name_of_the_contract_has_one_check_that_says_why():
    analysis = _analyse(_film(), stream=SILENT, asked={"black_frames", "silence"})
    assert [check.defect for check in analysis.checks] == list(DEFECTS)
    assert _check(analysis, "black_frames").status is Status.CLEAR
    assert _check(analysis, "black_frames").detector == "black_frames@1"
    assert _check(analysis, "freeze_frame").reason == "not asked for"
    assert _check(analysis, "silence").reason == "no sound in the input"
    assert _check(analysis, "blur").reason == "no detector for it in this version"
    for defect in ("freeze_frame", "silence", "blur"):
        assert _check(analysis, defect).status is Status.NOT_MEASURED


def test_planted_black_is_found_to_the_frame_and_explains_the_freeze_in_it():
    analysis = _analyse(_film(dark=range(10, 15)))
    assert _spans(analysis, "black_frames") == [(10, 15)]
    assert _check(analysis, "black_frames").status is Status.FOUND
    freeze = next(item for item in analysis.findings if item.defect == "freeze_frame")
    assert freeze.explained_by == "black_frames"
    assert _check(analysis, "freeze_frame").status is Status.CLEAR
    assert _check(analysis, "freeze_frame").reason == "explained by black_frames"


def test_a_finding_that_touches_a_gap_is_inconclusive():
    film = _film(dark=range(10, 15))
    items = [*film[:12], Gap(12 * FRAME_NS, 13 * FRAME_NS, "video", "the card lost it"), *film[13:]]
    analysis = _analyse(items)
    assert all("the card lost it" in item.inconclusive for item in analysis.findings)
    assert _check(analysis, "black_frames").status is Status.INCONCLUSIVE


def test_a_gap_of_sound_does_not_touch_the_picture():
    film = _film(dark=range(10, 15))
    analysis = _analyse([*film[:12], Gap(12 * FRAME_NS, 13 * FRAME_NS, "audio", "lost"), *film[12:]])
    assert _check(analysis, "black_frames").status is Status.FOUND


def test_a_gap_that_could_hide_a_defect_leaves_the_check_open():
    short = Gap(12 * FRAME_NS, 13 * FRAME_NS, "video", "lost")
    long = Gap(12 * FRAME_NS, 14 * FRAME_NS, "video", "lost")
    film = _film()
    assert _check(_analyse([*film[:12], short, *film[13:]]), "black_frames").status is Status.CLEAR
    check = _check(_analyse([*film[:12], long, *film[14:]]), "black_frames")
    assert check.status is Status.INCONCLUSIVE
    assert "0.48 s" in check.reason


def test_a_lost_signal_leaves_every_check_open():
    film = _film()
    lost, back = SignalEvent(12 * FRAME_NS, "signal_lost"), SignalEvent(18 * FRAME_NS, "signal_back", BOTH)
    analysis = _analyse([_sound(0, 48_000), *film[:12], lost, back, *film[18:]])
    for defect in ("black_frames", "freeze_frame", "silence"):
        assert _check(analysis, defect).status is Status.INCONCLUSIVE


def test_only_the_judged_window_counts():
    timeline = Timeline(
        marks=[Mark("play_asked", 0), Mark("first_frame", 12 * FRAME_NS), Mark("watch_end", 20 * FRAME_NS)]
    )
    dark = {*range(0, 13), 15, 16, 17, *range(19, 25)}
    analysis = _analyse(_film(dark=dark), timeline=timeline)
    # One dark frame is left of each that crosses an edge: too short to count.
    assert _spans(analysis, "black_frames") == [(15, 18)]


def test_a_pause_that_was_asked_for_explains_what_stands_still():
    presses = [
        Press("PAUSE", 9 * FRAME_NS, 9 * FRAME_NS, "ir"),
        Press("PLAY", 15 * FRAME_NS, 15 * FRAME_NS, "ir"),
    ]
    film = [_frame(10 if 10 <= index < 16 else index, t_ns=index * FRAME_NS) for index in range(70)]
    film[62:66] = [_frame(62, t_ns=index * FRAME_NS) for index in range(62, 66)]
    analysis = _analyse(film, timeline=Timeline(presses=presses))
    assert [item.explained_by for item in analysis.findings] == ["key PAUSE", None]


@pytest.mark.logs_errors
def test_a_detector_that_raises_is_left_out_and_named():
    analysis = _analyse(_film(dark=range(10, 15)), detectors=(Broken, Dark))
    assert "ZeroDivisionError" in _check(analysis, "stutter").reason
    assert _check(analysis, "stutter").status is Status.NOT_MEASURED
    assert _check(analysis, "black_frames").status is Status.FOUND


@pytest.mark.parametrize("count", [0, 1])
def test_almost_nothing_is_not_measured(count):
    analysis = _analyse(_film(count=count))
    assert _check(analysis, "black_frames").status is Status.NOT_MEASURED
    assert _check(analysis, "silence").reason == "no sound could be decoded"
    assert not analysis.findings


def test_a_change_of_size_in_the_middle_survives():
    big = Frame(
        5 * FRAME_NS, 5, *(np.full(shape, 100, np.uint8) for shape in ((720, 1280), (360, 640), (360, 640)))
    )
    items = [*_film(count=5), big, *(_frame(index) for index in range(6, 12))]
    assert _check(_analyse(items), "freeze_frame").status is Status.CLEAR


def test_any_cutting_of_the_sound_gives_the_same_findings():
    quiet = range(20_000, 30_000)

    def analyse(size):
        blocks = []
        for start in range(0, 48_000, size):
            block = _sound(start, min(size, 48_000 - start))
            inside = [start + row in quiet for row in range(len(block.samples))]
            block.samples[inside] = 0
            blocks.append(block)
        return _analyse(blocks, detectors=(Quiet,)).findings

    assert analyse(1_024) == analyse(48_000) == analyse(333)
    assert len(analyse(1_024)) == 1


def test_picture_and_sound_may_be_compared():
    analysis = _analyse([_frame(0), _sound(0, 4_800), _frame(1)], detectors=(Sync,))
    assert analysis.av_sync.offset_ms == 200.0
    assert _check(analysis, "av_sync").status is Status.FOUND
    assert set(analysis.series) == {"av_sync@1", "av_sync@1 sound"}


def test_nothing_to_compare_by_is_not_measured():
    analysis = _analyse([_frame(0), _sound(0, 4_800)], detectors=(Sync,))
    assert analysis.av_sync is None
    assert _check(analysis, "av_sync").reason == "nothing in the input to measure it by"


def test_costs_name_each_detector_and_what_they_share():
    costs = _analyse(_film()).cost_ms
    assert {SHARED_PICTURE, "black_frames@1", "freeze_frame@1", "silence@1"} <= set(costs)
    assert costs[SHARED_PICTURE] > 0


class Sparing(Dark):
    every_picture = False

    def measure(self, view):
        assert view.due
        before = -1 if view.previous is None else view.previous.index
        self.seen = [*getattr(self, "seen", []), (view.index, before)]
        return super().measure(view)


@pytest.mark.parametrize(("fps", "every"), [(25, 1), (30, 1), (50, 2), (60, 2), (120, 4)])
def test_what_lasts_is_looked_for_in_25_to_30_pictures_a_second(fps, every):
    video = VideoFormat(64, 48, Fraction(fps))
    sparing, still = Sparing(), Still()
    engine = Engine([sparing, still], Context(StreamFormat(video, None)))
    for index in range(33):
        luma = 16 if 12 <= index < 24 else None
        engine.feed(_frame(index, luma, round(index * 1e9 / fps)))
    analysis = engine.finish()
    due = [*range(0, 33, every)]
    assert sparing.seen == list(zip(due, [-1, *due], strict=False))
    assert len(analysis.series["freeze_frame@1"].t_ns) == 33
    black = next(item for item in analysis.findings if item.defect == "black_frames")
    assert black.start_ns == pytest.approx(12e9 / fps, abs=2)
    assert black.end_ns == pytest.approx(24e9 / fps, abs=2)
    assert analysis.series["black_frames@1"].end_ns == pytest.approx(33e9 / fps, abs=33)


def test_after_a_gap_a_sparing_detector_has_nothing_to_compare_with():
    sparing = Sparing()
    engine = Engine([sparing], Context(StreamFormat(VideoFormat(64, 48, Fraction(50)), None)))
    for index in (0, 1, 2, 3):
        engine.feed(_frame(index, None, index * FRAME_NS // 2))
    engine.feed(Gap(2 * FRAME_NS, 3 * FRAME_NS, "video", "lost"))
    for index in (6, 7, 8):
        engine.feed(_frame(index, None, index * FRAME_NS // 2))
    assert sparing.seen == [(0, -1), (2, 0), (6, -1), (8, 6)]
