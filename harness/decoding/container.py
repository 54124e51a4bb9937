"""Opening media files that may be anything, and taking frames out of them whatever they hold."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import av
import av.error
from av.stream import Discard

from harness.errors import InputError

FORMATS = (
    "aac,ac3,aiff,asf,au,avi,caf,dv,eac3,flac,flv,gif,h264,hevc,ivf,m4v,matroska,webm,mjpeg,mov,mp4,m4a,3gp,3g2,"
    "mj2,mp2,mp3,mpeg,mpegts,mpegvideo,mxf,nut,ogg,rm,vob,w64,wav,yuv4mpegpipe"
)
"""Containers that hold their media themselves: a playlist could make us open other files or the network."""

LARGEST_SIDE_PX = 8192
PATIENCE = 200
"""So many damaged packets in a row end a stream; a real one recovers at the next keyframe."""

ATTACHED_PICTURE = 0x400

Source = Path | BinaryIO


@dataclass(slots=True)
class Damage:
    """Counts what could not be decoded; `errors` is 0 for a sound file."""

    errors: int = 0
    first: str = ""

    def note(self, what: object) -> None:
        """Count one."""
        self.errors += 1
        self.first = self.first or " ".join(str(what).split())


def open_container(source: Source) -> Any:
    """Return the opened container; raises InputError in one line that says what is wrong."""
    name = source if isinstance(source, Path) else getattr(source, "name", "the stream")
    if isinstance(source, Path):
        _require_file(source)
    # The prefix keeps a file named `http:x` a file.
    target = f"file:{source}" if isinstance(source, Path) else source
    try:
        return av.open(target, metadata_errors="ignore", container_options={"format_whitelist": FORMATS})
    except (av.error.FFmpegError, OSError, ValueError, UnicodeError) as error:
        raise InputError(f"{name}: not a media file that can be read ({_reason(error)})") from None


def best_stream(container: Any, kind: str) -> Any | None:
    """Return the main video or audio stream that can be decoded, or None."""
    usable = [
        stream
        for stream in container.streams
        if stream.type == kind and stream.codec_context and not int(stream.disposition) & ATTACHED_PICTURE
    ]
    with contextlib.suppress(Exception):
        best = container.streams.best(kind)
        if best in usable:
            return best
    return usable[0] if usable else None


def frames(container: Any, stream: Any, damage: Damage) -> Iterator[Any]:
    """Yield the decoded frames of one stream; skip what is damaged, and end where nothing comes any more."""
    for other in container.streams:
        if other is not stream:
            with contextlib.suppress(AttributeError):
                other.discard = Discard.all
    in_a_row = 0
    for packet in _packets(container, stream, damage):
        try:
            decoded = stream.codec_context.decode(packet) if packet is not None else _flush(stream)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            damage.note(_reason(error))
            in_a_row += 1
            if in_a_row > PATIENCE:
                return
            continue
        if decoded:
            in_a_row = 0
        yield from decoded


def _packets(container: Any, stream: Any, damage: Damage) -> Iterator[Any | None]:
    """Yield the packets, then None, which asks the decoder for what it still holds."""
    for _ in range(PATIENCE):
        try:
            for packet in container.demux(stream):
                if packet.size:
                    yield packet
            break
        except (av.error.FFmpegError, OSError, ValueError) as error:
            if isinstance(error, av.error.EOFError):
                break
            damage.note(_reason(error))
    yield None


def _flush(stream: Any) -> list[Any]:
    try:
        return list(stream.codec_context.decode(None))
    except av.error.EOFError:
        return []


def _require_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a directory; give a media file")
        if not path.is_file():
            raise InputError(
                f"{path}: {'is not a regular file' if path.exists() else 'there is no such file'}"
            )
        with path.open("rb") as file:
            if not file.read(1):
                raise InputError(f"{path}: the file is empty")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be opened ({reason})") from None


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
