"""The ADB control against the virtual device's real daemon, through a real ADB server."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from harness.control import adb_words, open_control
from harness.control.adb_server import SERVER
from harness.errors import ControlLost, DeviceError, PlanError
from harness.simulator.adb import AdbDaemon
from harness.simulator.adb.authorization import Authorization
from tests.control.conftest import KEYMAPS
from tests.support.device_double import DeviceDouble

NASTY = ["a b", "$(reboot)", "`reboot`", "x;reboot", "|reboot", "&reboot", "'", '"', "\\", "*", "é\n", ""]


@pytest.fixture
def adb(daemon):
    control = open_control(f"adb:127.0.0.1:{daemon.port}", KEYMAPS / "android.yaml")
    control.open()
    yield control
    control.close()


def server_pid():
    shell = SERVER._process.pid
    children = subprocess.run(["pgrep", "-P", str(shell)], capture_output=True, text=True, check=True)
    return int(children.stdout)


def test_a_press_arrives_between_its_start_and_its_end(adb, double):
    press = adb.press("SELECT")
    ((key, t_ns),) = double.pressed
    assert key == "SELECT"
    assert press.start_ns <= t_ns <= press.end_ns


def test_every_word_reaches_the_device_as_it_is(adb, double):
    assert adb.shell(["echo", *NASTY]).stdout == " ".join(NASTY) + "\n"
    assert double.reboots == 0


def test_text_is_typed_as_it_is(adb, double):
    adb.text("two words, $HOME; 'q' & 100%s")
    assert "".join(double.typed) == "two words, $HOME; 'q' & 100%s"


def test_a_command_keeps_its_status_and_its_streams(adb):
    lost = adb.shell(["no_such_command"])
    assert lost.status == 127
    assert "no_such_command" in lost.stderr
    assert lost.stdout == ""


def test_a_device_without_shell_v2_tells_its_status_too(adb, double):
    adb._v2 = False
    assert adb.shell(["echo", *NASTY]).stdout == " ".join(NASTY) + "\n"
    assert adb.shell(["no_such_command"]).status == 127
    adb.press("UP")
    assert (double.keys, double.reboots) == (["UP"], 0)


@pytest.mark.parametrize("argv", [[], ["echo", "a\0b"], ["echo", "x" * 70_000]])
def test_what_cannot_be_sent_is_refused(adb, argv):
    with pytest.raises(PlanError, match="cannot send the command"):
        adb.shell(argv)


def test_a_key_that_the_device_refuses_is_the_devices_error(adb):
    with pytest.raises(DeviceError, match="unknown key code: KEYCODE_BOOKMARK"):
        adb.press("FAVORITES")


def test_a_command_that_does_not_end_is_the_devices_error(adb):
    with pytest.raises(DeviceError, match=r"`logcat` still runs after 0\.3 s"):
        adb.shell(["logcat"], timeout_s=0.3)
    assert adb.shell(["echo", "alive"]).stdout == "alive\n"


def test_a_device_that_is_gone_is_lost_and_found_again(adb, daemon, double):
    daemon.stop()
    with pytest.raises(ControlLost, match=r"refuses the connection .it may be starting.; is the device on"):
        adb.press("UP")
    back = AdbDaemon(double, port=daemon.port)
    back.start()
    adb.press("UP")
    back.stop()
    assert double.keys == ["UP"]


def test_a_device_that_goes_in_mid_command_is_lost(adb, daemon, double):
    read_log, running = double.log, threading.Event()
    double.log = lambda: running.set() or read_log()
    unplug = threading.Thread(target=lambda: running.wait(20) and daemon.stop())
    unplug.start()
    with pytest.raises(ControlLost, match="broke during `logcat`"):
        adb.shell(["logcat"], timeout_s=30)
    unplug.join()


def test_a_killed_server_is_replaced(adb, double):
    os.kill(server_pid(), signal.SIGKILL)
    adb.press("UP")
    assert double.keys == ["UP"]


def test_the_server_ends_with_the_last_control(daemon):
    uri = f"adb:127.0.0.1:{daemon.port}"
    one, two = (open_control(uri, KEYMAPS / "android.yaml") for _ in range(2))
    one.open()
    two.open()
    one.close()
    one.close()
    two.press("UP")
    pid = server_pid()
    two.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_server_does_not_outlive_a_killed_harness():
    code = (
        "from harness.control.adb_server import SERVER; import time;"
        "print(SERVER.acquire(), flush=True); time.sleep(600)"
    )
    harness = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    server = socket.create_connection(("127.0.0.1", int(harness.stdout.readline())), timeout=20)
    harness.kill()
    harness.wait()
    try:
        # The connection ends when the server does.
        assert server.recv(1) == b""
    except ConnectionResetError:
        pass
    finally:
        server.close()
        harness.stdout.close()


def test_a_device_that_does_not_trust_us_says_what_to_do(double, monkeypatch):
    monkeypatch.setattr("harness.control.adb.LOST_S", 3.0)
    daemon = AdbDaemon(double, auth=Authorization(True, accept_first=False))
    port = daemon.start()
    control = open_control(f"adb:127.0.0.1:{port}", KEYMAPS / "android.yaml")
    try:
        with pytest.raises(
            ControlLost,
            match=r"accept the dialog on its screen, it does not trust .*; then try again$",
        ):
            control.open()
    finally:
        daemon.stop()


def test_the_key_stays_so_that_a_device_asks_once(double, tmp_path):
    daemon = AdbDaemon(double, auth=True)
    port = daemon.start()
    for _ in range(2):
        control = open_control(f"adb:127.0.0.1:{port}", KEYMAPS / "android.yaml")
        control.press("UP")
        control.close()
    daemon.stop()
    assert double.keys == ["UP", "UP"]
    key = tmp_path / "data/capture-harness/adb/.android/adbkey"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parents[1].stat().st_mode & 0o777 == 0o700


def test_a_key_that_others_can_read_is_hidden_from_them(daemon, tmp_path):
    home = tmp_path / "data/capture-harness/adb"
    (home / ".android").mkdir(parents=True)
    (home / ".android/adbkey").touch()
    home.chmod(0o755)
    (home / ".android/adbkey").chmod(0o644)
    control = open_control(f"adb:127.0.0.1:{daemon.port}", KEYMAPS / "android.yaml")
    with contextlib.suppress(ControlLost):
        control.open()
    control.close()
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / ".android/adbkey").stat().st_mode & 0o777 == 0o600


def test_a_home_that_cannot_be_written_to_is_no_hindrance(daemon, double, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    control = open_control(f"adb:127.0.0.1:{daemon.port}", KEYMAPS / "android.yaml")
    control.press("UP")
    control.close()
    assert double.keys == ["UP"]


def test_a_usb_device_that_is_not_there_is_lost(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(taken.getsockname()[1]))
    with pytest.raises(
        ControlLost, match="no ADB server of yours runs, and one has to hold USB devices; run: adb start"
    ):
        open_control("adb:0123456789ABCDEF", KEYMAPS / "android.yaml").open()


def test_a_device_that_reboots_is_lost_then_found_again(adb, daemon, double):
    double.on_reboot = daemon.go_away_soon
    # It may go before it has answered, as a real one does.
    with contextlib.suppress(ControlLost):
        adb.shell(["reboot"])
    assert daemon.gone.wait(20)
    with pytest.raises(ControlLost, match="it may be starting"):
        adb.press("UP")
    daemon.come_back()
    adb.press("UP")
    assert double.keys == ["UP"]


def test_a_device_that_hangs_while_it_starts_is_told(monkeypatch):
    monkeypatch.setattr("harness.control.adb.LOST_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        control = open_control(f"adb:127.0.0.1:{silent.getsockname()[1]}", KEYMAPS / "android.yaml")
        with pytest.raises(ControlLost, match=r"connected but offline: it is starting|not answer in"):
            control.open()


def test_several_devices_are_driven_at_once():
    doubles = [DeviceDouble() for _ in range(3)]
    daemons = [AdbDaemon(double) for double in doubles]
    controls = [
        open_control(f"adb:127.0.0.1:{daemon.start()}", KEYMAPS / "android.yaml") for daemon in daemons
    ]
    keys = [["UP"] * 5, ["DOWN"] * 5, ["SELECT"] * 5]

    def press(control, keys):
        for key in keys:
            control.press(key)

    threads = [threading.Thread(target=press, args=pair) for pair in zip(controls, keys, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for control, daemon in zip(controls, daemons, strict=True):
        control.close()
        daemon.stop()
    assert [double.keys for double in doubles] == keys


def test_a_device_without_a_port_stays_with_the_users_server(user_server, daemon, double, monkeypatch):
    """What `adb` calls `emulator-N` goes the way of a USB device, through the user's server."""
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(user_server))
    with socket.create_connection(("127.0.0.1", user_server)) as server:
        request = f"host:emulator:{daemon.port}".encode()
        server.sendall(b"%04x%s" % (len(request), request))
        server.recv(100)
    control = open_control(f"adb:emulator-{daemon.port - 1}", KEYMAPS / "android.yaml")
    control.press("UP")
    control.close()
    assert double.keys == ["UP"]
    monkeypatch.setattr("harness.control.adb.LOST_S", 0.3)
    other = open_control(f"adb:emulator-{daemon.port}", KEYMAPS / "android.yaml")
    words = rf"no such device on USB .did you mean 'emulator-{daemon.port - 1}'.*; plug it in, allow"
    with pytest.raises(ControlLost, match=words):
        other.open()
    other.close()


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("unauthorized", "accept the dialog on its screen"),
        ("offline", "cut its power"),
        ("failed to connect to '10.0.0.9:5555': No route to host", "there is no way to this host"),
        ("failed to connect to '10.0.0.9:5555': Connection timed out", "does not answer in time"),
        ("failed to resolve host: 'stb': Name or service not known", "no host of this name"),
        ("no permissions (user x is not in the plugdev group)", "install android-sdk"),
        ("recovery", "restart it"),
        ("a new kind of no", "a new kind of no; is the device on"),
    ],
)
def test_what_the_server_says_is_put_into_words(answer, meaning):
    assert meaning in adb_words.said(answer)
    assert "\n" not in adb_words.said(answer)
