"""What the plugin keeps on the run and on each test."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.plugin.harness_run import HarnessRun  # noqa: F401 - named in the key of RUN
    from harness.run.playback import Playback

FIXTURE = "harness_run"
"""Every fixture of the plugin needs this one: a test that has it is a plan."""


@dataclass
class CaseState:
    """One test in progress: its watches so far, and what came of its phases."""

    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    device: str | None = None
    device_record: dict[str, Any] | None = None
    rig_record: dict[str, Any] | None = None
    faults: list[str] = field(default_factory=list)
    """Planted in a virtual device before each watch."""
    notes: list[str] = field(default_factory=list)
    """What happened to the device that a reader of the report must know."""
    watches: list["Playback"] = field(default_factory=list)
    unsettled: list["Playback"] = field(default_factory=list)
    """Watches that have ended, but have not been held against the test yet."""
    phases: list[tuple[str, str, str | None, str]] = field(default_factory=list)
    """(phase, outcome, blame, message) of each phase that did not simply pass."""
    duration_s: float = 0.0


RUN = pytest.StashKey["HarnessRun"]()
CASE = pytest.StashKey[CaseState]()


def is_plan(item: pytest.Item) -> bool:
    """Return whether a test uses the harness; all others are left alone."""
    return FIXTURE in getattr(item, "fixturenames", ())


def case_of(item: pytest.Item) -> CaseState:
    """Return the state of a test, made when it is first asked for."""
    return item.stash.setdefault(CASE, CaseState())
