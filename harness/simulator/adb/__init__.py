"""The virtual device's ADB daemon: any ADB client may connect to it."""

from harness.simulator.adb.authorization import Authorization
from harness.simulator.adb.daemon import AdbDaemon

__all__ = ["AdbDaemon", "Authorization"]
