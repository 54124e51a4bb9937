"""av_sync by marker: the offset to the millisecond, the stretch to the frame, and silence elsewhere."""

from fractions import Fraction

import numpy as np
import pytest
from pydantic import ValidationError

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.detectors.sync.av_sync import AvSync
from harness.detectors.sync.beeps import BeepFinder
from harness.findings import Status
from harness.media import AudioBlock, AudioFormat, Frame, Gap, StreamFormat
from harness.recording.recording import Recording
from harness.run.analyze import analyze, find_criteria
from harness.simulator.titles.library import Library
from harness.timeline import Mark, Timeline
from harness.verdict import Criteria, Verdict, judge
from tests.support.sync_files import Pattern
from tests.support.watched import watch

BOTH = AudioFormat(48_000, 2)
S = 1_000_000_000


def _analyse(items, video, timeline=None):
    engine = Engine([AvSync()], Context(StreamFormat(video, BOTH), timeline or Timeline()))
    for item in items:
        engine.feed(item)
    return engine.finish()


def _pattern(fps=25, offset_ms=0.0, seconds=3.5, change=lambda item: item, **more):
    pattern = Pattern(fps, offset_ms)
    items = [changed for item in pattern.items(seconds) if (changed := change(item))]
    return _analyse(items, pattern.video, **more)


def _check(analysis):
    return next(check for check in analysis.checks if check.defect == "av_sync")


def _spans(analysis):
    return [(item.start_ns / S, item.end_ns / S) for item in analysis.findings]


@pytest.mark.parametrize(
    ("fps", "offset_ms"),
    [
        *[(25, offset_ms) for offset_ms in (-499, -126, -124, -1, 7, 44, 46, 499)],
        *[(fps, offset_ms) for fps in (30, 50, 60) for offset_ms in (-499, 0, 46)],
    ],
)
def test_the_offset_is_measured_within_two_milliseconds(fps, offset_ms):
    found = _pattern(fps, offset_ms, seconds=2.2).av_sync
    assert found.offset_ms == pytest.approx(offset_ms, abs=0.1)
    assert found.interval_ms[0] < offset_ms < found.interval_ms[1]
    assert found.interval_ms[1] - found.interval_ms[0] < 4
    assert found.method == "marker"
    assert found.status == ("in_sync" if -125 <= offset_ms <= 45 else "out_of_sync")


@pytest.mark.parametrize(
    ("fps", "offset_ms", "size", "crf", "sound"),
    [
        (25, 120, (320, 180), 30, "aac"),
        (50, -260, (426, 240), 30, "libopus"),
        pytest.param(30, -480, (640, 360), 18, "ac3", marks=pytest.mark.fuller),
        pytest.param(60, 75, (960, 540), 26, "libmp3lame", marks=pytest.mark.fuller),
    ],
)
def test_the_offset_survives_coding_and_scaling(tmp_path, fps, offset_ms, size, crf, sound):
    path = Pattern(fps, offset_ms, size).code(tmp_path / "coded.mkv", 2.2, crf, sound)
    found = analyze(Recording(path), find_criteria("default"), asked={"av_sync"}).analysis.av_sync
    assert found.offset_ms == pytest.approx(offset_ms, abs=2)


@pytest.mark.fuller
@pytest.mark.parametrize("offset_ms", [200, -130, 470])
def test_a_device_that_loses_sync_is_found_from_the_very_flash(tmp_path, offset_ms):
    fault = f"av_sync:start_s=2,offset_ms={offset_ms}"
    ((start_ns, _),) = watch(tmp_path / "off.mkv", "sync_pattern", fault, seconds=5.4, before_s=0.2)
    analysis = analyze(Recording(tmp_path / "off.mkv"), find_criteria("sync")).analysis
    (finding,) = analysis.findings
    assert finding.start_ns == start_ns
    # The last flash is seen at 4 s of the title; what comes after it belongs to it, to the end of the watch.
    assert finding.end_ns == pytest.approx(start_ns + 2.6 * S, abs=1000)
    assert finding.peak == pytest.approx(offset_ms, abs=2)
    assert analysis.av_sync.status == "out_of_sync"
    assert analysis.av_sync.offset_ms == pytest.approx(offset_ms, abs=2)
    assert _check(analysis).status is Status.FOUND


def test_a_device_in_sync_passes(tmp_path):
    watch(tmp_path / "in.mkv", "sync_pattern", mode="720p30", seconds=3.2, before_s=0.2)
    done = analyze(Recording(tmp_path / "in.mkv"), find_criteria("sync"))
    assert done.judgement.verdict is Verdict.PASS
    assert done.analysis.av_sync.offset_ms == pytest.approx(0, abs=1)


def test_a_stretch_that_ends_is_found_to_its_end():
    late, early = Pattern(25, -200), Pattern(25, 0)

    def some_late(item):
        if isinstance(item, Frame) or not 1.2 * S <= item.t_ns < 3.3 * S:
            return item
        return AudioBlock(
            item.t_ns, item.first_sample, np.float32(late.sound(item.first_sample, 1920)) / 32768
        )

    analysis = _analyse([some_late(item) for item in early.items(5.8)], early.video)
    # Flashes at 0.52, 1.52 ... s: those at 1.52 and 2.52 s are off.
    assert _spans(analysis) == [(1.52, 3.52)]


def test_ordinary_film_cannot_tell():
    reel = Library().title("news").open(Pattern().video)
    items = [Frame(index * 40_000_000, index, *reel.picture(Fraction(index, 25))) for index in range(50)]
    blocks = [
        AudioBlock(index * 40_000_000, index * 1920, np.float32(reel.sound(index * 1920, 1920)) / 32768)
        for index in range(50)
    ]
    analysis = _analyse([*items, *blocks], Pattern().video)
    assert analysis.av_sync is None
    assert _check(analysis).status is Status.NOT_MEASURED
    assert _check(analysis).reason == "nothing in the input to measure it by"


def test_a_pattern_without_beeps_is_inconclusive():
    def silent(item):
        if isinstance(item, Frame):
            return item
        return AudioBlock(item.t_ns, item.first_sample, np.zeros_like(item.samples))

    analysis = _pattern(change=silent)
    assert (analysis.av_sync.status, analysis.av_sync.offset_ms) == ("inconclusive", None)
    assert _check(analysis).status is Status.INCONCLUSIVE
    assert "no beep" in _check(analysis).reason


@pytest.mark.parametrize("offset_ms", [0, 200])
def test_one_beep_that_is_missing_in_between_changes_nothing(offset_ms):
    beep_s = 2.52 - offset_ms / 1000

    def drop(item):
        if isinstance(item, AudioBlock) and beep_s - 0.05 <= item.t_ns / S < beep_s + 0.09:
            return AudioBlock(item.t_ns, item.first_sample, np.zeros_like(item.samples))
        return item

    analysis = _pattern(25, offset_ms, seconds=4.5, change=drop)
    assert _spans(analysis) == ([(0.52, 4.48)] if offset_ms else [])


@pytest.mark.parametrize("fps", [25, 50])
@pytest.mark.parametrize("lost", [1, 2, 5, 12])
def test_lost_frames_are_no_offset(fps, lost):
    """The rig loses the frames around a flash, and what it sees first of it comes late."""
    frame_ns = S // fps
    first = {25: 37, 50: 75}[fps]

    def lose(item):
        index = getattr(item, "index", None)
        if index is not None and first + 1 - lost < index <= first + 1:
            return Gap(item.t_ns, item.t_ns + frame_ns, "video", "the card lost it")
        return item

    analysis = _pattern(fps, seconds=3.5, change=lose)
    assert analysis.av_sync.status == "in_sync"
    assert analysis.av_sync.interval_ms == pytest.approx((-1, 1), abs=0.1)
    assert analysis.findings == []


@pytest.mark.parametrize("offset_ms", [0, -300])
def test_lost_sound_is_no_offset(offset_ms):
    def lose(item):
        if isinstance(item, AudioBlock) and 1.3 <= item.t_ns / S < 1.9:
            return Gap(item.t_ns, item.t_ns + S // 25, "audio", "the sound card lost it")
        return item

    analysis = _pattern(25, offset_ms, seconds=4.5, change=lose)
    assert analysis.av_sync.offset_ms == pytest.approx(offset_ms, abs=0.1)
    assert all("sound card" in item.inconclusive for item in analysis.findings if item.start_ns < 2 * S)
    assert len(analysis.findings) == (2 if offset_ms else 0)


def test_a_beep_of_which_the_rig_lost_the_beginning_tells_nothing():
    def cut(item):
        if not isinstance(item, AudioBlock) or not 1.5 < item.t_ns / S < 1.55:
            return item
        return AudioBlock(item.t_ns + 10_000_000, item.first_sample + 480, item.samples[480:])

    assert _pattern(change=cut).av_sync.interval_ms == pytest.approx((-1, 1), abs=0.1)


def test_only_the_judged_window_counts():
    marks = [Mark("play_asked", 0), Mark("first_frame", 1 * S), Mark("watch_end", 3 * S)]
    assert _spans(_pattern(25, 200, seconds=4.5, timeline=Timeline(marks=marks))) == [(1.52, 3.0)]


@pytest.mark.parametrize(("limits", "verdict"), [((-125, 45), Verdict.FAIL), ((-185, 90), Verdict.PASS)])
def test_criteria_say_what_is_let_pass(limits, verdict):
    analysis = _pattern(25, 80)
    criteria = Criteria(name="sync", require=(), av_sync_ms=limits)
    assert judge(analysis.checks, analysis.findings, criteria).verdict is verdict


def test_criteria_cannot_ask_for_more_than_is_found():
    with pytest.raises(ValidationError, match="-125"):
        Criteria(name="sync", require=(), av_sync_ms=(-40, 45))


def _heard(sound, hop=480):
    finder = BeepFinder(48_000)
    found = []
    for first in range(0, len(sound) - hop + 1, hop):
        onset = finder.take(sound[first : first + hop])
        if onset is not None:
            found.append(first + onset)
    return found


def _tone(begin, count, hz=1000, level=0.25, noise=0.003):
    sound = np.random.default_rng(1).normal(0, noise, (24_000, 2)).astype(np.float32)
    sound[begin : begin + count] += (level * np.cos(2 * np.pi * hz * np.arange(count) / 48_000))[:, None]
    return sound


def _hole():
    sound = _tone(0, 24_000)
    sound[7000:7240] = 0
    return sound


@pytest.mark.parametrize("begin", [4800, 4801, 5000, 5279, 5280])
@pytest.mark.parametrize("level", [0.02, 0.25, 0.9])
def test_a_beep_is_placed_to_the_sample(begin, level):
    assert _heard(_tone(begin, 1600, level=level)) == [pytest.approx(begin, abs=2 if level > 0.1 else 10)]


@pytest.mark.parametrize(
    "sound",
    [
        _tone(6000, 240),
        _tone(6000, 1600, hz=1060),
        _tone(6000, 1600, level=0.006, noise=0.0003),
        _hole(),
        np.repeat(np.random.default_rng(2).normal(0, 0.2, (24_000, 1)), 2, axis=1).astype(np.float32),
        np.full((24_000, 2), 0.25, np.float32),
    ],
    ids=["5 ms of it", "another pitch", "too soft", "a hole in a tone", "noise", "constant"],
)
def test_what_is_no_beep(sound):
    assert _heard(sound) == []
