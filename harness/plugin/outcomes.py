"""Passed, failed, inconclusive or error, and whose fault it is; one failure names every defect."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import harness
from harness.errors import DeviceError, InputError, RigError, Undecided
from harness.plugin.state import CASE, RUN, case_of, is_plan

if TYPE_CHECKING:
    from harness.run.playback import Playback

PACKAGE = Path(harness.__file__).parent
RANK = ("passed", "skipped", "inconclusive", "error", "failed")
"""From the mildest to the outcome that stands for the whole test."""


class DefectsFound(pytest.fail.Exception):  # type: ignore[name-defined, misc]
    """The device showed defects; the message holds all of them."""


class Inconclusive(pytest.fail.Exception):  # type: ignore[name-defined, misc]
    """Something that the criteria require could not be measured."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Fail a test that did not look at the defects which its watches found."""
    try:
        yield
    except pytest.skip.Exception:
        require_clear(item)
        raise
    except Exception as error:
        _outrank(item, error)
        raise
    require_clear(item)


def _outrank(item: pytest.Item, error: Exception) -> None:
    """Let defects that were seen count, although the test then ended by something else than a failure.

    A failure tells of all that was seen as it is; see `harness.plugin.cases`.
    """
    case = case_of(item)
    watches, case.unsettled = case.unsettled, []
    found = [watch for watch in watches if watch.settled and watch.failed]
    if found and blame(error, ())[0] != "failed":
        message = f"{tell(found, item.config.stash[RUN].report_path)}\nthen: {error}"
        raise DefectsFound(message, pytrace=False) from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Do the same for a watch that ended in a fixture's teardown."""
    yield
    require_clear(item)


def require_clear(item: pytest.Item) -> None:
    """Raise DefectsFound or Inconclusive unless every watch since the last call passed."""
    case = item.stash.get(CASE, None)
    if case is None:
        return
    watches = [watch for watch in case.unsettled if watch.settled]
    case.unsettled = []
    report = item.config.stash[RUN].report_path
    if any(watch.failed for watch in watches):
        raise DefectsFound(tell(watches, report), pytrace=False)
    if any(watch.verdict == "inconclusive" for watch in watches):
        raise Inconclusive(tell(watches, report), pytrace=False)


def tell(watches: Sequence["Playback"], report: Path) -> str:
    """Return everything that was found in some watches, one line a defect, and where to see it."""
    blocks = [watch.tell() for watch in watches if watch.failed or watch.verdict != "pass"]
    return "\n".join([*blocks, f"report: {report}"])


def blame(error: BaseException, traceback: Sequence[Any]) -> tuple[str, str | None]:
    """Return the outcome of a phase that raised `error`, and whose fault that is.

    `traceback` holds entries with a `path`; the last one tells a plan's mistake from one of the harness.
    """
    families: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str, str | None], ...] = (
        ((Inconclusive, Undecided), "inconclusive", None),
        (RigError, "error", "rig"),
        (DeviceError, "failed", "device"),
        (InputError, "error", "plan"),
        (AssertionError, "failed", "device"),
        (pytest.fail.Exception, "failed", "device"),
    )
    for family, outcome, whose in families:
        if isinstance(error, family):
            return outcome, whose
    inside = bool(traceback) and Path(str(traceback[-1].path)).is_relative_to(PACKAGE)
    return "error", "harness" if inside else "plan"


def worst(outcomes: Sequence[str]) -> str:
    """Return the outcome that stands for all phases of a test."""
    return max(outcomes, key=RANK.index, default="passed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the harness's outcome into the report of each phase, and the whole case into the last."""
    report = yield
    if is_plan(item):
        from harness.plugin.cases import note_phase

        note_phase(item, call, report)
    return report


def pytest_report_teststatus(report: Any) -> tuple[str, str, str | tuple[str, dict[str, bool]]] | None:
    """Name the outcomes that pytest does not know, and tell a rig error from a failure."""
    outcome = getattr(report, "harness_outcome", None)
    if outcome == "inconclusive":
        return "inconclusive", "I", ("INCONCLUSIVE", {"yellow": True})
    if outcome == "error":
        return "error", "E", "ERROR"
    if outcome == "failed":
        return "failed", "F", "FAILED"
    return None
