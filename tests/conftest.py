"""What holds for every test: no logged error, no leaked thread or process, no silent skip in CI."""

import logging
import os
import threading
import time
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GRACE_S = 5.0
"""How long a closing thread or process may take, on a busy machine, before it counts as leaked."""

SKIPS_ALLOWED_IN_CI = ("HARNESS_MEDIA", "mounting needs root")
"""In CI a test may be skipped only for one of these words: everything else was installed for it."""


class _Errors(logging.Handler):
    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        self.messages.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_logged_error(request):
    errors = _Errors()
    logger = logging.getLogger("harness")
    logger.addHandler(errors)
    yield
    logger.removeHandler(errors)
    if not request.node.get_closest_marker("logs_errors"):
        assert not errors.messages, f"errors were logged: {errors.messages}"


@pytest.fixture(autouse=True)
def _no_leak():
    threads, children = set(threading.enumerate()), _children()
    yield
    deadline = time.monotonic() + GRACE_S
    while (left := _left(threads, children)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left, f"left running: {left}"


def _left(threads, children):
    running = [thread.name for thread in set(threading.enumerate()) - threads]
    return running + [f"process {pid} ({name})" for pid, name in _children().items() if pid not in children]


def _children():
    pids = [pid for task in Path("/proc/self/task").glob("*/children") for pid in _text(task).split()]
    return {int(pid): name for pid in pids if (name := _name(Path("/proc", pid)))}


def _name(process):
    """Return what a process is called; None where it has ended, or is Python's own helper of pools."""
    stat = _text(process / "stat")
    if not stat or stat[stat.rindex(")") + 2] == "Z" or "resource_tracker" in _text(process / "cmdline"):
        return None
    return stat[stat.index("(") + 1 : stat.rindex(")")]


def _text(path):
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(word in reason for word in SKIPS_ALLOWED_IN_CI):
            report.outcome = "failed"
            report.longrepr = f"skipped although CI installs what it needs: {reason}"
    return report


def pytest_configure(config):
    config.addinivalue_line("markers", "logs_errors: the test is about errors that are logged")
    config.addinivalue_line("markers", "fuller: takes long; runs with --fuller, and in CI")
    config.addinivalue_line(
        "markers", "rig_vm(job): needs what this job finds in a guest with real drivers; in CI and on request"
    )
    config.addinivalue_line("markers", "media: needs the clips in the folder named by HARNESS_MEDIA")


@pytest.fixture(scope="session")
def media():
    """Return the folder of real clips, or skip."""
    folder = os.environ.get("HARNESS_MEDIA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("HARNESS_MEDIA does not name a folder of clips")
    return Path(folder)


def pytest_collection_modifyitems(config, items):
    """Leave out what takes long, unless it is asked for: by an option, in CI, or by naming nothing else."""
    left_out = set() if config.getoption("--fuller") else {"fuller"}
    left_out |= set() if os.environ.get("HARNESS_RIG_VM") == "1" else {"rig_vm"}
    if os.environ.get("CI") == "true":
        return
    long = [item for item in items if any(item.get_closest_marker(marker) for marker in left_out)]
    if long and len(long) < len(items):
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)


def pytest_addoption(parser, pluginmanager):
    parser.addoption("--fuller", action="store_true", help="run also the tests that take long, as CI does")
    if pluginmanager.hasplugin("xdist"):
        from tests.support.workers import Workers

        pluginmanager.register(Workers(), "two-workers")
