"""The families of failure, kept apart because different people mend them.

Every message is one line that says what to do; the CLI prints it without a traceback.
"""


class HarnessError(Exception):
    """Anything the harness says no to."""


class InputError(HarnessError):
    """A file, an argument or a configuration is unusable; nobody's device is to blame."""


class ConfigError(InputError):
    """A YAML file breaks its schema; one line a mistake, with file, line and the nearest right name."""


class PlanError(InputError):
    """A test plan asks for what cannot be done (unknown key, unknown state)."""


class RigError(HarnessError):
    """What we test with failed: capture, disk, cable, blaster. Never a failed release."""


class CaptureLost(RigError):
    """The capture source went away in the middle."""


class ControlLost(RigError):
    """The control connection (ADB, infrared port) went away or cannot be opened."""


class Undecided(HarnessError):
    """What a plan asks cannot be told from what was captured: neither passed nor failed."""


class DeviceError(HarnessError):
    """The device answered, but did not do as asked in time."""


SYSTEM_LIBRARIES = {"libGL.so": "libgl1", "libgthread": "libglib2.0-0", "libglib": "libglib2.0-0"}
"""What `opencv-python` takes from the system, and the Debian package that brings it."""


def missing_library(error: ImportError) -> RigError | None:
    """Return what to install, in one line, if an import failed for want of a system library."""
    package = next((name for library, name in SYSTEM_LIBRARIES.items() if library in str(error)), None)
    if package is None:
        return None
    return RigError(f"opencv-python misses a system library ({error}); on Debian: apt-get install {package}")
