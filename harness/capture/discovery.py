"""The capture cards and sound inputs of this machine."""

from harness.ports import Port


def capture_ports() -> list[Port]:
    """Return what can be captured from here, in the order of their URIs.

    The URI of a capture card names the sound input that belongs to it, where one does.
    """
    from harness.capture.pairing import paired  # noqa: PLC0415 - only what is asked for is loaded
    from harness.capture.portaudio import sound_ports  # noqa: PLC0415
    from harness.capture.v4l2.finding import v4l2_ports  # noqa: PLC0415

    sounds = sound_ports()
    return [*sounds, *paired(v4l2_ports(), sounds)]
