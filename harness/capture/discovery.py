"""The capture cards and sound inputs of this machine."""

from harness.capture.portaudio import sound_ports
from harness.ports import Port


def capture_ports() -> list[Port]:
    """Return what can be captured from here, in the order of their URIs."""
    return sorted(sound_ports(), key=lambda port: port.uri)
