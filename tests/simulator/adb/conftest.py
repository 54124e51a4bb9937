"""A device in memory behind the ADB daemon, and Debian's client connected to it."""

import pytest
from hypothesis import settings

from harness.simulator.adb import AdbDaemon
from tests.support.device_double import DeviceDouble

settings.register_profile("adbd", deadline=None)
settings.load_profile("adbd")


@pytest.fixture
def double():
    return DeviceDouble()


@pytest.fixture
def serve(double):
    """Return a function that starts a daemon with the arguments given; `daemon.port` is its port."""
    started = []

    def start(**arguments):
        daemon = AdbDaemon(double, **arguments)
        daemon.port = daemon.start()
        started.append(daemon)
        return daemon

    yield start
    for daemon in started:
        daemon.stop()


@pytest.fixture
def daemon(serve):
    return serve()


@pytest.fixture
def adb(bare_adb, daemon):
    bare_adb.connect(daemon.port)
    return bare_adb
