"""Two workers for the harness's own tests: one watches in real time, the other computes meanwhile."""

import os
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

REAL_TIME = (
    "plugin/test_main_job.py",
    "plugin/test_planted_faults.py",
    "plugin/test_rig_faults.py",
    "plugin/test_workers.py",
    "simulator/test_launch.py",
    "run/test_opening.py",
)
"""Modules that watch a running device. Together they take as long as all the others."""


class Workers:
    """Runs the tests in two workers unless the command line says how many, or there is but one core."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config):
        if not hasattr(config, "workerinput") and _asks_for_all(config) and (os.cpu_count() or 1) > 1:
            config.option.numprocesses = 2
            config.option.loadscopereorder = False

    def pytest_collection_modifyitems(self, items):
        items.sort(key=lambda item: not _watches(item.nodeid))

    def pytest_xdist_make_scheduler(self, config, log):
        return _TwoHands(config, log) if config.option.dist == "load" else None


class _TwoHands(LoadScopeScheduling):
    def _split_scope(self, nodeid):
        if "rig_vm/" in nodeid.partition("::")[0]:
            return "one guest for all"
        return "real time" if _watches(nodeid) else nodeid.partition("::")[0]


def _watches(nodeid):
    return nodeid.partition("::")[0].endswith(REAL_TIME)


def _asks_for_all(config):
    option = config.option
    if option.numprocesses is not None or option.collectonly or option.usepdb or option.keyword:
        return False
    here = Path(__file__).parents[1]
    return [Path(config.invocation_params.dir, arg).resolve() for arg in config.args] == [here]
