"""The virtual device as a process: what is done to it by ADB and infrared is seen on its HDMI output."""

import os
import select
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml

from harness.analysis import markers
from harness.capture import open_source
from harness.cli import main
from harness.clock import MonotonicClock
from harness.control.keymap import IrKeyMap
from harness.control.serial_ir import SerialIr
from harness.errors import CaptureLost, RigError
from harness.media import AudioBlock, Frame, Gap, SignalEvent
from harness.recording.recording import Recording
from harness.simulator.launch import launch
from harness.simulator.modes import MODES
from tests.simulator.titles.films import make_film

ROOT = Path(__file__).parents[2]
MOST_FRAMES = 3000
"""After so many frames a test gives up: a minute of the device's own time."""


class Viewer:
    """Reads a capture card; a gap fails the test."""

    def __init__(self, uri):
        self.source = open_source(uri)
        self.source.open()

    def items(self):
        for _ in range(2 * MOST_FRAMES):
            item = self.source.read(60)
            assert item is not None and not isinstance(item, Gap), item
            yield item

    def frames(self):
        return (item for item in self.items() if isinstance(item, Frame))

    def until(self, seen, before=None):
        """Return the first frame of which `seen` holds, and the one before: `before`, if it is the next."""
        for frame in self.frames():
            if seen(frame):
                return frame, before
            before = frame
        raise AssertionError("it was never seen")

    def until_signal(self, kind):
        events = (item for item in self.items() if isinstance(item, SignalEvent))
        return next(event for event in events if event.kind == kind)


def read_until_it_has_gone(card):
    with pytest.raises(CaptureLost, match="has gone"):
        for _ in range(2 * MOST_FRAMES):
            card.read(60)
    card.close()


def other_than(frame):
    return lambda seen: not np.array_equal(seen.y, frame.y)


def same_as(frame):
    return lambda seen: np.array_equal(seen.y, frame.y)


@pytest.fixture(scope="module")
def stb(tmp_path_factory):
    folder = tmp_path_factory.mktemp("titles")
    make_film(folder / "levels.mkv", fps=Fraction(50), frames=40, size=(640, 360), sound_s=0.8)
    with launch("720p50", titles=folder, start_up_s=0.1) as device:
        yield device


@pytest.fixture
def viewer(stb):
    viewer = Viewer(stb.capture_uri)
    yield viewer
    viewer.source.close()


@pytest.fixture
def adb(bare_adb, stb):
    bare_adb.connect(stb.adb.rpartition(":")[2])
    bare_adb("shell", "input", "keyevent", "KEYCODE_HOME", "KEYCODE_HOME")
    return bare_adb


@pytest.fixture
def home(adb, viewer):
    """Return a frame of the home screen, with the device there."""
    return next(viewer.frames())


def test_debians_adb_connects_and_a_key_changes_the_picture(adb, viewer, home):
    assert adb("get-state").stdout == b"device\n"
    asked_ns = MonotonicClock().now_ns()
    assert adb("shell", "input", "keyevent", "KEYCODE_DPAD_CENTER").returncode == 0
    changed, before = viewer.until(other_than(home), home)
    assert changed.t_ns >= asked_ns
    assert before.index == changed.index - 1 and same_as(home)(before)
    focus = adb("shell", "dumpsys", "window").stdout
    assert b"org.captureharness.player" in focus
    adb("shell", "input", "keyevent", "KEYCODE_HOME")
    viewer.until(same_as(home))


def test_an_infrared_key_changes_the_picture_once_its_light_has_gone_out(stb, adb, viewer, home):
    keys = IrKeyMap.model_validate(
        yaml.safe_load((ROOT / "devices" / "keymaps" / "virtual-remote.yaml").read_text())
    )
    blaster = SerialIr(stb.ir, keys)
    pressed = blaster.press("SELECT")
    blaster.close()
    changed, before = viewer.until(other_than(home), home)
    # The whole NEC frame of 67.5 ms must be out before a receiver knows the key.
    assert changed.t_ns >= pressed.start_ns + 67_000_000
    assert same_as(home)(before)


@pytest.mark.fuller
def test_a_film_of_the_folder_plays_whole(adb, viewer):
    adb("shell", "am", "start", "-d", "harness://title/levels")
    first, _ = viewer.until(lambda frame: abs(int(frame.y[360, 640]) - 40) <= 1)
    levels = [int(first.y[360, 640])]
    levels += [int(frame.y[360, 640]) for frame, _ in zip(viewer.frames(), range(79), strict=False)]
    assert [round((level - 40) / 4) for level in levels] == [*range(40), *range(40)]


@pytest.mark.fuller
@pytest.mark.parametrize("title", ["sync_pattern", "news"])
def test_three_seconds_arrive_bit_for_bit(adb, library, viewer, title):
    adb("shell", "am", "start", "-d", f"harness://title/{title}")
    reel = library.title(title).open(MODES["720p50"])
    start, _ = viewer.until(lambda frame: np.array_equal(frame.y, reel.picture(Fraction(0))[0]))
    frames, blocks = [start], []
    for item in viewer.items():
        (frames if isinstance(item, Frame) else blocks).append(item)
        if len(blocks) == 150:
            break
    assert [frame.index for frame in frames] == list(range(start.index, start.index + 150))
    for count, (frame, block) in enumerate(zip(frames, blocks, strict=True)):
        assert isinstance(block, AudioBlock) and block.t_ns == frame.t_ns
        drawn = reel.picture(Fraction(count, 50))
        assert all(np.array_equal(a, b) for a, b in zip(drawn, (frame.y, frame.u, frame.v), strict=True)), (
            count
        )
        assert np.array_equal(reel.sound(count * 960, 960), np.rint(block.samples * 32768)), count
    times = np.array([frame.t_ns for frame in frames])
    assert np.abs(times - times[0] - np.arange(150) * 20_000_000).max() <= 1


def test_it_is_recorded_without_loss(adb, viewer, stb, tmp_path, capsys):
    adb("shell", "am", "start", "-d", "harness://title/sync_pattern")
    viewer.until(lambda frame: markers.read(frame.y))
    out = tmp_path / "out.mkv"
    assert main(["capture", stb.capture_uri, str(out), "--seconds", "1", "--lossless"]) == 0
    assert "50 frames, 48000 samples, no gap" in capsys.readouterr().out
    frames = [item for item in Recording(out).items() if isinstance(item, Frame)]
    numbers = [markers.read(frame.y).number for frame in frames]
    assert numbers == list(range(numbers[0], numbers[0] + 50))


def test_asleep_the_signal_is_lost_and_a_key_brings_it_back(adb, viewer, home):
    adb("shell", "input", "keyevent", "KEYCODE_SLEEP")
    lost = viewer.until_signal("signal_lost")
    adb("shell", "input", "keyevent", "KEYCODE_WAKEUP")
    back = viewer.until_signal("signal_back")
    assert back.t_ns > lost.t_ns and back.format.video == MODES["720p50"]
    viewer.until(same_as(home))


def test_another_mode_is_told_by_the_signal(adb, viewer):
    for mode in ("720p60", "720p50"):
        adb("shell", "am", "start", "-n", "org.captureharness.home/.Home", "--es", "mode", mode)
        lost = viewer.until_signal("signal_lost")
        back = viewer.until_signal("signal_back")
        assert back.format.video == MODES[mode]
        assert back.t_ns - lost.t_ns >= 500_000_000
        assert next(viewer.frames()).t_ns == back.t_ns


def test_a_fault_that_is_planted_by_adb_is_on_the_captured_frames(adb, viewer, stb):
    adb("shell", "fault", "plant", "black_frames:start_s=0.2,duration_s=0.2")
    adb("shell", "am", "start", "-d", "harness://title/levels")
    viewer.until(lambda frame: abs(int(frame.y[360, 640]) - 40) <= 1)
    first, _ = viewer.until(lambda frame: frame.y.max() == 16)
    after, last = viewer.until(lambda frame: frame.y.max() > 16)
    (planted,) = yaml.safe_load(adb("shell", "fault", "list").stdout)
    assert (planted["start_ns"], planted["end_ns"]) == (first.t_ns, after.t_ns)
    assert last.index - first.index == 9
    adb("shell", "fault", "clear")


@pytest.mark.fuller
def test_a_reboot_takes_signal_and_adb_away_and_ends_at_home(adb, viewer, home):
    adb("reboot")
    viewer.until_signal("signal_lost")
    viewer.until_signal("signal_back")
    assert same_as(home)(next(viewer.frames()))
    adb("disconnect")
    while adb("connect", adb.serial).stdout.startswith(b"failed"):
        continue
    assert adb("shell", "echo back").stdout == b"back\n"


def test_it_ends_with_the_block_and_leaves_nothing():
    with launch() as device:
        folder = Path(device.hdmi).parent
        assert folder.is_dir()
    assert device.process.returncode == 0
    assert not folder.exists()


@pytest.mark.fuller
def test_it_ends_when_its_parent_is_killed():
    code = """
        import sys, time
        from harness.simulator.launch import launch
        with launch() as device:
            print(device.capture_uri, device.process.pid, flush=True)
            sys.stdin.read()
    """
    lines = "\n".join(line[8:] for line in code.splitlines())
    parent = subprocess.Popen(
        [sys.executable, "-c", lines], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    uri, pid = parent.stdout.readline().split()
    watched = os.pidfd_open(int(pid))
    card = open_source(uri)
    card.open()
    parent.kill()
    parent.communicate()
    read_until_it_has_gone(card)
    assert select.select([watched], [], [], 60)[0] == [watched]
    os.close(watched)
    assert not Path(uri.partition(":")[2]).exists()


@pytest.mark.logs_errors
def test_that_a_device_died_is_told(caplog):
    with launch() as device:
        card = open_source(device.capture_uri)
        card.open()
        os.kill(device.process.pid, signal.SIGKILL)
        read_until_it_has_gone(card)
    assert "the virtual device ended with status -9" in caplog.text


@pytest.mark.fuller
def test_what_it_said_is_passed_on(tmp_path, caplog):
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    with launch(titles=tmp_path):
        pass
    assert "broken will not play" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"mode": "720p51"}, "did you mean '720p50'"),
        pytest.param({"faults": ["frieze_frame"]}, "freeze_frame", marks=pytest.mark.fuller),
    ],
)
def test_one_that_does_not_start_says_why(arguments, says):
    with pytest.raises(RigError, match=says), launch(**arguments):
        pass
