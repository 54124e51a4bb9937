"""One run: its folder, its devices, rigs and cases, and in the end `run.json` and the page."""

import os
import shlex
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin.options import Options, read_options
from harness.run.rundir import RunDir

if TYPE_CHECKING:
    from harness.record import RunRecord

PACKAGES = ("capture-harness", "numpy", "opencv-python", "av", "pytest")
FOLDER = "harness_run_folder"
"""The key under which the controller of pytest-xdist tells its workers the folder of the run."""


class HarnessRun:
    """What this process knows of the run. A worker of pytest-xdist hands its cases to the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.options: Options = read_options(config)
        self.worker = hasattr(config, "workerinput")
        self.started = datetime.now(UTC)
        self._began_s = time.monotonic()
        self._cases: list[dict[str, Any]] = []
        self._devices: dict[str, dict[str, Any]] = {}
        self._rigs: dict[str, dict[str, Any]] = {}
        self.dir = self._folder()
        self.record: RunRecord | None = None
        self.page: Path | None = None

    @property
    def report_path(self) -> Path:
        """Return where the page will be, as short as it can be written."""
        path = self.dir.path / "index.html"
        here = Path.cwd()
        return path.relative_to(here) if path.is_relative_to(here) else path

    @property
    def recordings(self) -> str:
        """Return which recordings are kept: on, off or retain-on-failure."""
        return self.options.recordings or "retain-on-failure"

    @property
    def devices(self) -> dict[str, dict[str, Any]]:
        """Return the record of each device that a test has used, by its name."""
        return self._devices

    @property
    def cases(self) -> list[dict[str, Any]]:
        """Return the cases so far."""
        return self._cases

    def add(self, parcel: dict[str, Any]) -> None:
        """Take what one test reported: its case, and the device and rig that it ran on."""
        self._cases.append(parcel["case"])
        if parcel["device"]:
            self._devices.setdefault(parcel["device"]["id"], parcel["device"])
        if parcel["rig"]:
            self._rigs.setdefault(parcel["rig"]["id"], parcel["rig"])

    def finish(self) -> "RunRecord | None":
        """Write `run.json` and the page, if there was any case; return the record."""
        if self.worker or not self._cases:
            return None
        from harness.record import write_run
        from harness.report.page import write_page

        self.record = self._record()
        self.dir.path.mkdir(parents=True, exist_ok=True)
        write_run(self.record, self.dir.path / "run.json")
        self.page = write_page(self.dir.path)
        return self.record

    def _folder(self) -> RunDir:
        if self.worker:
            return RunDir(Path(self.config.workerinput[FOLDER]))  # type: ignore[attr-defined]
        return RunDir.new(self.options.folder(self.config.rootpath))

    def _record(self) -> "RunRecord":
        from harness.record import CaseRecord, DeviceRecord, RigRecord, RunRecord
        from harness.run.ship import decide

        cases = [CaseRecord.model_validate(case) for case in self._cases]
        return RunRecord(
            run=self.dir.name,
            started=self.started.isoformat(timespec="seconds"),
            duration_s=round(time.monotonic() - self._began_s, 3),
            command=shlex.join([Path(sys.argv[0]).name, *self.config.invocation_params.args]),
            versions=_versions(),
            ship=decide(cases),
            devices=[DeviceRecord.model_validate(device) for device in self._devices.values()],
            rigs=[RigRecord.model_validate(rig) for rig in self._rigs.values()],
            cases=cases,
        )


def _versions() -> dict[str, str]:
    found = {"python": sys.version.split()[0], "system": f"{os.uname().sysname} {os.uname().release}"}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
