"""The rig's own offset is taken off what av_sync measures, and stays with the recording."""

from dataclasses import replace

import pytest

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.detectors.sync.av_sync import AvSync
from harness.findings import Status
from harness.recording.recorder import Recorder
from harness.recording.recording import Recording
from harness.run.analyze import analyze, contract, find_criteria
from harness.timeline import RigOffset, Timeline
from tests.support import rigs

OWN = RigOffset(25_000_000, 23_000_000, 28_000_000, "shelf 0123 of 2030-01-01")


def _analyse(offset_ms, own):
    stream, items = rigs.drawn(25, offset_ms, 2.2, (320, 180))
    engine = Engine([AvSync()], Context(stream, Timeline(rig_offset=own)))
    for item in items:
        engine.feed(item)
    done = engine.finish()
    return done.av_sync, next(check.status for check in done.checks if check.defect == "av_sync")


def test_it_is_taken_off_and_what_is_not_known_of_it_widens_the_interval():
    found, status = _analyse(60, OWN)
    assert (found.offset_ms, found.rig_offset_ms) == (pytest.approx(35, abs=0.1), 25)
    # 60 +-1 less 23 to 28.
    assert found.interval_ms == pytest.approx((31, 38), abs=0.1)
    assert status is Status.CLEAR


def test_without_a_certificate_nothing_changes():
    found, status = _analyse(60, None)
    assert (found.offset_ms, found.rig_offset_ms) == (pytest.approx(60, abs=0.1), None)
    assert found.interval_ms == pytest.approx((59, 61), abs=0.1)
    assert status is Status.FOUND


def test_a_rig_cannot_hide_a_device_that_is_late():
    found, status = _analyse(-105, OWN)
    assert found.offset_ms == pytest.approx(-130, abs=0.1)
    assert status is Status.FOUND


def _record(path, own, until_s=2.2):
    stream, items = rigs.drawn(25, 60, until_s, (320, 180))
    with Recorder(path, stream, threads=1) as recorder:
        if own is not None:
            recorder.note(own)
        for item in items:
            recorder.write(replace(item, t_ns=item.t_ns + 7_000_000_000))
    return Recording(path)


def test_a_recording_keeps_it_so_that_a_year_later_the_result_is_the_same(tmp_path):
    recording = _record(tmp_path / "a.mkv", OWN)
    assert recording.timeline.rig_offset == OWN
    told = contract(analyze(recording, find_criteria("sync"), asked={"av_sync"}))["av_sync"]
    assert told["rig_offset_ms"] == 25
    assert told["offset_ms"] == pytest.approx(35, abs=0.2)
    assert told["status"] == "in_sync"


def test_a_recording_without_it_tells_what_it_always_told(tmp_path):
    told = contract(analyze(_record(tmp_path / "a.mkv", None), find_criteria("sync"), asked={"av_sync"}))
    assert set(told["av_sync"]) == {"status", "offset_ms", "interval_ms", "method"}
    assert told["av_sync"]["status"] == "out_of_sync"
