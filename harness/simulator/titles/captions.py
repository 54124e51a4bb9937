"""Captions beside a title: WebVTT and SubRip, read for their times and their words."""

import re
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError

_TIMES = re.compile(
    r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{3})"
)
_TAG = re.compile(r"<[^>]*>|\{\\[^}]*\}")
SUFFIXES = (".vtt", ".srt")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: its lines are shown in `[start_s, end_s)`, seconds since the title began."""

    start_s: float
    end_s: float
    text: str


def read_captions(path: Path) -> tuple[Cue, ...]:
    """Return the cues of a .vtt or .srt file in order of time; raises InputError if it holds none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as captions in UTF-8: {error}") from None
    cues = [cue for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if (cue := _cue(block))]
    if not cues:
        raise InputError(f"{path}: holds no caption; write WebVTT or SubRip cues")
    return tuple(sorted(cues, key=lambda cue: cue.start_s))


def _cue(block: str) -> Cue | None:
    lines = block.strip().split("\n")
    for number, line in enumerate(lines):
        if match := _TIMES.match(line.strip()):
            parts = [int(part or 0) for part in match.groups()]
            words = "\n".join(_TAG.sub("", text).strip() for text in lines[number + 1 :])
            return Cue(_seconds(parts[:4]), _seconds(parts[4:]), words) if words else None
    return None


def _seconds(parts: list[int]) -> float:
    hours, minutes, seconds, milliseconds = parts
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
