"""Capture sources: one protocol, chosen by URI (capture card, sound input, network, virtual card, file)."""

from collections.abc import Callable
from pathlib import Path

from harness.capture.protocol import CaptureSource
from harness.config import nearest
from harness.errors import InputError


def open_source(uri: str) -> CaptureSource:
    """Return the source that a URI names, not yet opened.

    `v4l2:/dev/video0?size=1280x720&sound=NAME` is a capture card with the sound input that belongs to it,
    `sound:NAME` a sound input alone, `udp://`, `rtp://` and `rtsp://` are network encoders,
    `virtual:/path/hdmi.sock` is the virtual device's HDMI output, `file:/path/a.mkv` replays a media file as
    if it were live. Raises InputError for anything else, naming the schemes, and for options that are not
    known.
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


def _v4l2(rest: str) -> CaptureSource:
    from harness.capture.joined import with_sound  # noqa: PLC0415 - only what is asked for is loaded
    from harness.capture.v4l2.card import V4l2Card  # noqa: PLC0415

    return with_sound(f"v4l2:{rest}", V4l2Card)


def _sound(rest: str) -> CaptureSource:
    from harness.capture.sound_card import SoundCard  # noqa: PLC0415

    return SoundCard(rest)


def _network(scheme: str) -> Callable[[str], CaptureSource]:
    def make(rest: str) -> CaptureSource:
        from harness.capture.network import NetworkStream  # noqa: PLC0415

        return NetworkStream(scheme, rest)

    return make


def _virtual(rest: str) -> CaptureSource:
    from harness.capture.virtual import VirtualCard  # noqa: PLC0415

    return VirtualCard(Path(rest))


def _file(rest: str) -> CaptureSource:
    from harness.capture.file import FileSource  # noqa: PLC0415

    return FileSource(Path(rest))


SOURCES: dict[str, Callable[[str], CaptureSource]] = {
    "v4l2": _v4l2,
    "sound": _sound,
    "udp": _network("udp"),
    "rtp": _network("rtp"),
    "rtsp": _network("rtsp"),
    "virtual": _virtual,
    "file": _file,
}
"""Every scheme, and what makes its source from the text after the colon."""

EXAMPLES = (
    "v4l2:/dev/videoN",
    "sound:NAME",
    "udp://HOST:PORT",
    "rtp://HOST:PORT",
    "rtsp://HOST/PATH",
    "virtual:PATH",
    "file:PATH",
)
