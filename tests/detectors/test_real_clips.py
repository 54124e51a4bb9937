"""Real clips: nothing is found in clean ones, and what is planted in them is found."""

from fractions import Fraction

import pytest

from harness.decoding import MediaFile
from harness.media import Frame
from harness.recording.recording import Recording
from harness.run.analyze import analyze, find_criteria
from tests.support import planting

pytestmark = pytest.mark.media

PICTURE = {"black_frames", "freeze_frame", "stutter"}

HARD_NEGATIVES = {
    "bigbuckbunny.mp4": "24 pictures a second in 25",
    "sintel_trailer-720p_34s.mp4": "fades, title cards, dark scenes, cuts to black",
    "los_test_video_9s.mp4": "25 pictures a second in 60",
    "intel_car-detection.mp4": "a still road with few cars",
    "mdn_rabbit.mp4": "a hand-held camera",
}


def _unexplained(path):
    done = analyze(Recording(path), find_criteria("picture"), asked=PICTURE)
    return [(item.defect, item.start_ns / 1e9) for item in done.analysis.findings if not item.explained_by]


@pytest.mark.fuller
@pytest.mark.parametrize("name", HARD_NEGATIVES)
def test_nothing_is_found_in_a_clean_clip(media, name):
    assert _unexplained(media / "video" / name) == []


@pytest.mark.parametrize("defect", ["freeze_frame", "black_frames", "stutter"])
@pytest.mark.parametrize(
    ("name", "fps"), [("bigbuckbunny.mp4", 25), pytest.param("bikes.mp4", 25, marks=pytest.mark.fuller)]
)
def test_what_is_planted_is_found_after_coding(media, tmp_path, defect, name, fps):
    with MediaFile(media / "video" / name) as file:
        shown = [(item.y, item.u, item.v) for item in file.items() if isinstance(item, Frame)][:110]
    plant = {"freeze_frame": planting.freeze, "black_frames": planting.black, "stutter": planting.stutter}[
        defect
    ]
    path = tmp_path / "planted.mkv"
    planting.code(path, plant(shown, 50, 20), Fraction(fps), bit_rate=1_500_000)
    found = _unexplained(path)
    assert [item for item, _ in found] == [defect]
    assert found[0][1] == pytest.approx(50 / fps, abs=2 / fps + 0.001)
