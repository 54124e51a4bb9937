"""The capture cards and sound inputs of this machine."""

from harness.ports import Port


def capture_ports() -> list[Port]:
    """Return what can be captured from here, in the order of their URIs."""
    from harness.capture.v4l2.finding import v4l2_ports  # noqa: PLC0415 - only what is asked for is loaded

    return v4l2_ports()
