"""A defect that comes over HDMI is found in the recording as it is in the file that was played."""

import pytest

from harness.recording.recording import Recording
from harness.run.analyze import analyze, choose, find_criteria

pytestmark = pytest.mark.rig_vm("v4l2_loop")

FRAME_S = 0.04


@pytest.fixture(scope="module")
def judged(guest):
    def judge(name):
        asked, criteria = choose("freeze_frame,black_frames", find_criteria("default"))
        return analyze(Recording(guest.folder / name), criteria, asked=asked)

    return judge("clip.mkv"), judge("loop.mkv")


def test_the_recording_holds_what_was_played(results, guest):
    done = results["record"]
    assert done["rc"] == 0, done
    recording = Recording(guest.folder / "loop.mkv")
    assert recording.complete
    assert (recording.format.video.width_px, recording.format.video.fps) == (1280, 25)
    assert recording.duration_ns > 8_000_000_000


def test_the_planted_freeze_is_found_as_in_the_file(results, judged):
    file, recorded = judged
    (planted,) = file.analysis.findings
    assert planted.defect == "freeze_frame"
    found = [f for f in recorded.analysis.findings if f.defect == "freeze_frame"]
    lasts_s = (planted.end_ns - planted.start_ns) / 1e9
    whole = [f for f in found if (f.end_ns - f.start_ns) / 1e9 == pytest.approx(lasts_s, abs=4 * FRAME_S)]
    assert whole, (planted, recorded.analysis.findings, recorded.timeline)
    assert {f.defect for f in recorded.analysis.findings} == {"freeze_frame"}
