"""The command line options of the plugin, and whether any of them is in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.errors import InputError

DEFAULT_CRITERIA = "broadcast"
DEFAULT_DEVICE = "virtual-stb"
DEVICES = "harness_devices"
"""The key under which the controller of pytest-xdist tells its workers which devices are tested."""
RECORDINGS = ("on", "off", "retain-on-failure")
MARKERS = (
    "release: the outcome of this test decides whether a release ships",
    "requires(feature, ...): skip where the device lacks a feature, such as vod or ir",
    "hardware: needs a real device; skipped on the virtual one",
    "only_device(name, ...): skip on any other device",
    "fault(spec): plant this fault on the virtual device before each playback",
)


@dataclass(frozen=True)
class Options:
    """What the command line asked for; empty or None where it said nothing."""

    devices: tuple[str, ...]
    rig: str | None
    criteria: str | None
    recordings: str | None
    output: str | None
    faults: tuple[str, ...]

    @property
    def given(self) -> bool:
        """Return whether any option of the harness is on the command line."""
        return bool(
            self.devices or self.rig or self.criteria or self.recordings or self.output or self.faults
        )

    def folder(self, root: Path) -> Path:
        """Return the folder under which runs are written."""
        return root / (self.output or "reports")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the contract."""
    group = parser.getgroup("harness", "device tests with capture-harness")
    add = group.addoption
    add("--device", action="append", default=[], dest="harness_devices", metavar="NAME",
        help="device to test, by its name in devices/, or by a label: model=x, feature=vod; repeat it to run "
        "every test on each (default: start a virtual device)")  # fmt: skip
    add("--rig", dest="harness_rig", metavar="NAME", help="rig to test with, by its name in devices/rigs/")
    add("--criteria", dest="harness_criteria", metavar="NAME",
        help="judge every playback by these criteria, whatever the plan names "
        f"(default: the plan's, else {DEFAULT_CRITERIA})")  # fmt: skip
    add("--recordings", choices=RECORDINGS, dest="harness_recordings",
        help="which recordings to keep (default: retain-on-failure)")  # fmt: skip
    add("--output", dest="harness_output", metavar="DIR",
        help="folder for the reports, one folder a run (default: reports)")  # fmt: skip
    add("--fault", action="append", default=[], dest="harness_faults", metavar="SPEC",
        help="plant a fault on the virtual device in each playback, such as "
        "freeze_frame:start_s=5,duration_s=1; repeatable")  # fmt: skip


def read_options(config: pytest.Config) -> Options:
    """Return the options of this run."""
    option = config.option
    return Options(
        devices=_devices(config),
        rig=option.harness_rig,
        criteria=option.harness_criteria,
        recordings=option.harness_recordings,
        output=option.harness_output,
        faults=tuple(option.harness_faults),
    )


def _devices(config: pytest.Config) -> tuple[str, ...]:
    """Return the ids of the devices to test; a worker takes those that its controller picked."""
    given: tuple[str, ...] | None = getattr(config, "workerinput", {}).get(DEVICES)
    if given is not None or not config.option.harness_devices:
        return tuple(given or ())
    from harness.plugin.labels import pick_devices

    try:
        return pick_devices(config.option.harness_devices)
    except InputError as error:
        raise pytest.UsageError(str(error)) from None


def check_faults(faults: Sequence[str]) -> None:
    """Raise InputError for a fault that the virtual device does not know, naming the nearest."""
    if not faults:
        return
    from harness.impair.base import FaultSpec
    from harness.simulator.faults import FaultBoard

    FaultBoard([FaultSpec.parse(text) for text in faults])
