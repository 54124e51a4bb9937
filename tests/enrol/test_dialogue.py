"""The dialogue on a real terminal, and the parts of it that need no device."""

import io
import urllib.request

import pytest
from rich.console import Console

from harness.enrol.asking import Asker
from harness.enrol.dialogue import register
from harness.enrol.found import Found
from harness.ports import Port
from harness.run.registry import load_profile
from harness.simulator.adb import AdbDaemon
from tests.support.answers import Answers
from tests.support.device_double import DeviceDouble
from tests.support.terminal import Terminal

NO_PORT = ["ir:/dev/nothing", "keymaps/virtual-remote.yaml"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()


@pytest.mark.fuller
def test_a_virtual_device_is_registered_by_answering(tmp_path):
    with Terminal("devices", "add", folder=tmp_path) as terminal:
        terminal.answer("Short name", "Living Room")
        assert "did you mean 'living-room'?" in terminal.answer("Short name", "living-room")
        terminal.answer("What people call it", "")
        terminal.answer("Model", "Box")
        terminal.answer("Number, or type it", "adbb:1")
        assert "did you mean 'adb'?" in terminal.answer("Number, or type it", "1")
        assert "1280x720 at 50 fps" in terminal.until("picture.png")
        terminal.answer("Press a key", "rihgt")
        assert "did you mean 'RIGHT'?" in terminal.answer("Press a key", "right")
        while "the device reacted: " not in terminal.answer("Press a key", "left"):
            terminal.answer("Press a key", "right")
        terminal.answer("Press a key", "")
        assert not (tmp_path / "devices").exists()
        terminal.answer("Write devices/living-room.yaml?", "y")
        terminal.until("next: harness devices check living-room")
        assert terminal.ended() == 0
    assert load_profile(tmp_path / "devices/living-room.yaml").profile.model == "Box"
    assert list((tmp_path / "tmp").iterdir()) == []


def test_ctrl_c_leaves_nothing_behind(tmp_path):
    with Terminal("devices", "add", "box", folder=tmp_path) as terminal:
        terminal.answer("What people call it", "")
        terminal.answer("Model", "")
        terminal.until("Number, or type it")
        terminal.interrupt()
        terminal.until("interrupted")
        assert terminal.ended() == 130
    assert not (tmp_path / "devices").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.fuller
def test_the_page_is_served_until_ctrl_c(tmp_path):
    with Terminal("devices", "add", "box", "--web", folder=tmp_path) as terminal:
        terminal.until("open ")
        address = terminal.until("  (Ctrl-C ends)").split()[0]
        with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(address) as answer:
            assert 'id="id" name="id" value="box"' in answer.read().decode()
        terminal.interrupt()
        assert terminal.ended() == 0
    assert not (tmp_path / "devices").exists()


def asked(tmp_path, answers, found=None):
    """Answer the dialogue line by line; return what it said and what it wrote."""
    said = io.StringIO()
    asker = Asker(Console(file=said, width=300), Answers("\n".join(answers) + "\n"))
    path = register(asker, tmp_path / "devices", finder=lambda: found or Found())
    return said.getvalue(), path


def test_a_real_android_device_is_registered_by_its_address(tmp_path):
    daemon = AdbDaemon(DeviceDouble())
    address = f"adb:127.0.0.1:{daemon.start()}"
    found = Found(controls=[Port("adb", address, "A TV")])
    said, path = asked(
        tmp_path,
        ["tv", "TV", "", "2", "n", "1", "com.example.tv", "VOD", "vod, live", "HOME", "", "y"],
        found,
    )
    daemon.stop()
    assert "Key map: keymaps/android.yaml" in said
    assert "adb: Virtual STB, Android" in said
    assert "'VOD' cannot be a feature: one small word, such as vod (did you mean 'vod'?)" in said
    assert "HOME was sent by adb; without a capture nobody sees whether the device reacted" in said
    profile = load_profile(path).profile
    assert profile.features == ("adb", "vod", "live")
    assert profile.app == "com.example.tv"
    assert profile.capture is None


def test_what_does_not_answer_can_be_kept_or_chosen_anew(tmp_path):
    said, path = asked(
        tmp_path,
        ["box", "", "", *NO_PORT, "n", *NO_PORT, "y", "n", "1", "y", "", "", "", "n"],
    )
    assert said.count("there is no such port") >= 2
    assert path is None
    assert not (tmp_path / "devices").exists()


def test_answers_that_end_too_early_write_nothing(tmp_path):
    with pytest.raises(EOFError):
        asked(tmp_path, ["box", "Box"])
    assert not (tmp_path / "devices").exists()
