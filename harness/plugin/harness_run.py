"""One run: its folder, its devices, rigs and cases, and in the end `run.json` and the page."""

import os
import shlex
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import InputError
from harness.plugin.aside import Aside
from harness.plugin.options import DEFAULT_DEVICE, Options, read_options
from harness.run.rundir import RunDir

if TYPE_CHECKING:
    from harness.record import RunRecord

SAVE, ERASE, RESTORE = "\x1b7", "\x1b[K", "\x1b8"
"""What a terminal is told to keep its cursor, to clear the rest of the line, and to go back."""
PACKAGES = ("capture-harness", "numpy", "opencv-python", "av", "pytest")
FOLDER = "harness_run_folder"
"""The key under which the controller of pytest-xdist tells its workers the folder of the run."""


class HarnessRun:
    """What this process knows of the run. A worker of pytest-xdist hands its cases to the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.worker = hasattr(config, "workerinput")
        self.options: Options = read_options(config)
        self.aside = Aside()
        self._set_aside: dict[str, str] = {}
        self.started = datetime.now(UTC)
        self._began_s = time.monotonic()
        self._cases: list[dict[str, Any]] = []
        self._devices: dict[str, dict[str, Any]] = {}
        self._rigs: dict[tuple[str, str], dict[str, Any]] = {}
        self.dir = self._folder()
        self.record: RunRecord | None = None
        self.page: Path | None = None
        self.failure: str | None = None
        """Why there is no report."""

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

    def add(self, parcel: dict[str, Any]) -> list[dict[str, Any]]:
        """Take what one test reported: its case, and the device and rig that it ran on.

        Returns links to its evidence, as pytest-html takes them; none unless that writes a report.
        """
        self._cases.append(parcel["case"])
        if parcel["device"]:
            self._devices.setdefault(parcel["device"]["id"], parcel["device"])
        self._set_aside |= parcel["set_aside"]
        if parcel["rig"]:
            self._rigs.setdefault((parcel["rig"]["device"], parcel["rig"]["id"]), parcel["rig"])
        html = getattr(self.config.option, "htmlpath", None)
        return self._links(parcel["case"], Path(html)) if html and not self.worker else []

    def header(self) -> list[str]:
        """Say in a line what is tested with what."""
        from harness.plugin.devices import registration
        from harness.run.qualify.store import qualification, rig_record
        from harness.run.registry import default_folders
        from harness.run.rig import rig_for

        lines = []
        for name in self.options.devices or (DEFAULT_DEVICE,):
            found = registration(name)
            own = rig_for(found.id, found.profile, self.options.rig, default_folders())
            rig = rig_record(found, own, qualification(found, own))
            lines.append(
                f"device: {found.id} ({found.profile.name}), rig: {rig.name}, "
                f"capture {rig.capture}, control {rig.control}"
            )
            if not rig.standing.trusted:
                lines.append(rig.standing_words)
        return lines

    def say(self, line: str) -> None:
        """Write a line on the terminal, in the middle of a test."""
        terminal = self._terminal()
        if terminal is not None:
            with self._uncaptured():
                terminal.ensure_newline()
                terminal.write_line(line)

    def progress(self, text: str) -> None:
        """Show what goes on behind the test's name; an empty text takes it away. On a terminal alone."""
        terminal = self._terminal()
        if terminal is not None and terminal.isatty:
            with self._uncaptured():
                terminal.write(f"{SAVE}{f'  {text}' if text else ''}{ERASE}{RESTORE}", flush=True)

    def _terminal(self) -> Any:
        return None if self.worker else self.config.pluginmanager.getplugin("terminalreporter")

    def _uncaptured(self) -> AbstractContextManager[None]:
        capture = self.config.pluginmanager.getplugin("capturemanager")
        return capture.global_and_fixture_disabled() if capture else nullcontext()

    def _links(self, case: dict[str, Any], html: Path) -> list[dict[str, Any]]:
        from pytest_html import extras

        from harness.record import CaseRecord
        from harness.report.extras import case_links

        found = case_links(
            CaseRecord.model_validate(case), len(self._cases), self.dir.path, Path.cwd() / html.parent
        )
        return [extras.url(link.url, name=link.name) for link in found]

    def finish(self) -> "RunRecord | None":
        """Write `run.json` and the page, if there was any case; return the record."""
        if self.worker or not self._cases:
            return None
        from harness.record import write_run
        from harness.report.page import write_page

        self.record = self._record()
        try:
            self.dir.path.mkdir(parents=True, exist_ok=True)
            write_run(self.record, self.dir.path / "run.json")
            self.page = write_page(self.dir.path)
        except (OSError, InputError) as error:
            self.failure = f"the report could not be written: {error}"
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
            set_aside=dict(self._set_aside),
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
