"""Drawn programme is no longer taken for what it once was taken for; the benchmark has all of it."""

import pytest

from harness.bench.clips import negative_clips
from harness.bench.trial import Trial, run

ONCE_WRONG = [
    ("slides", "freeze_frame"),
    ("pan_and_rest", "freeze_frame"),
    ("talking_head", "freeze_frame"),
    ("cartoon", "stutter"),
    ("pixel_art", "stutter"),
    ("mosaic", "block_corruption"),
    ("end_credits", "block_corruption"),
    ("fuzz_bass", "audio_dropout"),
    ("gated_speech", "silence"),
    ("gated_speech", "hiss"),
    ("gated_speech", "loudness"),
    ("plosives", "loudness"),
    ("speech", "loudness"),
    ("fuzz_bass", "distortion"),
    ("chiptune", "distortion"),
    ("synth_bass", "hum"),
    ("pulsing_bass", "hum"),
]
CLIPS = {clip.name: clip for clip in negative_clips()}


@pytest.mark.fuller
@pytest.mark.parametrize(("name", "defect"), ONCE_WRONG)
def test_it_is_no_longer_taken_for_that(name, defect):
    result = run(Trial(CLIPS[name]))
    assert result.failure is None
    assert defect not in {finding["defect"] for finding in result.found}
