"""The run itself: begun with pytest, handed every case, and written down at its end."""

from typing import Any

import pytest

from harness.errors import InputError
from harness.plugin.devices import registration
from harness.plugin.harness_run import HarnessRun
from harness.plugin.options import DEFAULT_CRITERIA, DEFAULT_DEVICE, MARKERS, Options, check_faults
from harness.plugin.state import RUN


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; refuse a device, a rig, criteria or a fault that do not exist."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    run = config.stash[RUN] = HarnessRun(config)
    config.pluginmanager.register(_Book(run), "harness-book")
    if config.pluginmanager.hasplugin("xdist"):
        from harness.plugin.workers import Workers

        config.pluginmanager.register(Workers(run), "harness-workers")
    if run.options.given and not run.worker:
        _check(run.options)


class _Book:
    """Takes every case of a run as it comes, and writes them down at its end."""

    def __init__(self, run: HarnessRun) -> None:
        self.run = run

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Take the case that comes with the last phase of a test; link its evidence for pytest-html."""
        parcel = getattr(report, "harness", None)
        if parcel is not None:
            report.extras = [*getattr(report, "extras", []), *self.run.add(parcel)]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the record and the page; a run without them does not pass."""
        self.run.finish()
        if session.exitstatus != pytest.ExitCode.OK:
            return
        if self.run.failure:
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        elif self.run.record and all(case.outcome == "skipped" for case in self.run.record.cases):
            # A plan of which nothing ran is no pass, and pytest has a status for that.
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is tested with what, if an option of the harness is used."""
    run = config.stash[RUN]
    return run.header() if run.options.given else []


def _check(options: Options) -> None:
    from harness.run.analyze import find_criteria
    from harness.run.registry import default_folders
    from harness.run.rig import rig_for

    try:
        for name in options.devices or (DEFAULT_DEVICE,):
            found = registration(name)
            rig_for(found.id, found.profile, options.rig, default_folders())
            if options.faults and not found.profile.virtual:
                raise InputError(
                    f"--fault: {name} is a real device; faults can be planted in a virtual one only"
                )
        find_criteria(options.criteria or DEFAULT_CRITERIA)
        check_faults(options.faults)
    except InputError as error:
        raise pytest.UsageError(str(error)) from None
