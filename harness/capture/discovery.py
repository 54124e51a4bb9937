"""The capture cards and sound inputs of this machine."""

from harness.ports import Port


def capture_ports() -> list[Port]:
    """Return what can be captured from here, in the order of their URIs."""
    return []
