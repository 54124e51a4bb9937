"""Drives devices, records their HDMI output, finds playback defects, and reports them.

The names that a test plan may import stand in `__all__`. Each is loaded when it is first used, so that
importing the harness costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.errors import (
        CaptureLost,
        ControlLost,
        DeviceError,
        HarnessError,
        InputError,
        PlanError,
        RigError,
    )
    from harness.findings import AvSync, Check, Finding
    from harness.impair.base import FaultSpec
    from harness.run.device import Device
    from harness.run.playback import Defect, Playback
    from harness.run.rig import Rig
    from harness.timeline import Press
    from harness.verdict import Criteria, Tolerance, Verdict

_HOMES = {
    "harness.errors": (
        "CaptureLost",
        "ControlLost",
        "DeviceError",
        "HarnessError",
        "InputError",
        "PlanError",
        "RigError",
    ),
    "harness.findings": ("AvSync", "Check", "Finding"),
    "harness.impair.base": ("FaultSpec",),
    "harness.run.device": ("Device",),
    "harness.run.playback": ("Defect", "Playback"),
    "harness.run.rig": ("Rig",),
    "harness.timeline": ("Press",),
    "harness.verdict": ("Criteria", "Tolerance", "Verdict"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AvSync",
    "CaptureLost",
    "Check",
    "ControlLost",
    "Criteria",
    "Defect",
    "Device",
    "DeviceError",
    "FaultSpec",
    "Finding",
    "HarnessError",
    "InputError",
    "PlanError",
    "Playback",
    "Press",
    "Rig",
    "RigError",
    "Tolerance",
    "Verdict",
]


def __getattr__(name: str) -> Any:
    """Load a name of `__all__` from where it lives."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
