"""What the tests of controls share: a device in memory behind a real ADB daemon, and the key maps."""

from pathlib import Path

import pytest
from hypothesis import settings

from harness.simulator.adb import AdbDaemon
from tests.support.device_double import DeviceDouble

settings.register_profile("control", deadline=None)
settings.load_profile("control")

KEYMAPS = Path(__file__).parents[2] / "devices" / "keymaps"


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def double():
    return DeviceDouble()


@pytest.fixture
def daemon(double):
    daemon = AdbDaemon(double)
    daemon.port = daemon.start()
    yield daemon
    daemon.stop()
