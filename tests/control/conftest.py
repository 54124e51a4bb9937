"""What the tests of controls share: a device in memory behind a real ADB daemon, and the key maps."""

import os
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import settings

from harness.control.adb_server import adb_path
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
    daemon.gone = threading.Event()

    def go_away_soon():
        """Go as a device goes that was told to reboot."""
        daemon._loop.call_soon_threadsafe(daemon._loop.create_task, leave())

    async def leave():
        await daemon._leave(hold=True)
        daemon.gone.set()

    daemon.go_away_soon = go_away_soon
    yield daemon
    daemon.stop()


@pytest.fixture
def user_server(tmp_path, monkeypatch):
    """Run the user's own ADB server, with a home of its own; return its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        quiet = {"ADB_USB": "0", "ADB_EMU": "0", "ADB_LOCAL_TRANSPORT_MAX_PORT": "0", "ADB_MDNS": "0"}
        server = subprocess.Popen(
            ["/bin/sh", "-c", '"$0" -L acceptfd:3 nodaemon server 3<&0 </dev/null', adb_path()],
            stdin=listener.fileno(),
            stderr=subprocess.DEVNULL,
            env=os.environ | quiet | {"HOME": str(tmp_path)},
            process_group=0,
        )
    yield port
    os.killpg(server.pid, 9)
    server.wait()
