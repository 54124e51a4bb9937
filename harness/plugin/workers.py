"""Several workers of pytest-xdist: one run in one folder, and each device's tests with one worker."""

import re
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from harness.plugin.devices import DEVICE_END
from harness.plugin.harness_run import FOLDER, HarnessRun
from harness.plugin.options import DEVICES


class Workers:
    """The hooks of pytest-xdist."""

    def __init__(self, run: HarnessRun) -> None:
        self.run = run

    def pytest_configure_node(self, node: WorkerController) -> None:
        """Tell a worker into which folder the run writes, and which devices it is about."""
        node.workerinput[FOLDER] = str(self.run.dir.path)
        node.workerinput[DEVICES] = list(self.run.options.devices)

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
        """Let two devices run side by side: their tests are given out device by device."""
        devices = self.run.options.devices
        if config.option.dist != "load" or not devices:
            return None
        return ByDevice(config, devices, log)


class ByDevice(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives all tests of a device to one worker."""

    def __init__(self, config: pytest.Config, devices: tuple[str, ...], log: Any) -> None:
        super().__init__(config, log)
        names = "|".join(re.escape(device) for device in devices)
        self._device = re.compile(rf"[\[-]({names}){re.escape(DEVICE_END)}[-\]]")

    def _split_scope(self, nodeid: str) -> str:
        found = self._device.search(nodeid)
        return found[1] if found else nodeid
