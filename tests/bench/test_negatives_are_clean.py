"""Nothing is found in drawn programme that detectors once took for a defect; the benchmark has all of it."""

import pytest

from harness.bench.clips import negative_clips
from harness.bench.trial import Trial, run

ONCE_WRONG = ("slides", "cartoon", "pixel_art", "pan_and_rest", "fuzz_bass", "gated_speech", "talking_head")
CLIPS = {clip.name: clip for clip in negative_clips()}


@pytest.mark.fuller
@pytest.mark.parametrize("name", ONCE_WRONG)
def test_nothing_is_found(name):
    result = run(Trial(CLIPS[name]))
    assert (result.failure, [finding for finding in result.found if finding["judged"]]) == (None, [])
