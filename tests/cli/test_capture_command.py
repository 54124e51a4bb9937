"""`harness capture` records a source, and keeps what it has when it is ended."""

import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction

import numpy as np
import pytest

from harness.capture.hdmi_link import HdmiOutput
from harness.cli import main
from harness.media import AudioFormat, Frame, VideoFormat
from harness.recording.recording import Recording
from tests.support.clips import tone, write_clip

VIDEO = VideoFormat(64, 48, Fraction(50))
PERIOD_NS = 20_000_000


def frames_of(path):
    return [item for item in Recording(path).items() if isinstance(item, Frame)]


class Device:
    """Sends frames on the virtual link, as fast as the clock says, until it is told to stop."""

    def __init__(self, path):
        self.output = HdmiOutput(path)
        self.output.set_mode(VIDEO, AudioFormat(48000, 2), time.monotonic_ns())
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._send)
        self.thread.start()

    def _send(self):
        start_ns = time.monotonic_ns()
        chroma = np.full((24, 32), 128, np.uint8)
        index = 0
        while not self.stopping.wait(PERIOD_NS / 1e9):
            due = (time.monotonic_ns() - start_ns) // PERIOD_NS
            while index < due:
                y = np.full((48, 64), 16 + index % 200, np.uint8)
                self.output.send(
                    start_ns + index * PERIOD_NS, index, (y, chroma, chroma), tone(960), index * 960
                )
                index += 1

    def close(self):
        self.stopping.set()
        self.thread.join()
        self.output.close()


@pytest.fixture
def device(tmp_path):
    device = Device(tmp_path / "hdmi.sock")
    yield device
    device.close()


def test_a_file_is_recorded_to_its_end(tmp_path, capsys):
    clip = write_clip(tmp_path / "clip.mkv", 10, audio=tone(19200))
    assert main(["capture", f"file:{clip}", str(tmp_path / "out.mkv")]) == 0
    assert "10 frames, 19200 samples, no gap" in capsys.readouterr().out
    assert len(frames_of(tmp_path / "out.mkv")) == 10


def test_seconds_end_the_recording(tmp_path, capsys):
    clip = write_clip(tmp_path / "clip.mkv", 100)
    assert main(["capture", f"file:{clip}", str(tmp_path / "out.mkv"), "--seconds", "0.4"]) == 0
    assert len(frames_of(tmp_path / "out.mkv")) == 10


def test_the_virtual_device_is_recorded(tmp_path, device):
    out = tmp_path / "out.mkv"
    assert main(["capture", f"virtual:{device.output.path}", str(out), "--seconds", "0.5", "--lossless"]) == 0
    frames = frames_of(out)
    assert [frame.index - frames[0].index for frame in frames] == list(range(25))
    assert [frame.t_ns for frame in frames] == [index * PERIOD_NS for index in range(25)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ending_it_keeps_the_recording(tmp_path, device, number):
    out = tmp_path / "out.mkv"
    command = [sys.executable, "-m", "harness", "capture", f"virtual:{device.output.path}", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (out.exists() and out.stat().st_size > 5000):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    process.send_signal(number)
    told, errors = process.communicate(timeout=60)
    assert process.returncode == 0 and str(out) in told and errors == ""
    assert Recording(out).complete and frames_of(out)


def test_a_device_that_goes_away_is_an_error_and_the_recording_is_kept(tmp_path, device, capsys):
    out = tmp_path / "out.mkv"

    def go():
        while not (out.exists() and out.stat().st_size > 5000):
            time.sleep(0.02)
        device.close()

    going = threading.Thread(target=go)
    going.start()
    status = main(["capture", f"virtual:{device.output.path}", str(out)])
    going.join()
    message = capsys.readouterr().err
    assert status == 2 and "has gone" in message and "kept in" in message and message.count("\n") == 1
    assert frames_of(out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["vitrual:/x", "out.mkv"], "virtual"),
        (["virtual:/no/such.sock", "out.mkv"], "harness simulate"),
        (["file:/no/such.mp4", "out.mkv"], "no such file"),
        (["file:x", "out.mp4"], "name it out.mkv"),
        (["file:x", "no/out.mkv"], "make the folder"),
    ],
)
def test_what_cannot_work_is_told_in_one_line(tmp_path, monkeypatch, capsys, arguments, says):
    monkeypatch.chdir(tmp_path)
    assert main(["capture", *arguments]) == 2
    message = capsys.readouterr().err
    assert says in message and message.count("\n") == 1
    assert not list(tmp_path.glob("*.mkv"))


def test_no_signal_is_told(tmp_path, capsys):
    output = HdmiOutput(tmp_path / "hdmi.sock")
    arguments = ["capture", f"virtual:{output.path}", str(tmp_path / "out.mkv"), "--wait", "0.1"]
    assert main(arguments) == 2
    output.close()
    assert "no signal within" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "ten"])
def test_seconds_must_be_a_number_above_zero(seconds):
    with pytest.raises(SystemExit) as ended:
        main(["capture", "file:x", "out.mkv", "--seconds", seconds])
    assert ended.value.code == 2
