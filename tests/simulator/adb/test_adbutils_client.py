"""adbutils, through the adb server that its wheel brings, drives the virtual device."""

import os
from pathlib import Path

import adbutils
import pytest

from tests.support.adb_client import Adb, adb_server


@pytest.fixture
def device(daemon, tmp_path):
    program = Path(adbutils.adb_path())
    with adb_server(program, tmp_path) as environment:
        client = Adb(program, environment)
        assert "connected" in client.connect(daemon.port)
        port = int(environment["ANDROID_ADB_SERVER_PORT"])
        yield adbutils.AdbClient("127.0.0.1", port, 60).device(client.serial)


def test_commands_and_their_status(device):
    assert device.shell("echo hi") == "hi"
    assert device.shell2("false").returncode == 1
    told = device.shell2("nope", v2=True)
    assert (told.returncode, "nope" in told.stderr) == (127, True)


def test_keys_and_text(device, double):
    device.keyevent("BACK")
    device.keyevent(19)
    device.shell(["input", "text", "it's ; %s $HOME"])
    assert double.keys == ["BACK", "UP"]
    assert double.typed == ["it's ;   $HOME"]


def test_what_is_in_front(device):
    front = device.app_current()
    assert (front.package, front.activity) == (
        "org.captureharness.home",
        "org.captureharness.home.Home",
    )
    assert device.list_packages() == ["org.captureharness.home", "org.captureharness.player"]
    assert device.app_info("org.captureharness.player").version_name
    assert device.prop.model == "Virtual STB"


def test_files(device, tmp_path):
    data = os.urandom(3_000_000)
    assert device.sync.push(data, "/sdcard/x.bin") == len(data)
    assert device.sync.stat("/sdcard/x.bin").size == len(data)
    assert device.sync.read_bytes("/sdcard/x.bin") == data
    assert "x.bin" in [entry.path for entry in device.sync.list("/sdcard")]


def test_the_log_streams(device, double):
    double.lines.append("11-24 05:00:00.000   100   101 I Player: first")
    stream = device.shell("logcat", stream=True)
    line = b""
    while not line.endswith(b"\n"):
        line += stream.conn.recv(1)
    stream.close()
    assert line.endswith(b"Player: first\n")
