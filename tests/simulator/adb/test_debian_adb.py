"""Debian's own `adb` drives the virtual device."""

import json
import os
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.impair.base import FaultSpec
from harness.simulator.api import MediaSession
from tests.support.adb_client import Adb, adb_server

BIG_BYTES = 5_000_000


def text(done):
    return done.stdout.decode()


def test_it_connects_and_lists_the_device(adb):
    assert f"{adb.serial}        device product:virtual_stb model:Virtual_STB" in text(adb("devices", "-l"))


def test_a_key_arrives(adb, double):
    assert adb("shell", "input", "keyevent", "KEYCODE_DPAD_CENTER").returncode == 0
    assert double.keys == ["SELECT"]


def test_exit_status_and_streams_stay_apart(adb):
    done = adb("shell", "echo out; nope; exit 3")
    assert (done.returncode, done.stdout) == (3, b"out\n")
    assert done.stderr == b"/system/bin/sh: nope: inaccessible or not found\n"


def test_an_unknown_command_is_127(adb):
    assert adb("shell", "nope").returncode == 127


def test_standard_input_reaches_a_command_and_ends(adb):
    data = os.urandom(300_000)
    assert adb("shell", "cat", input=data).stdout == data


def test_standard_input_is_a_script_for_a_bare_shell(adb):
    done = adb("shell", input=b"echo one\necho two\nexit 4\necho three\n")
    assert (done.returncode, done.stdout) == (4, b"one\ntwo\n")


def test_a_person_may_type(adb):
    done = adb("shell", "-tt", input=b"echx\x7fo hi\r\x04")
    assert done.stdout == b"stb:/ $ echx\b \bo hi\r\nhi\r\nstb:/ $ "


@pytest.mark.parametrize("name", ["/sdcard/big.bin", "/sdcard/new/folder/big.bin"])
def test_push_and_pull_are_bit_identical(adb, tmp_path, name):
    data = os.urandom(BIG_BYTES)
    (tmp_path / "here").write_bytes(data)
    assert adb("push", tmp_path / "here", name).returncode == 0
    assert adb("pull", name, tmp_path / "back").returncode == 0
    assert (tmp_path / "back").read_bytes() == data


def test_folders_travel_whole(adb, tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "ü.txt").write_text("deep")
    (tmp_path / "a" / "empty").write_bytes(b"")
    assert adb("push", tmp_path / "a", "/sdcard/").returncode == 0
    assert adb("pull", "/sdcard/a", tmp_path / "back").returncode == 0
    assert (tmp_path / "back" / "b" / "ü.txt").read_text() == "deep"
    assert (tmp_path / "back" / "empty").read_bytes() == b""
    assert text(adb("shell", "ls", "/sdcard/a")) == "b\nempty\n"


def test_pushing_over_a_folder_and_pulling_nothing_fail_in_words(adb, tmp_path):
    (tmp_path / "f").write_text("x")
    assert adb("pull", "/sdcard/none", tmp_path).returncode != 0
    adb("push", tmp_path / "f", "/sdcard/file")
    refused = adb("push", tmp_path / "f", "/sdcard/file/below")
    assert refused.returncode != 0
    assert "directory" in refused.stderr.decode() + text(refused)
    assert adb("shell", "echo still here").stdout == b"still here\n"


def test_the_screen_is_a_png_of_its_size(adb):
    png = adb("exec-out", "screencap", "-p").stdout
    assert png.startswith(b"\x89PNG")
    assert png.endswith(b"IEND\xaeB`\x82")
    assert text(adb("shell", "wm", "size")) == "Physical size: 1280x720\n"


def test_the_media_session_is_told_as_android_tells_it(adb, double):
    double.session = MediaSession("org.captureharness.player", "BUFFERING", "A\nB", 77)
    told = text(adb("shell", "dumpsys", "media_session"))
    assert "state=PlaybackState {state=6, position=77," in told
    assert "description=A B," in told


def test_the_log_streams_until_the_client_goes(adb, double):
    double.lines.append("11-24 05:00:00.000   100   101 I Player: first")
    with adb.spawn("logcat") as client:
        assert client.stdout.readline().endswith(b"Player: first\n")
        double.lines.append("11-24 05:00:01.000   100   101 E Player: second")
        assert client.stdout.readline().endswith(b"Player: second\n")
        client.kill()
    assert adb("shell", "echo still here").stdout == b"still here\n"


def test_the_log_can_be_cleared_and_filtered(adb, double):
    double.lines += [f"11-24 05:00:00.000   100   101 {level} Tag{level}: {level}" for level in "IWE"]
    assert text(adb("logcat", "-d", "*:W")).count("\n") == 2
    assert "TagI" in text(adb("logcat", "-d", "-s", "TagI"))
    assert text(adb("logcat", "-d", "-t", "1")).endswith("TagE: E\n")
    assert adb("logcat", "-c").returncode == 0
    double.lines.append("11-24 05:00:02.000   100   101 I New: new")
    assert text(adb("logcat", "-d")) == "11-24 05:00:02.000   100   101 I New: new\n"


def test_titles_start_and_wrong_ones_are_refused(adb, double):
    started = adb("shell", "am", "start", "-a", "VIEW", "-d", "harness://title/bunny", "--es", "k", "'v w'")
    assert started.returncode == 0
    assert double.started == [(None, "harness://title/bunny", {"k": "v w"})]
    refused = adb("shell", "am", "start", "-n", "org.example/.Nope")
    assert refused.returncode == 1
    assert b"does not exist" in refused.stderr


def test_faults_are_planted_listed_and_cleared(adb, double):
    assert adb("shell", "fault", "plant", "freeze_frame:start_s=5").returncode == 0
    assert double.faults == [FaultSpec("freeze_frame", start_s=5)]
    assert json.loads(text(adb("shell", "fault", "list")))[0]["defect"] == "freeze_frame"
    wrong = adb("shell", "fault", "plant", "frieze")
    assert (wrong.returncode, b"did you mean" in wrong.stderr) == (1, True)
    adb("shell", "fault", "clear")
    assert double.faults == []


@pytest.mark.parametrize("service", ["root", "tcpip 5555", "remount", "usb"])
def test_what_it_cannot_do_it_says(adb, service):
    assert adb(*service.split()).stdout.strip()
    assert adb("shell", "echo still here").stdout == b"still here\n"


@pytest.mark.fuller
def test_a_reboot_goes_away_and_comes_back_on_the_same_port(adb, daemon, double):
    double.on_reboot = lambda: daemon.go_away(0.5)
    adb("reboot")
    assert double.reboots == 1
    adb("wait-for-device")
    assert adb("shell", "echo back").stdout == b"back\n"


def test_while_away_nobody_answers_and_nobody_takes_the_port(adb, daemon):
    daemon.go_away(None)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", daemon.port))
    with socket.socket() as rival, pytest.raises(OSError, match="in use"):
        rival.bind(("127.0.0.1", daemon.port))
    daemon.come_back()
    adb("disconnect")
    assert "connected" in adb.connect(daemon.port)
    assert adb("shell", "echo back").stdout == b"back\n"


def test_two_hundred_commands_in_a_row(adb):
    for number in range(200):
        assert adb("shell", f"echo {number}").stdout == f"{number}\n".encode()


def test_streams_run_side_by_side(adb, tmp_path):
    data = os.urandom(BIG_BYTES)
    (tmp_path / "file").write_bytes(data)

    def work(number):
        if number % 4 == 0:
            adb("push", tmp_path / "file", f"/sdcard/{number}")
            adb("pull", f"/sdcard/{number}", tmp_path / str(number))
            return (tmp_path / str(number)).read_bytes() == data
        return adb("shell", "cat", input=data[:200_000]).stdout == data[:200_000]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(16)))


def test_a_push_that_is_killed_leaves_nothing(adb, serve, double, tmp_path):
    folder = tmp_path / "device"
    daemon = serve(files_dir=folder)
    adb.connect(daemon.port)
    os.mkfifo(tmp_path / "pipe")
    with adb.spawn("exec-out", "cat") as client:
        client.kill()
    with adb.spawn("push", "/dev/zero", "/sdcard/endless") as client:
        while not any(file.name.startswith(".push-") for file in (folder / "sdcard").iterdir()):
            if client.poll() is not None:
                break
        client.kill()
    adb("shell", "true")
    daemon.stop()
    assert [file.name for file in (folder / "sdcard").iterdir() if file.is_file()] == []


def test_a_box_with_authorization_takes_the_first_key_and_asks_about_the_next(bare_adb, serve, tmp_path):
    daemon = serve(auth=True)
    bare_adb.connect(daemon.port)
    bare_adb("wait-for-device")
    assert bare_adb("shell", "echo in").stdout == b"in\n"
    with adb_server(bare_adb.program, tmp_path) as environment:
        stranger = Adb(bare_adb.program, environment)
        stranger.connect(daemon.port)
        refused = stranger("shell", "echo in")
        assert refused.returncode != 0
        assert b"unauthorized" in refused.stderr or b"authorizing" in refused.stderr
        (waiting,) = daemon.authorization.waiting
        daemon.authorization.allow(waiting)
        stranger("wait-for-device")
        assert stranger("shell", "echo in").stdout == b"in\n"
