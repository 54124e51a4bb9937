"""The device's shell: a small grammar and the commands a test rig uses. Nothing reaches the host's shell."""

from harness.simulator.adb.shell.context import Context, Exit
from harness.simulator.adb.shell.log import DeviceLog
from harness.simulator.adb.shell.session import run_lines, run_script

__all__ = ["Context", "DeviceLog", "Exit", "run_lines", "run_script"]
