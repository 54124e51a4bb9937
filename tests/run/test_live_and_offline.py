"""The recording is the truth: analysed while it grows, or a year later, it gives the same findings."""

import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.impair import IMPAIRMENTS
from harness.impair.base import LEVELS
from harness.recording.recording import Recording
from harness.run.analyze import analyze, contract, find_criteria
from tests.support import planted

QUICK = ("freeze_frame", "audio_dropout")
SECONDS = 4


def _agree(fault):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "watch.mkv"
        begun, writing = threading.Event(), threading.Event()
        writing.set()

        def write():
            try:
                planted.record(path, fault, seconds=SECONDS, begun=begun.set)
            finally:
                begun.set()
                writing.clear()

        recorder = threading.Thread(target=write)
        recorder.start()
        try:
            assert begun.wait(30)
            live = contract(analyze(Recording(path), find_criteria("default"), follow=writing.is_set))
        finally:
            recorder.join()
        offline = contract(analyze(Recording(path), find_criteria("default")))
    for part in ("findings", "checks", "verdict", "source", "av_sync"):
        assert live[part] == offline[part]


def _fault(defect, level, seed, start_s):
    return f"{defect}:start_s={start_s},duration_s={IMPAIRMENTS[defect].usual_s},level={level},seed={seed}"


@pytest.mark.parametrize("defect", QUICK)
def test_a_planted_defect_is_found_alike(defect):
    _agree(_fault(defect, "easy", 1, 1.5))


@pytest.mark.fuller
@pytest.mark.parametrize("defect", sorted(set(IMPAIRMENTS) - set(QUICK)))
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(level=st.sampled_from(LEVELS), seed=st.integers(0, 99), start=st.integers(100, 200))
def test_every_planted_defect_is_found_alike(defect, level, seed, start):
    _agree(_fault(defect, level, seed, start / 100))
