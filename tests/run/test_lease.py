"""A lease is held by one process, waits for another, and ends with its process."""

import os
import subprocess
import sys
import threading

import pytest

from harness.errors import InputError, RigError
from harness.run.lease import held_by, lease, runtime_folder

HOLD = """
import sys
from pathlib import Path
from harness.run.lease import lease
with lease([sys.argv[1]], 0, folder=Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def elsewhere(tmp_path):
    """Hold a device in another process; call the result to kill that process."""
    holders = []

    def hold(name):
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, name, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        holders.append(holder)
        assert holder.stdout.readline() == "held\n"
        return holder

    yield hold
    for holder in holders:
        holder.kill()
        with holder:
            pass


def test_a_free_device_is_leased_at_once(tmp_path):
    with lease(["box"], 0, folder=tmp_path) as name:
        assert name == "box"
        assert f"box is held by process {os.getpid()} since 20" in held_by("box", tmp_path)
    assert held_by("box", tmp_path) == "box is held by another process"
    with lease(["box"], 0, folder=tmp_path):
        pass


def test_a_held_device_is_not_leased_and_its_holder_is_named(tmp_path, elsewhere):
    holder = elsewhere("box")
    words = f"box is held by process {holder.pid} since .*; gave up after 0 s"
    with pytest.raises(RigError, match=words), lease(["box"], 0, folder=tmp_path):
        pass


def test_the_second_waits_until_the_first_is_done(tmp_path, elsewhere):
    holder = elsewhere("box")
    told = []

    def waiting(words):
        told.append(words)
        holder.stdin.close()

    with lease(["box"], 60, waiting, tmp_path) as name:
        assert name == "box"
    assert told == [words for words in told if f"held by process {holder.pid}" in words]
    assert len(told) == 1


def test_a_killed_process_holds_nothing(tmp_path, elsewhere):
    holder = elsewhere("box")
    holder.kill()
    holder.wait()
    with lease(["box"], 60, folder=tmp_path):
        assert str(os.getpid()) in held_by("box", tmp_path)


def test_two_devices_are_leased_side_by_side(tmp_path, elsewhere):
    elsewhere("box")
    with lease(["box", "box-2"], 0, folder=tmp_path) as name:
        assert name == "box-2"


def test_two_threads_are_two_holders(tmp_path):
    refused = []

    def second():
        try:
            with lease(["box"], 0, folder=tmp_path):
                pass
        except RigError as error:
            refused.append(error)

    with lease(["box"], 0, folder=tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert len(refused) == 1


@pytest.mark.parametrize("name", ["../box", "a/b", "", "Box"])
def test_a_name_cannot_leave_the_folder(tmp_path, name):
    with pytest.raises(InputError, match="cannot be leased"), lease([name], 0, folder=tmp_path):
        pass


def test_a_broken_holder_file_is_no_error(tmp_path):
    (tmp_path / "box.holder").write_text('{"pid": "x\\u001b[31m"')
    assert held_by("box", tmp_path) == "box is held by another process"
    (tmp_path / "box.holder").write_text('{"pid": 1, "since": "\\u001b[31mred"}')
    assert "\x1b" not in held_by("box", tmp_path)


def test_the_folder_is_ones_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = runtime_folder()
    assert folder == tmp_path / "capture-harness"
    assert folder.stat().st_mode & 0o077 == 0
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(RigError, match="not a folder of yours"):
        runtime_folder()
