"""A watch is recorded and analysed while it goes on; what is lost in between is told, never passed over."""

import time

import numpy as np
import pytest

from harness.clock import MonotonicClock
from harness.errors import CaptureLost, ControlLost, RigError
from harness.media import AudioBlock, Frame, Gap
from harness.recording import disk
from harness.recording.recording import Recording
from harness.run.analyze import analyze, contract, find_criteria
from harness.run.feed import Feed
from harness.run.session import Session, Watched
from harness.timeline import Press, RigOffset
from tests.support import planted
from tests.support.sources import Scripted, until

FREEZE = "freeze_frame:start_s=2,duration_s=1"
SILENCE = "silence:start_s=3.5,duration_s=1"


class Device:
    """A device that answers until it is told not to."""

    id = "stb"
    losses = 0

    def __init__(self):
        self.clock = MonotonicClock()
        self.on_press = []
        self.gone = None

    def ask(self):
        if self.gone:
            raise self.gone


@pytest.fixture(scope="module")
def captured(tmp_path_factory):
    """Return what was captured of six seconds with a freeze and a silence, and its format."""
    path = planted.record(tmp_path_factory.mktemp("captured") / "a.mkv", FREEZE, SILENCE, seconds=6)
    recording = Recording(path)
    return list(recording.items()), recording.format


@pytest.fixture
def begin(tmp_path, captured, monkeypatch):
    """Return what starts a session over a source that delivers the capture."""
    monkeypatch.setattr("harness.run.feed.LATE_S", 0.1)
    feeds = []

    def begin(items=None, device=None):
        source = Scripted([], captured[1])
        feed = Feed(source)
        feeds.append(feed)
        feed.open()
        device = device or Device()
        path = tmp_path / f"{len(feeds)}.mkv"
        session = Session(Watched(device, feed, path, find_criteria("default"), {}, lambda text: None))
        session.start()
        base_ns = device.clock.now_ns() - 10**10
        source.add(*(moved(item, base_ns) for item in (captured[0] if items is None else items)))
        frames = sum(isinstance(item, Frame) for item in source.items)
        recorder = session._recorder
        until(lambda: recorder.frames == frames or feed.error or recorder.failure)
        return session, device, path

    yield begin
    for feed in feeds:
        feed.close()


def moved(item, by_ns):
    if isinstance(item, Frame):
        return Frame(item.t_ns + by_ns, item.index, item.y, item.u, item.v)
    if isinstance(item, AudioBlock):
        return AudioBlock(item.t_ns + by_ns, item.first_sample, item.samples)
    return (
        Gap(item.start_ns + by_ns, item.end_ns + by_ns, item.medium, item.reason)
        if isinstance(item, Gap)
        else item
    )


def same(live, later):
    told = [contract(done) for done in (live, later)]
    for one in told:
        del one["timing"]
    assert told[0] == told[1]
    assert live.analysis.series.keys() == later.analysis.series.keys()
    for name, series in live.analysis.series.items():
        again = later.analysis.series[name]
        assert np.array_equal(series.t_ns, again.t_ns)
        for column, values in series.columns.items():
            assert np.array_equal(values, again.columns[column], equal_nan=True), (name, column)


def test_the_rigs_own_offset_stays_with_the_recording(tmp_path, captured):
    own = RigOffset(12_000_000, 11_000_000, 13_000_000, "shelf")
    feed = Feed(Scripted([], captured[1]))
    feed.open()
    path = tmp_path / "a.mkv"
    session = Session(Watched(Device(), feed, path, find_criteria("default"), {}, print, own))
    session.start()
    assert b'{"rig_offset_ns":12000000' in path.with_suffix(".timing.jsonl").read_bytes()
    feed.close()
    session.finish()


def test_what_was_measured_live_is_measured_again_from_the_recording(begin):
    session, device, path = begin()
    for observer in device.on_press:
        observer(Press("SELECT", device.clock.now_ns(), device.clock.now_ns(), "ir"))
    live = session.finish()
    session.check()
    assert [finding.defect for finding in live.analysis.findings] == ["freeze_frame", "silence"]
    assert [press.key for press in live.timeline.presses] == ["SELECT"]
    assert device.on_press == []
    same(live, analyze(Recording(path), find_criteria("default")))


def test_a_capture_that_goes_ends_the_wait_and_keeps_what_was_seen(begin, captured):
    items = [item for item in captured[0] if item.t_ns < 4 * 10**9]
    session, _, path = begin([*items, CaptureLost("the cable was pulled")])
    with pytest.raises(CaptureLost, match="the cable was pulled"):
        session.wait_s(60)
    done = session.finish()
    assert [finding.defect for finding in done.analysis.findings][:1] == ["freeze_frame"]
    assert done.timeline.gaps
    assert path.stat().st_size > 0
    with pytest.raises(CaptureLost):
        session.check()


def test_a_clean_watch_whose_end_was_not_seen_is_not_clear(begin, captured):
    items = [item for item in captured[0] if item.t_ns < 10**9]
    session, _, _ = begin([*items, CaptureLost("the cable was pulled")])
    done = session.finish()
    assert str(done.judgement.verdict) == "inconclusive"


@pytest.mark.parametrize("control", ["adb", "cec"])
def test_a_device_that_goes_is_told_even_to_a_plan_that_passes_over_it(begin, control):
    session, device, _ = begin()
    device.gone = ControlLost(f"{control} 127.0.0.1:1: no answer")
    with pytest.raises(ControlLost, match=rf"{control}_lost .* into the watch: {control} 127.0.0.1:1: no"):
        session.wait_s(60)
    assert session.finish() is not None
    with pytest.raises(ControlLost, match=f"{control}_lost"):
        session.check()


def test_a_connection_that_broke_and_came_back_is_told(begin):
    session, device, _ = begin()
    device.losses = 1
    with pytest.raises(ControlLost, match=r"adb_lost .* broke, and came back"):
        session.wait_s(60)
    session.finish()


def test_a_disk_that_fills_up_is_a_rig_error_and_keeps_what_was_written(begin, monkeypatch):
    written, write = [], disk.WholeFile.write

    def full(self, data):
        written.append(len(data))
        if sum(written) > 200_000:
            raise OSError(28, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(disk.WholeFile, "write", full)
    session, _, _ = begin()
    with pytest.raises(RigError, match="No space left on device"):
        session.wait_s(60)
    monkeypatch.undo()
    done = session.finish()
    assert done is not None and done.analysis.frames > 10
    with pytest.raises(RigError, match="No space left"):
        session.check()


def test_without_a_signal_a_watch_does_not_begin(tmp_path, monkeypatch):
    monkeypatch.setattr("harness.run.session.SIGNAL_S", 0.05)
    feed = Feed(Scripted([], None))
    feed.open()
    session = Session(Watched(Device(), feed, tmp_path / "a.mkv", find_criteria("default"), {}, print))
    with pytest.raises(RigError, match="no signal"):
        session.start()
    assert session.finish() is None
    feed.close()


def test_analysis_rests_while_the_recorder_is_behind(begin, monkeypatch):
    waiting = [1.0]
    monkeypatch.setattr(Feed, "waiting", property(lambda feed: waiting[0]))
    session, _, _ = begin()
    time.sleep(0.5)
    assert session._analysed_ns < 10**8
    waiting[0] = 0.0
    assert [finding.defect for finding in session.finish().analysis.findings] == ["freeze_frame", "silence"]
