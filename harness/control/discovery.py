"""The remote controls of this machine: ADB devices, blasters, CEC adapters."""

from harness.ports import Port


def control_ports() -> list[Port]:
    """Return what a device can be controlled by from here, in the order of their URIs."""
    return []
