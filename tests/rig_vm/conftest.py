"""One guest for all tests that need real drivers: it runs the jobs that the chosen tests name, once."""

import pytest

from tests.rig_vm.kernel import Unavailable
from tests.rig_vm.machine import boot


@pytest.fixture(scope="session")
def guest(request, tmp_path_factory):
    """Return the guest after all its jobs; skips, with what is missing, where none can run."""
    marks = [item.get_closest_marker("rig_vm") for item in request.session.items]
    jobs = sorted({job for mark in marks if mark for job in mark.args})
    try:
        return boot(jobs, tmp_path_factory.mktemp("rig_vm"))
    except Unavailable as missing:
        pytest.skip(f"no guest for real drivers: {missing}")


@pytest.fixture
def results(request, guest):
    """Return what the job of this test's mark `rig_vm` found, by step."""
    return guest.results(request.node.get_closest_marker("rig_vm").args[0])
