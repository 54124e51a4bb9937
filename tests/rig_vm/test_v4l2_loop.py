"""A defect that comes over HDMI is found in the recording as it is in the file that was played."""

import numpy as np
import pytest

from harness.media import Frame, Gap
from harness.recording.recording import Recording
from harness.run.analyze import analyze, choose, find_criteria

pytestmark = pytest.mark.rig_vm("v4l2_loop")

HELD = 1.0
"""Mean change of luma below which a picture is the one before: the clip moves by 2.7 a picture."""


@pytest.fixture(scope="module")
def recording(guest):
    done = guest.results("v4l2_loop")["record"]
    assert (done["rc"], done["player"]) == (0, None), done
    return Recording(guest.folder / "loop.mkv")


def longest_hold_ns(recording):
    """Return for how long the same picture stood at the longest."""
    longest_ns, began_ns, shown = 0, 0, None
    for item in recording.items():
        if isinstance(item, Frame):
            y = item.y.astype(np.int16)
            if shown is None or np.abs(y - shown).mean() > HELD:
                began_ns = item.t_ns
            shown, longest_ns = y, max(longest_ns, item.t_ns - began_ns)
    return longest_ns


def judged(path):
    """Return what holds of a file, of the defects that the loop itself does not make: it repeats frames."""
    asked, criteria = choose("freeze_frame,black_frames,solid_colour", find_criteria("default"))
    return analyze(Recording(path), criteria, asked=asked)


def test_what_was_played_is_recorded(recording, guest):
    assert recording.complete
    video = recording.format.video
    assert (video.width_px, video.height_px, video.fps) == (1280, 720, 24)
    assert recording.duration_ns == pytest.approx(5e9, abs=1e9)
    # The guest may be slow to play it, never faster.
    assert longest_hold_ns(recording) > 0.8 * longest_hold_ns(Recording(guest.folder / "clip.mkv"))


def test_the_recording_is_judged_as_the_file_is(recording, guest):
    """What the slow guest lost may keep the freeze from being found, never let it pass for clear."""
    file, recorded = judged(guest.folder / "clip.mkv"), judged(guest.folder / "loop.mkv")
    (planted,) = file.analysis.findings
    assert planted.defect == "freeze_frame"
    assert {finding.defect for finding in recorded.analysis.findings} <= {"freeze_frame"}
    (check,) = (check for check in recorded.analysis.checks if check.defect == "freeze_frame")
    lost = any(isinstance(item, Gap) for item in recording.items())
    assert check.status == "found" or (check.status == "inconclusive" and lost), check
