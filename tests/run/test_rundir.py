"""The folder of a run: named by time, and no test's name leads out of it."""

from datetime import UTC, datetime

import pytest

from harness.errors import RigError
from harness.run.rundir import RunDir, slug


def test_a_run_is_named_by_its_time_and_two_of_them_differ(tmp_path):
    moment = datetime(2026, 11, 24, 5, 6, 7, tzinfo=UTC)
    names = {RunDir.new(tmp_path, moment).name for _ in range(20)}
    assert len(names) > 15
    assert all(name.startswith("20261124T050607Z-") for name in names)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "nodeid", ["test_a.py::test[../../etc/passwd]", "..", "a/b/c::d", "\x00\n", "x" * 999]
)
def test_what_a_test_is_called_does_not_lead_out_of_the_folder(tmp_path, nodeid):
    run = RunDir(tmp_path / "run")
    path = run.recording(nodeid, 1)
    assert path.parent == tmp_path / "run" / "recordings"
    assert run.evidence(nodeid, 1).parent == tmp_path / "run" / "evidence"
    assert len(path.name) < 100
    assert run.relative(path) == f"recordings/{path.name}"


def test_tests_that_look_alike_are_kept_apart():
    assert slug("a.py::test[1/2]") != slug("a.py::test[1-2]")


def test_a_folder_that_cannot_be_made_is_a_rig_error(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(RigError, match="cannot make the folder"):
        RunDir(tmp_path / "run").recording("a", 1)
