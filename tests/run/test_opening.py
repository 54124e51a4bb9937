"""The default device, launched for real: driven over ADB and infrared, and gone at the end."""

import os
import shutil

import pytest

from harness.errors import ConfigError, InputError
from harness.run.opening import device_for, opened
from harness.run.registry import default_folders, find_profile, load_profile
from harness.timeline import Press


@pytest.fixture
def registration(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return find_profile("virtual-stb", default_folders())


def test_the_virtual_device_is_driven_over_both_wires_and_leaves_nothing_behind(registration):
    told = []
    with opened(registration) as device:
        device.on_press.append(told.append)
        device.reach("playing")
        assert device.state() == "playing"
        assert device.seen().title == "sync_pattern"
        device.press("PAUSE", via="ir")
        device.press("UP", via="adb")
        assert device.seen().media == "PAUSED"
        device.press("HOME", via="ir")
        device.press("UP", via="adb")
        assert device.state() == "home"
        socket = device.capture_uri.removeprefix("virtual:")
        assert os.path.exists(socket)
        record = device.record()
    assert (record.virtual, record.model, record.app) == (True, "Virtual STB", "org.captureharness.player")
    assert record.app_build
    presses = [event for event in told if isinstance(event, Press)]
    assert [(press.key, press.via) for press in presses[-4:]] == [
        ("PAUSE", "ir"),
        ("UP", "adb"),
        ("HOME", "ir"),
        ("UP", "adb"),
    ]
    assert not os.path.exists(socket)


@pytest.mark.parametrize("missing", ["keymaps/android.yaml", "screens/virtual-stb-home.png"])
def test_a_file_that_is_missing_is_told_before_anything_starts(registration, tmp_path, missing, monkeypatch):
    folder = tmp_path / "devices"
    shutil.copytree(registration.path.parent, folder)
    (folder / missing).unlink()
    monkeypatch.setattr("harness.run.opening.launch", lambda **_: pytest.fail("it was launched"))
    with pytest.raises(ConfigError, match=f"is missing: {folder / missing}"):
        opened(load_profile(folder / "virtual-stb.yaml")).__enter__()


def test_a_virtual_device_that_was_not_launched_has_no_address(registration):
    with pytest.raises(InputError, match=r"nothing is known for \{adb\}"):
        device_for(registration)
