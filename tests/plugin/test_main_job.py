"""Plans as QA writes them, on the virtual device, over all outcomes: what is said, written and kept."""

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.plugin.conftest import run_pytest

PROFILES = Path(__file__).parents[2] / "devices"
PLAN = """
import pytest
from harness import Criteria

pytestmark = pytest.mark.release


def play(device, watch, *criteria, **more):
    device.reach("app")
    with watch(*criteria, **more) as playback:
        device.play("big_buck_bunny")
        playback.run_for(seconds=3)
    return playback


def test_clean(device, watch):
    playback = play(device, watch, "broadcast")
    assert playback.start_up_s == pytest.approx(0.8, abs=0.3)
    assert playback.defects == []


@pytest.mark.fault("freeze_frame:start_s=1,duration_s=0.5")
@pytest.mark.fault("silence:start_s=1,duration_s=0.8")
def test_nobody_looked_at_the_defects(device, watch):
    play(device, watch)


@pytest.mark.fault("freeze_frame:start_s=1,duration_s=0.5")
def test_the_plan_looked(device, watch):
    assert play(device, watch).defects == []


@pytest.mark.fault("freeze_frame:start_s=1,duration_s=0.5")
def test_expected(device, watch):
    play(device, watch, expect=["freeze_frame"])


def test_expected_but_not_there(device, watch):
    play(device, watch, expect=["freeze_frame"])


def test_not_measured(device, watch):
    play(device, watch, Criteria(name="marker", require=("av_sync",)))


def test_a_key_that_nobody_has(device):
    device.press("CHANEL_UP")


def test_a_title_that_nobody_has(device):
    device.play("no_such_title")


@pytest.fixture
def watched(device, watch):
    play(device, watch)
    raise RuntimeError("the set-up broke after a watch")


def test_set_up_fails(watched):
    pass


@pytest.mark.requires("teletext")
def test_lacks_a_feature(device):
    pass


@pytest.mark.hardware
def test_real_device_only(device):
    pass


@pytest.mark.requires("ir")
def test_paused_by_infrared(device, watch):
    device.reach("app")
    with watch() as playback:
        device.play("big_buck_bunny")
        playback.run_for(seconds=2)
        pressed = device.press("PAUSE", via="ir")
        playback.run_for(seconds=1.5)
    assert pressed.end_ns > pressed.start_ns
    assert playback.defects == []
    assert [press.key for press in playback.timeline.presses] == ["PAUSE"]
"""

YAML = """
plan: live zapping
requires: [ir, live]
cases:
  - name: zap up
    steps: [{reach: live}, {press: CHANNEL_UP, via: ir}, {watch_s: 3}]
    expect: {start_up_s: 2.5}
  - name: frozen on purpose
    steps: [{reach: app}, {play: big_buck_bunny}, {watch_s: 3}]
    faults: ["freeze_frame:start_s=1,duration_s=0.5"]
    expect: {defects: [freeze_frame]}
  - name: frozen
    steps: [{reach: app}, {play: big_buck_bunny}, {watch_s: 3}]
    faults: ["freeze_frame:start_s=1,duration_s=0.5"]
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("job")
    (folder / "test_plan.py").write_text(PLAN)
    (folder / "zapping.yaml").write_text(YAML)
    shutil.copytree(PROFILES, folder / "devices")
    profile = (PROFILES / "virtual-stb.yaml").read_text().replace("720p50", "720p25")
    (folder / "devices" / "virtual-stb.yaml").write_text(profile)
    html = folder / "html" / "report.html"
    return run_pytest(folder, f"--junitxml={folder / 'junit.xml'}", f"--html={html}")


OUTCOMES = {
    "test_clean": ("passed", None),
    "test_nobody_looked_at_the_defects": ("failed", "device"),
    "test_the_plan_looked": ("failed", "device"),
    "test_expected": ("passed", None),
    "test_expected_but_not_there": ("failed", "device"),
    "test_not_measured": ("inconclusive", None),
    "test_a_key_that_nobody_has": ("error", "plan"),
    "test_a_title_that_nobody_has": ("failed", "device"),
    "test_set_up_fails": ("error", "plan"),
    "test_lacks_a_feature": ("skipped", None),
    "test_real_device_only": ("skipped", None),
    "test_paused_by_infrared": ("passed", None),
    "zap up": ("passed", None),
    "frozen on purpose": ("passed", None),
    "frozen": ("failed", "device"),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_is_told_from_the_others(ran, name):
    case = ran.case(name)
    assert (case.outcome, case.blame) == OUTCOMES[name], ran.said


def test_pytest_counts_the_same(ran):
    assert ran.status == 1
    last = ran.said.strip().splitlines()[-1]
    for words in ("5 failed", "5 passed", "2 skipped", "1 inconclusive", "2 error"):
        assert words in last, ran.said


def test_one_failure_names_every_defect(ran):
    message = ran.case("test_nobody_looked_at_the_defects").message
    assert "2 defects" in message
    assert "freeze_frame" in message
    assert "silence" in message
    assert "report: reports/" in message


def test_the_terminal_tells_every_defect_and_ends_with_the_report(ran):
    end = ran.said.partition(" release =")[2]
    assert "DO NOT SHIP: 5 tests failed: freeze_frame, silence" in end
    rows = [line for line in end.splitlines() if line.startswith("virtual-stb")]
    assert sum("freeze_frame" in row for row in rows) == 5
    assert any("test_a_key_that_nobody_has" in row and "plan error" in row for row in rows)
    assert "not measured: " in end
    assert f"report: reports/{ran.run.name}/index.html" in end


def test_a_mistake_in_a_plan_is_told_in_a_line_that_helps(ran):
    assert "did you mean 'CHANNEL_UP'" in ran.case("test_a_key_that_nobody_has").message
    assert "no_such_title" in ran.case("test_a_title_that_nobody_has").message


def test_evidence_is_there_also_when_the_set_up_failed(ran):
    for name in ("test_nobody_looked_at_the_defects", "frozen"):
        (playback,) = ran.case(name).playbacks
        freeze = next(finding for finding in playback.findings if finding.defect == "freeze_frame")
        for path in (freeze.evidence.still_in, freeze.evidence.clip, playback.recording, playback.preview):
            assert (ran.run / path).stat().st_size > 0
    (playback,) = ran.case("test_set_up_fails").playbacks
    assert (ran.run / playback.recording).stat().st_size > 0


def test_recordings_of_what_passed_are_not_kept(ran):
    (playback,) = ran.case("test_clean").playbacks
    assert playback.recording is None
    kept = {case.playbacks[0].recording for case in ran.record.cases if case.playbacks}
    stems = {path.name.partition(".")[0] for path in (ran.run / "recordings").iterdir()}
    assert stems == {path.rpartition("/")[2].removesuffix(".mkv") for path in kept if path}


def test_start_up_and_keys_stand_on_the_timeline(ran):
    (playback,) = ran.case("zap up").playbacks
    assert 0.5 < playback.start_up_s < 2.5
    assert [(key.key, key.via) for key in playback.keys] == [("CHANNEL_UP", "ir")]
    kinds = [mark.kind for mark in playback.marks]
    assert kinds == ["watch_start", "play_asked", "first_frame", "watch_end"]


def test_device_and_rig_are_in_the_record(ran):
    (device,) = ran.record.devices
    assert (device.id, device.virtual, device.app) == ("virtual-stb", True, "org.captureharness.player")
    (rig,) = ran.record.rigs
    assert "ir" in rig.control
    assert rig.qualified is False
    assert ran.record.versions["capture-harness"]


def test_the_page_says_what_the_record_says(ran):
    page = (ran.run / "index.html").read_text()
    assert "DO NOT SHIP" in page
    assert "test_nobody_looked_at_the_defects" in page
    assert "freeze frame" in page


def test_junit_carries_device_and_defects(ran):
    cases = {case.get("name"): case for case in ElementTree.parse(ran.folder / "junit.xml").iter("testcase")}
    found = {item.get("name"): item.get("value") for item in cases["frozen"].iter("property")}
    assert found["device"] == "virtual-stb"
    assert found["verdict"] == "failed"
    assert found["defects"].startswith("freeze_frame ")
    assert cases["frozen"].find("failure") is not None


def test_the_report_of_pytest_html_links_the_evidence(ran):
    page = (ran.folder / "html" / "report.html").read_text()
    assert f"../reports/{ran.run.name}/index.html#case-" in page
    assert "01-freeze_frame-clip.mp4" in page
