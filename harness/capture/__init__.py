"""Capture sources: one protocol, chosen by URI (capture card, virtual card, file)."""

from collections.abc import Callable
from pathlib import Path

from harness.capture.protocol import CaptureSource
from harness.config import nearest
from harness.errors import InputError


def open_source(uri: str) -> CaptureSource:
    """Return the source that a URI names, not yet opened.

    `v4l2:/dev/video0?size=1280x720` is a capture card, `virtual:/path/hdmi.sock` the virtual device's HDMI
    output, `file:/path/a.mkv` replays a media file as if it were live. Raises InputError for anything else,
    naming the schemes, and for options that are not known.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon or scheme not in SOURCES:
        known = ", ".join(f"{name}:PATH" for name in SOURCES)
        raise InputError(
            f"capture source {uri!r}: write one of {known}{nearest(scheme, list(SOURCES)) if colon else ''}"
        )
    if not rest:
        raise InputError(f"capture source {uri!r}: the path is missing")
    return SOURCES[scheme](rest)


def _v4l2(rest: str) -> CaptureSource:
    from harness.capture.v4l2.card import V4l2Card  # noqa: PLC0415 - only what is asked for is loaded

    return V4l2Card(f"v4l2:{rest}")


def _virtual(rest: str) -> CaptureSource:
    from harness.capture.virtual import VirtualCard  # noqa: PLC0415

    return VirtualCard(Path(rest))


def _file(rest: str) -> CaptureSource:
    from harness.capture.file import FileSource  # noqa: PLC0415

    return FileSource(Path(rest))


SOURCES: dict[str, Callable[[str], CaptureSource]] = {"v4l2": _v4l2, "virtual": _virtual, "file": _file}
"""Every scheme and what makes its source from the text after the colon."""
