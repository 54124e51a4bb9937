"""The clean media of the benchmark: files of a folder, drawn titles, and hard negatives that are drawn."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal, Protocol

import numpy as np

from harness.bench.negatives import NEGATIVES
from harness.clock import NS_PER_S
from harness.decoding import MediaFile
from harness.decoding.container import FORMATS
from harness.errors import InputError
from harness.media import AudioBlock, Captured, Frame, StreamFormat, VideoFormat
from harness.simulator.titles.library import Library
from harness.simulator.titles.title import SOUND, Reel

Half = Literal["tune", "report"]
DRAWN: Final = VideoFormat(640, 360, Fraction(25))
MEDIA: Final = frozenset(FORMATS.split(",")) | {"mkv", "mpg", "mpeg", "ts", "oga", "opus", "m2ts"}


class Clip(Protocol):
    """Clean picture, sound, or both."""

    @property
    def name(self) -> str:
        """Return what it is called, in no other clip."""

    @property
    def source(self) -> str:
        """Return where it is from: clips of one source are alike, and lie in one half."""

    @property
    def negative(self) -> bool:
        """Return whether it was made to look or sound like a defect; nothing is planted in it."""

    def open(self) -> tuple[StreamFormat, Iterator[Captured]]:
        """Return what it delivers, and what it holds in order of time; raises InputError."""


@dataclass(frozen=True, slots=True)
class FileClip:
    """A media file."""

    path: Path
    name: str
    source: str
    negative: bool = False

    def open(self) -> tuple[StreamFormat, Iterator[Captured]]:
        """Open the file."""
        media = MediaFile(self.path, threads=1)
        return media.format, _items(media)


@dataclass(frozen=True, slots=True)
class DrawnClip:
    """A title of the virtual device, or a hard negative, by its name."""

    name: str
    source: str
    seconds: float
    video: VideoFormat
    negative: bool = False

    def open(self) -> tuple[StreamFormat, Iterator[Captured]]:
        """Draw it anew."""
        drawn = _negative(self.name) if self.negative else Library().title(self.name)
        return StreamFormat(self.video, SOUND), _shown(drawn.open(self.video), self.video.fps, self.seconds)


def default_clips() -> list[Clip]:
    """Return what needs no other media: the clip that the package depends on, and what it draws."""
    library = Library()
    titles = [name for name in library.titles if name != "sync_pattern"]
    clips: list[Clip] = [
        DrawnClip(name, name, min(8.0, float(library.title(name).duration_s)), DRAWN) for name in titles
    ]
    return [*clips, *negative_clips()]


def negative_clips() -> list[Clip]:
    """Return the hard negatives."""
    return [
        DrawnClip(item.name, item.name, item.seconds, VideoFormat(640, 360, item.fps), negative=True)
        for item in NEGATIVES
    ]


def media_clips(folder: Path) -> list[Clip]:
    """Return the media files in a folder and those below it; raises InputError where there are none."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name one that holds clean media files")
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix.lower().lstrip(".") in MEDIA]
    if not paths:
        raise InputError(f"{folder}: holds no media file")
    return [FileClip(path, str(path.relative_to(folder)), source_of(path)) for path in paths]


def source_of(path: Path) -> str:
    """Return the source of a file: the first word of its name, without its number."""
    return re.sub(r"\d+$", "", re.split(r"[_\-. ]", path.stem)[0].lower()) or path.stem


def half_of(source: str) -> Half:
    """Return the half that a source lies in, by its name alone: the same on every machine."""
    return "tune" if hashlib.sha256(source.encode()).digest()[0] % 2 else "report"


def _negative(name: str) -> "Drawable":
    return next(item for item in NEGATIVES if item.name == name)


class Drawable(Protocol):
    """What can be opened for a size and a rate."""

    def open(self, video: VideoFormat) -> Reel:
        """Start to draw."""


def _items(media: MediaFile) -> Iterator[Captured]:
    with media:
        yield from media.items()


def _shown(reel: Reel, fps: Fraction, seconds: float) -> Iterator[Captured]:
    heard = 0
    with closing(reel):
        for index in range(round(seconds * fps)):
            t_s = index / fps
            yield Frame(round(t_s * NS_PER_S), index, *reel.picture(t_s))
            due = round((index + 1) / fps * SOUND.rate_hz)
            samples = reel.sound(heard, due - heard).astype(np.float32) / np.float32(32768)
            yield AudioBlock(round(heard * NS_PER_S / SOUND.rate_hz), heard, samples)
            heard = due
