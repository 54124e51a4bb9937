"""No path, pushed, pulled, listed or removed, leaves the device's own directory."""

import asyncio
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.simulator.adb.files import DeviceFiles
from harness.simulator.adb.stream import Stream
from harness.simulator.adb.sync import SyncService

PATHS = ["../../secret", "/../secret", "/sdcard/../../secret", "sdcard/./../../secret", "//../secret"]


@pytest.fixture
def files(tmp_path):
    (tmp_path / "secret").write_text("outside")
    return DeviceFiles(tmp_path / "device")


@pytest.mark.parametrize("path", PATHS)
def test_dots_stop_at_the_root(files, path):
    assert files.locate(path) == files.root / "secret"


def test_a_link_that_leads_out_is_refused(files, tmp_path):
    (files.root / "sdcard" / "out").symlink_to(tmp_path)
    with pytest.raises(PermissionError, match="leads out"):
        files.locate("/sdcard/out/secret")


def test_aliases_are_the_same_place(files):
    assert files.locate("/storage/emulated/0/a") == files.locate("/sdcard/a") == files.locate("a", "/sdcard")


@given(st.lists(st.sampled_from(["..", ".", "", "a", "sdcard", "~", "mnt", "x\n"]), max_size=8))
def test_every_path_stays_inside(tmp_path_factory, parts):
    files = DeviceFiles(tmp_path_factory.getbasetemp() / "jail")
    assert files.locate("/".join(parts)).resolve().is_relative_to(files.root.resolve())


def exchange(files, *requests):
    """Return what the sync service answers to the bytes given."""
    answers = []

    async def run():
        def send(command, first, second, payload):
            answers.append(payload)
            if payload:
                stream.on_okay()

        stream = Stream(1, 2, send, 1 << 20)
        stream.on_data(b"".join(requests) + request(b"QUIT", b""))
        stream.on_close()
        await SyncService(stream, files).run()

    with pytest.MonkeyPatch.context() as patch:
        # The client has sent all and reads on: writes are still taken.
        patch.setattr(Stream, "_raise_if_closed", lambda self: None)
        asyncio.run(run())
    return b"".join(answers)


def request(name, argument):
    return struct.pack("<4sI", name, len(argument)) + argument


def upload(path, data, mode=0o100644):
    done = struct.pack("<4sI", b"DONE", 1_700_000_000)
    return request(b"SEND", f"{path},{mode}".encode()) + request(b"DATA", data) + done


def test_a_push_upwards_lands_inside(files, tmp_path):
    assert exchange(files, upload("../../secret", b"inside")).startswith(b"OKAY")
    assert (tmp_path / "secret").read_text() == "outside"
    assert (files.root / "secret").read_text() == "inside"


def test_a_link_cannot_be_pushed(files):
    assert b"only regular files" in exchange(files, upload("/sdcard/link", b"/etc/passwd", 0o120777))
    assert not (files.root / "sdcard" / "link").is_symlink()


def test_after_a_refused_push_the_next_one_works(files):
    answer = exchange(files, upload("/sdcard", b"folder"), upload("/sdcard/a", b"a"))
    assert answer.startswith(b"FAIL")
    assert answer.endswith(struct.pack("<4sI", b"OKAY", 0))
    assert (files.root / "sdcard" / "a").read_bytes() == b"a"


def test_half_a_push_leaves_nothing(files):
    exchange_ended = request(b"SEND", b"/sdcard/a,33188") + request(b"DATA", b"half")
    assert b"FAIL" in exchange(files, exchange_ended)
    assert [file for file in (files.root / "sdcard").iterdir() if file.is_file()] == []


@pytest.mark.parametrize("data", [request(b"EVIL", b""), struct.pack("<4sI", b"STAT", 1 << 30)])
def test_an_unreadable_request_is_refused(files, data):
    assert exchange(files, data).startswith(b"FAIL")
