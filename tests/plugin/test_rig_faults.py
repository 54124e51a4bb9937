"""A rig that fails is told as such: never a pass, never a failed release, and what was seen is kept."""

import os
import subprocess
import sys

import pytest

GONE = """
import os, subprocess


def play(device, watch, then):
    device.reach("app")
    with watch() as playback:
        device.play("big_buck_bunny")
        playback.run_for(seconds=2.5)
        then()
        playback.run_for(seconds=5)


def pull_the_plug():
    subprocess.run(["pkill", "-9", "-P", str(os.getpid()), "-f", "simulate"], check=True)


def test_capture_goes_in_mid_play(device, watch):
    play(device, watch, pull_the_plug)


def test_the_next_test_has_a_device_again(device, watch):
    device.reach("app")
    with watch() as playback:
        device.play("big_buck_bunny")
        playback.run_for(seconds=2)
    assert playback.defects == []
"""


@pytest.mark.fuller
def test_a_capture_that_goes_in_mid_play(plans):
    ran = plans({"test_plan.py": GONE})
    lost = ran.case("test_capture_goes_in_mid_play")
    assert (lost.outcome, lost.blame) == ("error", "rig"), ran.said
    (playback,) = lost.playbacks
    assert playback.verdict == "inconclusive"
    assert playback.duration_s > 2
    assert {gap.medium for gap in playback.gaps} == {"video", "audio"}
    assert (ran.run / playback.recording).stat().st_size > 10_000
    assert ran.case("test_the_next_test_has_a_device_again").outcome == "passed", ran.said
    assert ran.record.ship.decision == "unknown"
    assert ran.status == 1


NO_PORT = """
name: No blaster
features: [vod]
controls:
  adb: {uri: "adb:{adb}", keys: keymaps/android.yaml}
  ir: {uri: "ir:/dev/ttyNOWHERE", keys: keymaps/virtual-remote.yaml}
capture: "virtual:{hdmi}"
virtual: {mode: 720p50}
"""


@pytest.mark.fuller
def test_an_infrared_port_that_is_missing(plans, pytestconfig):
    keymaps = pytestconfig.rootpath / "devices" / "keymaps"
    files = {f"devices/keymaps/{path.name}": path.read_text() for path in keymaps.glob("*.yaml")}
    files["devices/no-blaster.yaml"] = NO_PORT
    files["test_plan.py"] = "def test_a(device):\n    pass\n\ndef test_b(watch):\n    pass\n"
    ran = plans(files, "--device=no-blaster")
    for name in ("test_a", "test_b"):
        case = ran.case(name)
        assert (case.outcome, case.blame, case.phase) == ("error", "rig", "setup"), ran.said
        assert "/dev/ttyNOWHERE" in case.message
    assert ran.record.ship.decision == "unknown"
    assert ran.status == 1


FULL = """
import os


def test_the_disk_fills_up(device, watch):
    device.reach("app")
    filler = os.path.join(os.environ["FULL"], "filler")
    with watch() as playback:
        device.play("big_buck_bunny")
        playback.run_for(seconds=2.5)
        try:
            with open(filler, "wb", buffering=0) as file:
                while True:
                    file.write(bytes(1 << 20))
        except OSError:
            pass
        try:
            playback.run_for(seconds=10)
        finally:
            if "KEEP" not in os.environ:
                os.unlink(filler)
"""


@pytest.fixture
def small_disk(tmp_path):
    """Yield a file system of its own, 240 MB large."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=240m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("then", ["freed", pytest.param("still full", marks=pytest.mark.fuller)])
def test_a_disk_that_fills_up_in_mid_play(plans, small_disk, then):
    environment = {"FULL": str(small_disk)} | ({"KEEP": "1"} if then == "still full" else {})
    reports = small_disk / "reports"
    ran = plans({"test_plan.py": FULL}, f"--output={reports}", environment=environment)
    assert ran.status == 1
    assert "No space left on device" in ran.said
    assert "INTERNALERROR" not in ran.said
    (run,) = reports.iterdir()
    (recording,) = (run / "recordings").glob("*.mkv")
    assert recording.stat().st_size > 100_000
    if then == "still full":
        assert "the report could not be written: " in ran.said
        return
    assert "CANNOT SAY" in ran.said
    assert "index.html" in {path.name for path in run.iterdir()}


TAKEN = "def test_a(device):\n    pass\n"


@pytest.mark.fuller
def test_a_device_that_another_run_holds_is_waited_for_and_named(plans, tmp_path):
    conftest = "import harness.run.station as station\nstation.LEASE_S = 0.5\n"
    holder = (
        "import sys\nfrom pathlib import Path\nfrom harness.run.lease import lease\n"
        "with lease(['virtual-stb'], 1):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime)}
    held = subprocess.Popen(
        [sys.executable, "-c", holder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert held.stdout.readline() == "held\n"
        ran = plans({"test_plan.py": TAKEN, "conftest.py": conftest})
    finally:
        held.communicate()
    assert (ran.case("test_a").outcome, ran.case("test_a").blame) == ("error", "rig"), ran.said
    assert f"virtual-stb is held by process {held.pid}" in ran.said
    assert "waiting up to 0.5 s" in ran.said
