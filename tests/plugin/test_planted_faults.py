"""Each fault of the virtual device is found by name where it was planted; without it, the plan passes."""

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.plugin.conftest import run_pytest

pytestmark = pytest.mark.fuller

PLAN = Path(__file__).parents[2] / "benchmarks" / "fault_plan.py"
FAULTS = (
    "freeze_frame",
    "black_frames",
    "stutter",
    "silence",
    "audio_dropout",
    "av_sync",
    "error_screen",
    "stalling",
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run the plan of all faults once; its own assertions say where a finding must begin."""
    folder = tmp_path_factory.mktemp("faults")
    shutil.copy(PLAN, folder / "test_faults.py")
    return run_pytest(folder, f"--junitxml={folder / 'junit.xml'}")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_where_it_was_planted(ran, fault):
    case = ran.case(f"test_fault[{fault}]")
    assert case.outcome == "passed", ran.said
    (playback,) = case.playbacks
    judged = [finding for finding in playback.findings if finding.judged]
    assert {finding.defect for finding in judged} == {fault}
    assert [mark.detail.partition(":")[0] for mark in playback.marks if mark.kind == "planted"] == [fault]


@pytest.mark.parametrize("title", ["big_buck_bunny", "sync_pattern"])
def test_the_same_plan_passes_without_a_fault(ran, title):
    case = ran.case(f"test_clean[{title}]")
    assert case.outcome == "passed", ran.said
    assert [playback.verdict for playback in case.playbacks] == ["pass"]


def test_adb_that_goes_away_in_mid_play_is_told_and_what_was_seen_is_kept(ran):
    case = ran.case("test_adb_lost")
    assert case.outcome == "passed", ran.said
    (playback,) = case.playbacks
    assert playback.duration_s > 1


def test_how_far_off_each_finding_began_is_in_the_junit_report(ran):
    cases = ElementTree.parse(ran.folder / "junit.xml").iter("testcase")
    errors = {
        case.get("name"): float(found.get("value"))
        for case in cases
        for found in case.iter("property")
        if found.get("name") == "start_error_ms"
    }
    assert set(errors) == {f"test_fault[{fault}]" for fault in FAULTS}
