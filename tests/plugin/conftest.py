"""Runs pytest on plans as a user does, in a process and a folder of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.record import RunRecord, read_run


@dataclass(frozen=True)
class Ran:
    """What came of one call of pytest."""

    folder: Path
    status: int
    said: str

    @property
    def run(self) -> Path:
        """Return the folder of the only run."""
        (run,) = (self.folder / "reports").iterdir()
        return run

    @property
    def record(self) -> RunRecord:
        return read_run(self.run / "run.json")

    def case(self, name):
        (case,) = (case for case in self.record.cases if case.name == name)
        return case


def run_pytest(folder, *arguments, environment=None):
    """Run pytest in `folder`; the plans are the files that lie there."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=",
        *map(str, arguments),
    ]
    done = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=280,
        env={**os.environ, "COLUMNS": "200", "XDG_RUNTIME_DIR": str(_private(folder)), **(environment or {})},
    )
    return Ran(Path(folder), done.returncode, done.stdout)


def _private(folder):
    """Return a runtime folder of its own, so that leases of other runs are not waited for."""
    runtime = Path(folder) / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return runtime


@pytest.fixture
def plans(tmp_path):
    """Return what writes plans by name and runs them."""

    def plans(files, *arguments, **more):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return run_pytest(tmp_path, *arguments, **more)

    return plans
