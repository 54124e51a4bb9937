"""What was recorded survives a kill, a full disk and a bad format; the trouble is told in one line."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import pytest

from harness.errors import InputError, RigError
from harness.media import AudioBlock, Frame
from harness.recording import disk
from harness.recording.recorder import Recorder
from harness.recording.recording import Recording
from harness.recording.timing import sidecar
from harness.timeline import Mark
from tests.support.captures import captured, seen_index, stream_format

ROOT = Path(__file__).parents[2]

ENDLESS = """
import sys
from pathlib import Path
from harness.recording.recorder import Recorder
from tests.support.captures import captured, stream_format
recorder = Recorder(Path(sys.argv[1]), stream_format(), threads=1)
first = 0
while True:
    for item in captured(60, first=first):
        recorder.write(item)
    first += 60
    print(first, flush=True)
"""

LIMITED = """
import resource, sys
from pathlib import Path
from harness.errors import RigError
from harness.recording.recorder import Recorder
from tests.support.captures import captured, stream_format
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
recorder = Recorder(Path(sys.argv[1]), stream_format(), threads=1)
try:
    for first in range(0, 6000, 60):
        for item in captured(60, first=first):
            recorder.write(item)
except RigError as error:
    print(error)
recorder.close()
"""


def run(code, *arguments, **more):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        **more,
    )


def frames_of(path):
    items = list(Recording(path).items())
    assert all(seen_index(item) == item.index % 200 for item in items if isinstance(item, Frame))
    return [item for item in items if isinstance(item, Frame)]


def test_a_killed_recording_is_read_up_to_its_last_second(tmp_path):
    path = tmp_path / "a.mkv"
    process = run(ENDLESS, path)
    written = 0
    while written < 300:
        written = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    frames = frames_of(path)
    assert len(frames) >= written - 60
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert [frame.t_ns for frame in frames[:3]] == [0, 16_666_667, 33_333_333]
    blocks = [item for item in Recording(path).items() if isinstance(item, AudioBlock)]
    assert len(blocks) >= written - 60
    recording = Recording(path)
    assert not recording.complete
    assert (written - 60) / 60 * 1e9 <= recording.duration_ns
    sidecar(path).unlink()
    assert len([item for item in Recording(path).items() if isinstance(item, Frame)]) >= written - 60


@pytest.mark.parametrize("limit", [20_000, 300_000, 1_000_000])
def test_a_full_disk_is_told_and_what_was_written_is_kept(tmp_path, limit):
    path = tmp_path / "a.mkv"
    out, _ = run(LIMITED, path, limit).communicate(timeout=120)
    assert "are kept" in out and str(path) in out and out.count("\n") == 1
    if limit > 20_000:
        frames = frames_of(path)
        assert len(frames) > 30
        assert [frame.index for frame in frames] == list(range(len(frames)))


def test_no_space_left_is_told(tmp_path, monkeypatch):
    recorder = Recorder(tmp_path / "a.mkv", stream_format(), threads=1)
    monkeypatch.setattr(disk.os, "write", _no_space)
    with pytest.raises(RigError, match=r"No space left.*free the disk"):
        for item in captured(60):
            recorder.write(item)
    with pytest.raises(RigError, match="failed before"):
        recorder.note(Mark("watch_end", 0))
    recorder.close()


def _no_space(_fd, _data):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_what_is_from_before_the_first_item_is_left_out(tmp_path):
    items = captured(10)
    late = [item for item in items if isinstance(item, AudioBlock)][1]
    with Recorder(tmp_path / "a.mkv", stream_format(), threads=1) as recorder:
        for item in [*items[4:8], items[0], late, *items[8:]]:
            recorder.write(item)
    times = [item.t_ns for item in Recording(tmp_path / "a.mkv").items()]
    assert times == [item.t_ns - items[4].t_ns for item in items[4:]]


def test_it_does_not_begin_on_a_disk_that_is_nearly_full(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "LEAST_FREE_BYTES", 10**18)
    with pytest.raises(RigError, match="free on the disk"):
        Recorder(tmp_path / "a.mkv", stream_format())
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "a.mkv").write_text("dear to me")
    with pytest.raises(InputError, match="exists already"):
        Recorder(tmp_path / "a.mkv", stream_format())
    assert (tmp_path / "a.mkv").read_text() == "dear to me"


def test_a_folder_that_is_missing_is_told(tmp_path):
    with pytest.raises(InputError, match="make the folder"):
        Recorder(tmp_path / "no" / "a.mkv", stream_format())


def test_closing_twice_is_allowed(tmp_path):
    recorder = Recorder(tmp_path / "a.mkv", stream_format(), threads=1)
    recorder.write(captured(1)[0])
    recorder.close()
    recorder.close()
    assert Recording(tmp_path / "a.mkv").complete


def test_a_recording_without_a_frame_can_be_closed(tmp_path):
    Recorder(tmp_path / "a.mkv", stream_format(), threads=1).close()
    assert list(Recording(tmp_path / "a.mkv").items()) == []


def test_frames_within_a_millisecond_are_kept_apart(tmp_path):
    first, second = (item for item in captured(2) if isinstance(item, Frame))
    twin = Frame(first.t_ns + 10_000, second.index, second.y, second.u, second.v)
    with Recorder(tmp_path / "a.mkv", stream_format(), threads=1) as recorder:
        recorder.write(first)
        recorder.write(twin)
    assert [frame.t_ns for frame in frames_of(tmp_path / "a.mkv")] == [0, 10_000]
    with av.open(str(tmp_path / "a.mkv")) as container:
        assert [packet.pts for packet in container.demux(video=0) if packet.size] == [0, 1]
