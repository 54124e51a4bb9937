"""A device in the tests' own process, whose time goes on only when a test asks."""

import pytest

from harness.simulator.faults import FaultBoard
from harness.simulator.screen.gallery import Sofa
from harness.simulator.titles.library import Library


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
