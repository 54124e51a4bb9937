"""The run itself: begun with pytest, handed every case, and written down at its end."""

from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import InputError
from harness.plugin.devices import device_of, registration
from harness.plugin.harness_run import FOLDER, HarnessRun
from harness.plugin.options import DEFAULT_CRITERIA, DEFAULT_DEVICE, MARKERS, Options, check_faults
from harness.plugin.state import RUN, is_plan

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; refuse a device, a rig, criteria or a fault that do not exist."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    run = config.stash[RUN] = HarnessRun(config)
    config.pluginmanager.register(_Book(run), "harness-book")
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(_Xdist(), "harness-xdist")
    if run.options.given:
        _check(run.options)
        if getattr(config.option, "dist", "no") == "load":
            # A device's tests stay with one worker, so that two devices run side by side.
            config.option.dist = "loadgroup"


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

    def pytest_sessionfinish(self) -> None:
        """Write the record and the page."""
        self.run.finish()


class _Xdist:
    """Hooks that only pytest-xdist calls."""

    def pytest_configure_node(self, node: "WorkerController") -> None:
        """Tell a worker into which folder the run writes."""
        node.workerinput[FOLDER] = str(node.config.stash[RUN].dir.path)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Name the device of every plan for pytest-xdist, where there are several."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        if is_plan(item):
            item.add_marker(pytest.mark.xdist_group(device_of(item)))


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
