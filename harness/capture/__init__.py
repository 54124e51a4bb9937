"""Capture sources: one protocol, chosen by URI (virtual card, file)."""

from collections.abc import Callable
from pathlib import Path

from harness.capture.protocol import CaptureSource
from harness.config import nearest
from harness.errors import InputError


def open_source(uri: str) -> CaptureSource:
    """Return the source that a URI names, not yet opened.

    `virtual:/path/hdmi.sock` is the virtual device's HDMI output, `file:/path/a.mkv` replays a media
    file as if it were live. Raises InputError for anything else, naming the schemes.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon or scheme not in SOURCES:
        known = ", ".join(f"{name}:PATH" for name in SOURCES)
        raise InputError(
            f"capture source {uri!r}: write one of {known}{nearest(scheme, list(SOURCES)) if colon else ''}"
        )
    if not rest:
        raise InputError(f"capture source {uri!r}: the path is missing")
    return SOURCES[scheme](Path(rest))


def _virtual(path: Path) -> CaptureSource:
    from harness.capture.virtual import VirtualCard  # noqa: PLC0415 - only what is asked for is loaded

    return VirtualCard(path)


def _file(path: Path) -> CaptureSource:
    from harness.capture.file import FileSource  # noqa: PLC0415

    return FileSource(path)


SOURCES: dict[str, Callable[[Path], CaptureSource]] = {"virtual": _virtual, "file": _file}
"""Every scheme and what makes its source."""
