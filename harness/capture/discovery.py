"""The capture cards and sound inputs of this machine."""

from harness.ports import Port


def capture_ports() -> list[Port]:
    """Return what can be captured from here, in the order of their URIs."""
    from harness.capture.portaudio import sound_ports  # noqa: PLC0415 - only what is asked for is loaded
    from harness.capture.v4l2.finding import v4l2_ports  # noqa: PLC0415

    return [*sound_ports(), *v4l2_ports()]
