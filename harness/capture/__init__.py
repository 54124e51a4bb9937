"""Capture sources: one protocol, chosen by URI (virtual card, file, sound input, network)."""

from collections.abc import Callable
from pathlib import Path

from harness.capture.protocol import CaptureSource
from harness.config import nearest
from harness.errors import InputError


def open_source(uri: str) -> CaptureSource:
    """Return the source that a URI names, not yet opened.

    `virtual:/path/hdmi.sock` is the virtual device's HDMI output, `file:/path/a.mkv` replays a media
    file as if it were live, `sound:NAME` is a sound input alone, `udp://`, `rtp://` and `rtsp://` are
    network encoders. Raises InputError for anything else, naming the schemes.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon or scheme not in SOURCES:
        known = ", ".join(EXAMPLES)
        raise InputError(
            f"capture source {uri!r}: write one of {known}{nearest(scheme, list(SOURCES)) if colon else ''}"
        )
    if not rest:
        raise InputError(f"capture source {uri!r}: what follows {scheme}: is missing")
    return SOURCES[scheme](rest)


def _virtual(rest: str) -> CaptureSource:
    from harness.capture.virtual import VirtualCard  # noqa: PLC0415 - only what is asked for is loaded

    return VirtualCard(Path(rest))


def _file(rest: str) -> CaptureSource:
    from harness.capture.file import FileSource  # noqa: PLC0415

    return FileSource(Path(rest))


def _network(scheme: str) -> Callable[[str], CaptureSource]:
    def make(rest: str) -> CaptureSource:
        from harness.capture.network import NetworkStream  # noqa: PLC0415

        return NetworkStream(scheme, rest)

    return make


def _sound(rest: str) -> CaptureSource:
    from harness.capture.sound_card import SoundCard  # noqa: PLC0415

    return SoundCard(rest)


SOURCES: dict[str, Callable[[str], CaptureSource]] = {
    "virtual": _virtual,
    "file": _file,
    "sound": _sound,
    "udp": _network("udp"),
    "rtp": _network("rtp"),
    "rtsp": _network("rtsp"),
}
"""Every scheme, and what makes a source of the text behind it."""

EXAMPLES = (
    "virtual:PATH",
    "file:PATH",
    "sound:NAME",
    "udp://HOST:PORT",
    "rtp://HOST:PORT",
    "rtsp://HOST/PATH",
)
