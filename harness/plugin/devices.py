"""Which devices a test runs on, and which tests a device cannot take."""

from typing import TYPE_CHECKING

import pytest

from harness.plugin.options import DEFAULT_DEVICE
from harness.plugin.state import RUN, is_plan

if TYPE_CHECKING:
    from harness.run.registry import Registration

NAME = "device_name"
"""The fixture by which a test is repeated for every `--device`."""

DEVICE_END = ":"
"""What ends a device's name in the name of a test: `test_it[stb:-2]` is not on the device `stb-2`."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every plan on every device of the command line, device by device."""
    devices = metafunc.config.stash[RUN].options.devices
    if NAME in metafunc.fixturenames and devices:
        ids = [f"{device}{DEVICE_END}" for device in devices]
        metafunc.parametrize(NAME, devices, indirect=True, scope="session", ids=ids)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what the device cannot take, before anything is opened."""
    if not is_plan(item) or NAME not in getattr(item, "fixturenames", ()):
        return
    found = registration(device_of(item))
    only = {name for mark in item.iter_markers("only_device") for name in mark.args}
    if only and found.id not in only:
        pytest.skip(f"only for {', '.join(sorted(only))}")
    if found.profile.virtual and item.get_closest_marker("hardware"):
        pytest.skip(f"{found.id} is virtual, and this test needs a real device")
    wanted = {feature for mark in item.iter_markers("requires") for feature in mark.args}
    missing = sorted(wanted - set(found.profile.features))
    if missing:
        pytest.skip(f"{found.id} has no {', '.join(missing)}")
    item.config.stash[RUN].aside.check(found.id)


def device_of(item: pytest.Item) -> str:
    """Return the id of the device that a test runs on."""
    callspec = getattr(item, "callspec", None)
    return str(callspec.params[NAME]) if callspec and NAME in callspec.params else DEFAULT_DEVICE


def registration(name: str) -> "Registration":
    """Return a registered device; raises InputError, naming the nearest."""
    from harness.run.registry import default_folders, find_profile

    return find_profile(name, default_folders())
