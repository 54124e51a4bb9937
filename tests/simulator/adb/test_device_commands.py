"""The commands of the device's shell, one by one, without a wire."""

import asyncio

import pytest

from harness.simulator.adb.files import DeviceFiles
from harness.simulator.adb.shell import Context, DeviceLog, run_script
from harness.simulator.adb.shell.keycodes import CODES, KEYS, key_of
from harness.simulator.adb.shell.log import LogTail

NAVIGATION = {"SELECT", "UP", "DOWN", "LEFT", "RIGHT", "BACK", "HOME", "MENU"}
MEDIA = {"PLAY", "PAUSE", "PLAY_PAUSE", "STOP", "FAST_FORWARD", "REWIND"}
OTHERS = {"CHANNEL_UP", "CHANNEL_DOWN", "VOLUME_UP", "VOLUME_DOWN", "MUTE", "POWER", "SLEEP", "WAKEUP"}
CEC_NAMES = NAVIGATION | MEDIA | OTHERS | {f"NUMBER_{digit}" for digit in range(10)}


class Page:
    """A terminal that keeps what is written on it."""

    def __init__(self, data=b""):
        self.written, self.complaints, self.data = b"", b"", data

    async def read(self):
        data, self.data = self.data, b""
        return data

    async def out(self, data):
        self.written += data

    async def err(self, data):
        self.complaints += data

    async def exit(self, status):
        pass


@pytest.fixture
def run(double, tmp_path):
    def run(script):
        page = Page()
        context = Context(double, DeviceFiles(tmp_path / "device"), DeviceLog(double), page)
        status = asyncio.run(run_script(script, context))
        return status, page.written.decode(), page.complaints.decode()

    return run


@pytest.mark.parametrize(
    ("script", "status", "out"),
    [
        ("true && echo yes || echo no", 0, "yes\n"),
        ("false && echo yes || echo no", 0, "no\n"),
        ("false; echo $?", 0, "1\n"),
        ("exec false; echo never", 1, ""),
        ("exit 300", 44, ""),
        ("exit; echo never", 0, ""),
        ("echo -n a; echo b", 0, "ab\n"),
        ("export ANDROID_LOG_TAGS='*:I'; exec echo $ANDROID_LOG_TAGS; echo never", 0, "*:I\n"),
        ("cd /sdcard && mkdir -p a/b && ls && pwd", 0, "Download\nMovies\nPictures\na\n/sdcard\n"),
        ("mkdir /sdcard/x; rm -r /sdcard/x && ls /sdcard", 0, "Download\nMovies\nPictures\n"),
        ("screencap -p /sdcard/s.png && ls /sdcard/s.png", 0, "s.png\n"),
        ("getprop ro.product.model; getprop none; getprop none 7", 0, "Virtual STB\n\n7\n"),
        ("settings get global device_name; settings get system none", 0, "Virtual STB\nnull\n"),
        ("pm path org.captureharness.home", 0, "package:/system/app/Home/Home.apk\n"),
        ("pm path org.none", 1, ""),
        ("uname", 0, "Linux\n"),
        ("/system/bin/echo a", 0, "a\n"),
    ],
)
def test_scripts(run, script, status, out):
    assert run(script) == (status, out, "")


@pytest.mark.parametrize(
    "script",
    [
        "rm -r /",
        "rm -r ../..",
        "rm /sdcard",
        "rm /none",
        "mkdir /sdcard",
        "mkdir",
        "ls /none",
        "ls -z",
        "cat /none",
        "cat /sdcard",
        "cd /none",
        "exit x",
        "export 1=2",
        "input",
        "input keyevent",
        "input keyevent KEYCODE_NONE",
        "input keyevent 23 99999",
        "input keyevent -1",
        "input text a b",
        "input swipe 1 2 3 4",
        "am start",
        "am start -n",
        "am start -z",
        "am start -d harness://title/none",
        "am restart",
        "dumpsys none",
        "logcat -d -v json",
        "logcat -d X:Q",
        "logcat -t many",
        "screencap",
        "screencap -p /none/x.png",
        "wm density",
        "settings put a b c",
        "pm install x",
        "fault",
        "fault plant",
        "fault plant freeze_frame:start_s=x",
        "reboot bootloader",
        "echo 'open",
        "a | b",
    ],
)
def test_what_cannot_be_done_is_told_on_one_or_two_lines(run, double, script):
    status, _, complaints = run(script)
    assert status != 0
    assert 1 <= complaints.count("\n") <= 2
    assert "Traceback" not in complaints
    assert double.pressed == []
    assert double.reboots == 0


def test_keys_are_pressed_in_order(run, double):
    assert run("input keyevent --longpress KEYCODE_ENTER 19 back; input dpad keyevent DPAD_LEFT")[0] == 0
    assert double.keys == ["SELECT", "UP", "BACK", "LEFT"]
    times = [t_ns for _, t_ns in double.pressed]
    assert times == sorted(times)


def test_every_key_of_the_harness_has_a_code():
    assert {cec for _, cec in KEYS.values()} == CEC_NAMES
    assert len(CODES) == len(KEYS)
    assert (key_of("23"), key_of("KEYCODE_0"), key_of("16")) == ("SELECT", "NUMBER_0", "NUMBER_9")


def test_the_focus_is_told_as_android_tells_it(run):
    home = "org.captureharness.home"
    assert f"u0 {home}/{home}.Home}}" in run("dumpsys window windows")[1]
    assert "mResumedActivity: ActivityRecord{" in run("dumpsys activity activities")[1]
    assert f"u0 {home}/.Home t1}}" in run("dumpsys activity activities")[1]


def test_stopping_an_app_and_asking_for_its_version(run, double):
    run("am start -W -n org.captureharness.player/.Player")
    assert double.front.startswith("org.captureharness.player/")
    assert run("am force-stop org.captureharness.player")[0] == 0
    assert double.front == "org.captureharness.home/.Home"
    assert "versionName=0." in run("dumpsys package org.captureharness.player")[1]


def test_a_tail_reads_on_when_old_lines_are_dropped():
    tail = LogTail()
    assert tail.read_on(["a", "b", "c"]) == ["a", "b", "c"]
    assert tail.read_on(["a", "b", "c", "c"]) == ["c"]
    assert tail.read_on(["c", "c", "d"]) == ["d"]
    assert tail.read_on(["x", "y"]) == ["x", "y"]
    assert tail.read_on([]) == []
