"""The timing sidecar of a recording: one JSON line for whatever came, in the order in which it came.

Matroska rounds times to 1 ms and knows nothing of gaps or keys; this file does. Times in it are on the
rig's monotonic clock. A line is written before its packet, so that every packet of a recording that was
cut off has its line; the last line may be cut.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, get_args

from harness.errors import InputError
from harness.media import AudioFormat, Gap, RigEvent, RigEventKind, SignalEvent, StreamFormat, VideoFormat
from harness.timeline import Mark, Press, RigOffset

SCHEMA = "harness.timing/1"


def sidecar(path: Path) -> Path:
    """Return where the times of the recording at `path` lie."""
    return path.with_suffix(".timing.jsonl")


@dataclass(frozen=True, slots=True)
class FrameLine:
    """A frame: its index and time at the source, and the stamp of its packet."""

    index: int
    t_ns: int
    pts_ms: int


@dataclass(frozen=True, slots=True)
class SoundLine:
    """A block of sound: its place at the source, and the stamp of its packet."""

    samples: int
    first_sample: int
    t_ns: int
    pts_ms: int


@dataclass(frozen=True, slots=True)
class FormatLine:
    """What the recording holds, whatever the device changes to later."""

    format: StreamFormat


@dataclass(frozen=True, slots=True)
class EndLine:
    """The recording was closed in order."""

    frames: int
    samples: int


Line = FrameLine | SoundLine | FormatLine | EndLine | Gap | SignalEvent | RigEvent | Press | Mark | RigOffset


class TimingWriter:
    """Writes lines, each at once to the file; from any thread."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._put({"schema": SCHEMA})

    def write(self, line: Line) -> None:
        """Append one line; raises OSError when the disk is full."""
        self._put(_encode(line))

    def fill(self, samples: int, pts_ms: int) -> None:
        """Note a packet of zeros that stands for lost samples, so that players stay in sync."""
        self._put({"filled": samples, "pts_ms": pts_ms})

    def _put(self, data: dict[str, Any]) -> None:
        with self._lock:
            self._file.write(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")


def read_lines(file: BinaryIO, path: Path, *, media: bool = True) -> Iterator[Line]:
    """Yield the lines of a sidecar; a cut or damaged line is passed over.

    `media=False` leaves out frames and sound, without the cost of parsing them. Raises InputError when
    the file is not a sidecar of this version.
    """
    for number, raw in enumerate(file):
        if not media and number and raw.startswith((b'{"frame"', b'{"samples"', b'{"filled"')):
            continue
        try:
            data = json.loads(raw)
            if not number:
                _check_header(data, path)
                continue
            line = _decode(data)
        except (ValueError, KeyError, TypeError, ZeroDivisionError):
            if not number:
                _check_header(None, path)
            continue
        if line is not None:
            yield line


def _check_header(data: Any, path: Path) -> None:
    found = data.get("schema") if isinstance(data, dict) else None
    if found != SCHEMA:
        raise InputError(
            f"{path}: not a {SCHEMA} file ({found or 'no schema in its first line'}); "
            "move it away to analyse the recording by the file's own times"
        )


KEYS: dict[type[Line], dict[str, str]] = {
    FrameLine: {"frame": "index", "t_ns": "t_ns", "pts_ms": "pts_ms"},
    SoundLine: {"samples": "samples", "first_sample": "first_sample", "t_ns": "t_ns", "pts_ms": "pts_ms"},
    Gap: {"gap": "medium", "start_ns": "start_ns", "end_ns": "end_ns", "reason": "reason"},
    SignalEvent: {"signal": "kind", "t_ns": "t_ns", "format": "format"},
    RigEvent: {"rig": "kind", "t_ns": "t_ns", "detail": "detail"},
    Press: {"press": "key", "start_ns": "start_ns", "end_ns": "end_ns", "via": "via"},
    Mark: {"mark": "kind", "t_ns": "t_ns", "detail": "detail"},
    RigOffset: {
        "rig_offset_ns": "offset_ns",
        "low_ns": "low_ns",
        "high_ns": "high_ns",
        "certificate": "certificate",
    },
    FormatLine: {"recorded": "format"},
    EndLine: {"end": "frames", "samples": "samples"},
}
"""Each kind of line: its JSON keys, the first of which names the kind, and the fields they hold."""

KINDS = {next(iter(keys)): kind for kind, keys in KEYS.items()}
WORDS = {
    "medium": {"video", "audio"},
    "signal": {"signal_lost", "signal_back", "format_changed"},
    "rig": set(get_args(RigEventKind)),
}
TEXTS = {"medium", "reason", "kind", "key", "via", "detail", "certificate"}


def _encode(line: Line) -> dict[str, Any]:
    values = {key: getattr(line, field) for key, field in KEYS[type(line)].items()}
    return {key: _encode_format(v) if isinstance(v, StreamFormat) else v for key, v in values.items()}


def _decode(data: dict[str, Any]) -> Line | None:
    kind = KINDS.get(next(iter(data)))
    if kind is None:
        return None
    return kind(**{field: _field(key, field, data[key]) for key, field in KEYS[kind].items()})


def _field(key: str, field: str, value: Any) -> Any:
    if field == "format":
        return _decode_format(value) if value else None
    if field not in TEXTS:
        return int(value)
    if str(value) not in WORDS.get(key, WORDS.get(field, {str(value)})):
        raise ValueError(value)
    return str(value)


def _encode_format(stream: StreamFormat | None) -> dict[str, Any] | None:
    if stream is None:
        return None
    video, audio = stream.video, stream.audio
    return {
        "video": video and {"width_px": video.width_px, "height_px": video.height_px, "fps": str(video.fps)},
        "audio": audio and {"rate_hz": audio.rate_hz, "channels": audio.channels},
    }


def _decode_format(data: dict[str, Any]) -> StreamFormat:
    video, audio = data["video"], data["audio"]
    return StreamFormat(
        VideoFormat(int(video["width_px"]), int(video["height_px"]), Fraction(video["fps"]))
        if video
        else None,
        AudioFormat(int(audio["rate_hz"]), int(audio["channels"])) if audio else None,
    )
