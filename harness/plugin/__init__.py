"""The pytest plugin: fixtures, options, YAML plans, outcomes, evidence. Inert until a plan asks for it.

The hooks stand in the modules named here; each holds one concern.
"""

from harness.plugin.devices import pytest_generate_tests, pytest_runtest_setup
from harness.plugin.fixtures import criteria, device, device_name, harness_run, rig, station, watch
from harness.plugin.options import pytest_addoption
from harness.plugin.outcomes import (
    pytest_report_teststatus,
    pytest_runtest_call,
    pytest_runtest_makereport,
    pytest_runtest_teardown,
)
from harness.plugin.running import (
    pytest_configure,
    pytest_report_header,
)
from harness.plugin.summary import pytest_terminal_summary
from harness.plugin.yaml_plans import pytest_collect_file

__all__ = [
    "criteria",
    "device",
    "device_name",
    "harness_run",
    "pytest_addoption",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_report_header",
    "pytest_report_teststatus",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
    "pytest_runtest_teardown",
    "pytest_terminal_summary",
    "rig",
    "station",
    "watch",
]
