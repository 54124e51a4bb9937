"""A device in the tests' own process, whose time goes on only when a test asks; and Debian's adb."""

import shutil

import pytest

from harness.simulator.faults import FaultBoard
from harness.simulator.screen.gallery import Sofa
from harness.simulator.titles.library import Library
from tests.support.adb_client import Adb, adb_server


@pytest.fixture(scope="session")
def library():
    return Library()


@pytest.fixture
def sofa(library):
    """Return a function that seats somebody in front of a device."""
    seated = []

    def sit(mode="720p50", faults=(), titles=None):
        board = FaultBoard(faults)
        seated.append(Sofa(titles or library, mode, board))
        return seated[-1]

    yield sit
    for one in seated:
        one.device.close()


@pytest.fixture
def program():
    path = shutil.which("adb")
    if path is None:
        pytest.skip("Debian's adb is not installed: apt-get install adb")
    return path


@pytest.fixture
def bare_adb(program, tmp_path_factory):
    with adb_server(program, tmp_path_factory.mktemp("adb-home")) as environment:
        yield Adb(program, environment)
