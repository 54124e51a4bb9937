"""Whose fault an error is, and which outcome stands for a test."""

from types import SimpleNamespace

import pytest

import harness
from harness.errors import CaptureLost, ControlLost, DeviceError, InputError, PlanError, RigError, Undecided
from harness.plugin.outcomes import PACKAGE, DefectsFound, Inconclusive, blame, worst

PLAN = [SimpleNamespace(path="/plans/test_vod.py")]
OURS = [*PLAN, SimpleNamespace(path=str(PACKAGE / "run" / "session.py"))]


@pytest.mark.parametrize(
    ("error", "traceback", "expected"),
    [
        (DefectsFound("freeze"), PLAN, ("failed", "device")),
        (Inconclusive("a gap"), PLAN, ("inconclusive", None)),
        (Undecided("start_up_s"), OURS, ("inconclusive", None)),
        (AssertionError("start_up_s"), PLAN, ("failed", "device")),
        (DeviceError("home not reached"), OURS, ("failed", "device")),
        (CaptureLost("pulled"), OURS, ("error", "rig")),
        (ControlLost("no answer"), OURS, ("error", "rig")),
        (RigError("disk"), OURS, ("error", "rig")),
        (PlanError("no key"), OURS, ("error", "plan")),
        (InputError("no criteria"), OURS, ("error", "plan")),
        (NameError("typo"), PLAN, ("error", "plan")),
        (ZeroDivisionError("ours"), OURS, ("error", "harness")),
    ],
)
def test_blame(error, traceback, expected):
    assert blame(error, traceback) == expected


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], "passed"),
        (["skipped"], "skipped"),
        (["inconclusive", "error"], "error"),
        (["error", "failed"], "failed"),
        (["passed", "inconclusive"], "inconclusive"),
    ],
)
def test_the_worst_phase_stands_for_the_test(outcomes, expected):
    assert worst(outcomes) == expected


def test_the_package_is_this_one():
    assert str(PACKAGE) in harness.__file__
