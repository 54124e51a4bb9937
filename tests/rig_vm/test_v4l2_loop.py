"""A defect that comes over HDMI is found in the recording as it is in the file that was played."""

import pytest

from harness.recording.recording import Recording
from harness.run.analyze import analyze, choose, find_criteria

pytestmark = pytest.mark.rig_vm("v4l2_loop")

FRAME_NS = 1_000_000_000 / 24


def judged(path):
    """Return what holds of a file, of the defects that the loop itself does not make: it repeats frames."""
    asked, criteria = choose("freeze_frame,black_frames,solid_colour,colour_error", find_criteria("default"))
    return analyze(Recording(path), criteria, asked=asked)


def test_what_was_played_is_recorded_and_judged_as_the_file_is(results, guest):
    done = results["record"]
    assert (done["rc"], done["player"]) == (0, None), done
    recording = Recording(guest.folder / "loop.mkv")
    assert recording.complete
    video = recording.format.video
    assert (video.width_px, video.height_px, video.fps) == (1280, 720, 24)
    assert recording.duration_ns == pytest.approx(6e9, abs=1e9)

    file, recorded = judged(guest.folder / "clip.mkv").analysis, judged(guest.folder / "loop.mkv").analysis
    (planted,) = file.findings
    assert planted.defect == "freeze_frame"
    assert {finding.defect for finding in recorded.findings} == {"freeze_frame"}
    lasts_ns = planted.end_ns - planted.start_ns
    whole = [f for f in recorded.findings if abs(f.end_ns - f.start_ns - lasts_ns) <= 3 * FRAME_NS]
    assert whole, (planted, recorded.findings, recording.timeline.gaps)
    assert {c.defect for c in recorded.checks if c.status == "found"} == {"freeze_frame"}
