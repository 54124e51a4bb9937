"""The virtual device's titles are clean at whatever rate they are shown, from their first frame on."""

import pytest

from harness.recording.recording import Recording
from harness.run.analyze import analyze, find_criteria
from tests.support.watched import LIBRARY, Watched

ROUNDS_S = 16.0
"""Three rounds of a film of 24 pictures a second in 25: each meets the cadence of 60 Hz in another phase."""


QUICK = ("big_buck_bunny",)


@pytest.mark.parametrize(
    "title",
    [
        pytest.param(title, marks=() if title in QUICK else pytest.mark.fuller)
        for title in sorted(LIBRARY.titles)
    ],
)
def test_a_title_is_clean_in_60_hz(tmp_path, title):
    _is_clean(tmp_path / "a.mkv", title, 4.0)


@pytest.mark.fuller
def test_a_film_is_clean_in_60_hz_round_after_round(tmp_path):
    _is_clean(tmp_path / "a.mkv", "big_buck_bunny", ROUNDS_S)


def _is_clean(path, title, seconds):
    with Watched(path, "720p60") as watched:
        watched.ask(title)
        watched.run(seconds=seconds)
    done = analyze(Recording(path), find_criteria("default"))
    assert done.analysis.findings == []
    assert str(done.judgement.verdict) == "pass"


@pytest.mark.fuller
def test_it_is_clean_in_50_hz_although_a_spinner_turned_before_it(tmp_path):
    with Watched(tmp_path / "a.mkv", "720p50") as watched:
        watched.ask("big_buck_bunny")
        watched.run(seconds=3.0)
    done = analyze(Recording(tmp_path / "a.mkv"), find_criteria("default"))
    assert done.analysis.findings == []
