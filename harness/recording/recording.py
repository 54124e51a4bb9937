"""Reads a recording back, finished or still growing: the same frames at the same times in both cases."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from harness.clock import NS_PER_S
from harness.decoding import MediaFile, probe_duration_ns, read_pictures, read_sounds
from harness.decoding.container import Damage
from harness.media import AudioBlock, Captured, Frame, Gap, Plane, RigEvent, SignalEvent, StreamFormat
from harness.recording.disk import GrowingFile
from harness.recording.timing import EndLine, FormatLine, FrameLine, Line, SoundLine, read_lines, sidecar
from harness.timeline import Mark, Press, RigOffset, Timeline

Follow = Callable[[], bool]
Picture = tuple[Plane, Plane, Plane]
Samples = NDArray[np.float32]
Payload = TypeVar("Payload")
READ_BYTES = 1 << 16
DAMAGED = "the recording is damaged here"


class Recording:
    """Any media file; with a sidecar beside it, at the exact times of its capture.

    Times count from the first frame or sample, those of the timeline too. Raises InputError when there is
    nothing to read.

    Parameters
    ----------
    path : Path
        A media file.
    threads : int
        Decoding threads; 0 lets the decoder choose.

    """

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        self.path = path
        self._threads = threads
        self._damage = Damage()
        self._sidecar = sidecar(path) if self.has_times(path) else None
        self.format: StreamFormat = self._read_format()

    @staticmethod
    def has_times(path: Path) -> bool:
        """Return whether the exact times of a capture lie beside a file."""
        # Only a .mkv has them: a clip of the same name in another container is not what they speak of.
        beside = sidecar(path)
        return path.suffix == ".mkv" and path.is_file() and beside.is_file() and beside.stat().st_size > 0

    @staticmethod
    def media_lines(path: Path) -> Iterator[tuple[FrameLine | SoundLine, int]]:
        """Yield the sidecar's lines of frames and sound, each with its time since the start, in ns."""
        start_ns: int | None = None
        for line in _read(sidecar(path), None) if Recording.has_times(path) else ():
            if isinstance(line, FrameLine | SoundLine):
                start_ns = line.t_ns if start_ns is None else start_ns
                yield line, line.t_ns - start_ns

    @property
    def errors(self) -> int:
        """How many packets the last `items` could not decode, so far."""
        return self._damage.errors

    @property
    def timeline(self) -> Timeline:
        """What is known besides frames and samples, up to now; empty without a sidecar."""
        timeline, start_ns = Timeline(), self.start_ns
        if start_ns is None:
            return timeline
        for line in self._lines(media=False):
            _enter(timeline, _moved(line, start_ns))
        return timeline

    @property
    def start_ns(self) -> int | None:
        """When the first frame or sample came, on the rig's clock; None before it, or without a sidecar."""
        return next((line.t_ns for line in self._lines() if isinstance(line, FrameLine | SoundLine)), None)

    @property
    def complete(self) -> bool:
        """Whether the recorder closed it in order; a file without a sidecar counts as complete."""
        return self._sidecar is None or any(isinstance(line, EndLine) for line in self._lines(media=False))

    @property
    def duration_ns(self) -> int:
        """How long it lasts, up to now."""
        if self._sidecar is None or not self.complete:
            return probe_duration_ns(self.path)
        lines = (line for line in self._lines() if isinstance(line, FrameLine | SoundLine))
        return max((line.t_ns + self._lasts_ns(line) for line in lines), default=0) - (self.start_ns or 0)

    def items(self, follow: Follow | None = None) -> Iterator[Captured]:
        """Yield frames, blocks, gaps and changes of signal in order of time.

        With `follow`, which returns True while the recorder still writes, wait for more where the file
        ends. Where a packet is missing in the middle, a Gap says so.
        """
        self._damage = Damage()
        return self._items_by_file(follow) if self._sidecar is None else self._items_by_sidecar(follow)

    def _items_by_file(self, follow: Follow | None) -> Iterator[Captured]:
        opener = self._opener(follow) if follow else None
        with MediaFile(self.path, threads=self._threads, opener=opener) as media:
            self._damage = media.damage
            yield from media.items()

    def _items_by_sidecar(self, follow: Follow | None) -> Iterator[Captured]:
        opener = self._opener(follow)
        pictures = _Matched(read_pictures(opener, self._damage, threads=self._threads))
        sounds = _Matched(read_sounds(opener, self._damage))
        start_ns: int | None = None
        early: list[Gap | SignalEvent | RigEvent] = []
        for line in self._lines(follow):
            if isinstance(line, Gap | SignalEvent | RigEvent):
                early.append(line)
            elif isinstance(line, FrameLine | SoundLine):
                start_ns = line.t_ns if start_ns is None else start_ns
            if start_ns is None:
                continue
            # What came before the first frame or sample waits for it: it has no time before.
            yield from (cast(Captured, _moved(event, start_ns)) for event in early)
            early.clear()
            if isinstance(line, FrameLine):
                yield from self._frame(line, pictures, line.t_ns - start_ns)
            elif isinstance(line, SoundLine):
                yield from self._block(line, sounds, line.t_ns - start_ns)

    def _frame(self, line: FrameLine, pictures: "_Matched[Picture]", t_ns: int) -> Iterator[Captured]:
        planes = pictures.take(line.pts_ms)
        if planes is not None:
            yield Frame(t_ns, line.index, *planes)
        elif not pictures.ended:
            yield Gap(t_ns, t_ns + self._lasts_ns(line), "video", DAMAGED)

    def _block(self, line: SoundLine, sounds: "_Matched[Samples]", t_ns: int) -> Iterator[Captured]:
        samples = sounds.take(line.pts_ms)
        if samples is not None and len(samples) == line.samples:
            yield AudioBlock(t_ns, line.first_sample, samples)
        elif not sounds.ended:
            yield Gap(t_ns, t_ns + self._lasts_ns(line), "audio", DAMAGED)

    def _opener(self, follow: Follow | None) -> Callable[[], BinaryIO]:
        return lambda: cast(BinaryIO, io.BufferedReader(GrowingFile(self.path, follow), READ_BYTES))

    def _lines(self, follow: Follow | None = None, *, media: bool = True) -> Iterator[Line]:
        return iter(()) if self._sidecar is None else _read(self._sidecar, follow, media=media)

    def _read_format(self) -> StreamFormat:
        for line in self._lines(media=False):
            if isinstance(line, FormatLine):
                return line.format
        with MediaFile(self.path, threads=self._threads) as media:
            return media.format

    def _lasts_ns(self, line: FrameLine | SoundLine) -> int:
        if isinstance(line, FrameLine):
            return round(NS_PER_S / self.format.video.fps) if self.format.video else 0
        return round(line.samples * NS_PER_S / self.format.audio.rate_hz) if self.format.audio else 0


class _Matched(Generic[Payload]):
    """Finds the packet of each stamp; both come in rising order."""

    def __init__(self, packets: Iterator[tuple[int | None, Payload]]) -> None:
        self.ended = False
        self._packets = packets
        self._next: tuple[int, Payload] | None = None

    def take(self, pts_ms: int) -> Payload | None:
        """Return what has this stamp, or None; packets before it (filled-in zeros) are passed over."""
        while not self.ended and (self._next is None or self._next[0] < pts_ms):
            stamp, payload = next(self._packets, (None, None))
            self.ended = payload is None
            self._next = None if payload is None else (-1 if stamp is None else stamp, payload)
        if self._next is None or self._next[0] != pts_ms:
            return None
        payload, self._next = self._next[1], None
        return payload


def _read(path: Path, follow: Follow | None, *, media: bool = True) -> Iterator[Line]:
    with io.BufferedReader(GrowingFile(path, follow)) as file:
        yield from read_lines(file, path, media=media)


def _enter(timeline: Timeline, line: Line) -> None:
    """Put a line on the timeline, if it belongs there."""
    if isinstance(line, Press):
        timeline.presses.append(line)
    elif isinstance(line, Mark):
        timeline.marks.append(line)
    elif isinstance(line, Gap):
        timeline.gaps.append(line)
    elif isinstance(line, SignalEvent):
        timeline.signal.append(line)
    elif isinstance(line, RigEvent):
        timeline.rig.append(line)
    elif isinstance(line, RigOffset):
        timeline.rig_offset = line


def _moved(line: Line, start_ns: int) -> Line:
    """Return a line with its times counted from the start of the recording."""
    if isinstance(line, Gap | Press):
        return replace(line, start_ns=line.start_ns - start_ns, end_ns=line.end_ns - start_ns)
    if isinstance(line, SignalEvent | RigEvent | Mark):
        return replace(line, t_ns=line.t_ns - start_ns)
    return line
