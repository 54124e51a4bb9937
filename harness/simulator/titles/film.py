"""Any media file as a title: decoded ahead of time in a thread, scaled once a source frame."""

import contextlib
import logging
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import av
import numpy as np

from harness.errors import InputError
from harness.impair.base import Picture
from harness.media import VideoFormat
from harness.simulator.titles.captions import Cue, read_captions
from harness.simulator.titles.fitting import Fitting
from harness.simulator.titles.title import SOUND, Samples, SoundLoop, captions_beside, joined, readable

LONGEST_S = 600
"""A longer film plays its first ten minutes: its sound is kept in memory (115 MB)."""
AHEAD = 10
PATIENCE_S = 20.0

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Course:
    """When the frames of a file come: `count` frames at `fps`, the first at `start_s` of the file."""

    fps: Fraction
    count: int
    start_s: Fraction

    @property
    def samples(self) -> int:
        """Return the length of one round in samples: picture and sound repeat after the same time."""
        return max(1, round(self.count / self.fps * SOUND.rate_hz))


class Film:
    """A media file; `name` is its stem, captions lie beside it as .vtt or .srt.

    Raises InputError for what is no film. What is no caption file is told in the log, and left out.
    """

    def __init__(self, path: Path, name: str | None = None, words: str | None = None) -> None:
        self.path = path
        self.name = name or path.stem
        self.words = words or readable(self.name)
        self.captions = _captions(path)
        _opened(path).close()

    @cached_property
    def course(self) -> Course:
        """Return when its frames come; the first time, the whole file is looked through for it."""
        return _course(self.path)

    @property
    def duration_s(self) -> Fraction:
        """Return how long one round is."""
        return Fraction(self.course.samples, SOUND.rate_hz)

    def open(self, video: VideoFormat) -> "FilmReel":
        """Start decoding for an output mode."""
        return FilmReel(self.path, self.course, video)


class FilmReel:
    """A film being played."""

    def __init__(self, path: Path, course: Course, video: VideoFormat) -> None:
        self._path = path
        self._course = course
        self._video = video
        self._sound: SoundLoop | None = None
        self._ahead: _Ahead | None = None
        self._shown: tuple[int, Picture] | None = None

    def picture(self, at_s: Fraction) -> Picture:
        """Return the frame that is nearest below a position; raises InputError when it cannot be decoded."""
        position = at_s * SOUND.rate_hz
        rounds = position // self._course.samples
        inside_s = (position - rounds * self._course.samples) / SOUND.rate_hz
        slot = int(rounds) * self._course.count + min(
            int(inside_s * self._course.fps), self._course.count - 1
        )
        while self._shown is None or self._shown[0] != slot:
            with _as_input_error(self._path):
                self._shown = self._next(slot)
        return self._shown[1]

    def sound(self, first: int, count: int) -> Samples:
        """Return sound from any position; the first time, all of it is decoded."""
        if self._sound is None:
            with _as_input_error(self._path):
                self._sound = _decode_sound(self._path, self._course)
        return self._sound.read(first, count)

    def close(self) -> None:
        """Stop decoding."""
        if self._ahead:
            self._ahead.close()
        self._ahead = None

    def _next(self, slot: int) -> tuple[int, Picture]:
        ahead = self._ahead
        if ahead is None or not ahead.next_slot <= slot < ahead.next_slot + 3 * AHEAD:
            self.close()
            frames = _frames(self._path, self._course, self._video, slot)
            self._ahead = ahead = _Ahead(frames, slot)
        return ahead.take()


class _Ahead:
    """Runs an iterator of pictures a little ahead of whoever takes them."""

    def __init__(self, frames: Iterator[Picture], slot: int) -> None:
        self.next_slot = slot
        self._queue: queue.Queue[Picture | Exception] = queue.Queue(maxsize=AHEAD)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(frames,), name="film-ahead", daemon=True)
        self._thread.start()

    def take(self) -> tuple[int, Picture]:
        """Return the next picture and its slot; raises what the decoder raised."""
        item = self._queue.get(timeout=PATIENCE_S)
        if isinstance(item, Exception):
            self._queue.put(item)
            raise item
        self.next_slot += 1
        return self.next_slot - 1, item

    def close(self) -> None:
        self._stop.set()
        while self._thread.is_alive():
            try:
                self._queue.get(timeout=0.02)
            except queue.Empty:
                continue
        self._thread.join()

    def _run(self, frames: Iterator[Picture]) -> None:
        try:
            for picture in frames:
                self._queue.put(picture)
                if self._stop.is_set():
                    return
        except Exception as error:
            self._queue.put(error)


def _course(path: Path) -> Course:
    with _opened(path) as container:
        stream = container.streams.video[0]
        fps = stream.average_rate or stream.base_rate or Fraction(25)
        fps = min(max(Fraction(fps), Fraction(1)), Fraction(120))
        times = []
        for packet in container.demux(stream):
            if packet.pts is not None:
                times.append(packet.pts * stream.time_base)
            if times and times[-1] - times[0] > LONGEST_S:
                break
    if not times:
        raise InputError(f"{path}: holds no picture")
    start_s = min(times)
    return Course(fps, round((max(times) - start_s) * fps) + 1, start_s)


def _frames(path: Path, course: Course, video: VideoFormat, slot: int) -> Iterator[Picture]:
    """Yield one picture a slot for ever, from `slot` on: the latest frame that is due by then."""
    fitting = Fitting(video)
    first = slot % course.count
    while True:
        due = _due(path, course, first)
        start = next(due, None)
        if start is None:
            raise InputError(f"{path}: no frame of it can be decoded")
        current = fitting.picture(start[1])
        following = next(due, None)
        for number in range(first, course.count):
            newest = None
            while following is not None and following[0] <= number:
                newest, following = following[1], next(due, None)
            current = fitting.picture(newest) if newest else current
            yield current
        first = 0


def _due(path: Path, course: Course, first: int) -> Iterator[tuple[int, Any]]:
    """Yield (slot at which it is due, frame) from the last frame that is due by `first` on."""
    held = None
    with _opened(path) as container:
        stream = container.streams.video[0]
        if first:
            # A file without an index is decoded from its beginning instead.
            with contextlib.suppress(av.error.FFmpegError):
                container.seek(int((course.start_s + first / course.fps) / stream.time_base), stream=stream)
        for frame in _decoded(container, stream):
            number = round((frame.pts * stream.time_base - course.start_s) * course.fps)
            if number > first and held is not None:
                yield first, held
                held = None
            if number > first:
                yield number, frame
            else:
                held = frame
    if held is not None:
        yield first, held


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    for packet in container.demux(stream):
        try:
            yield from (frame for frame in packet.decode() if frame.pts is not None)
        except av.error.InvalidDataError:
            continue


def _decode_sound(path: Path, course: Course) -> SoundLoop:
    blocks = [np.zeros((0, SOUND.channels), np.int16)]
    with _opened(path) as container:
        resampler = av.AudioResampler(format="s16", layout="stereo", rate=SOUND.rate_hz)
        lead = 0
        have = 0
        for frame in _decoded(container, container.streams.audio[0]) if container.streams.audio else ():
            if not have:
                lead = round((frame.pts * frame.time_base - course.start_s) * SOUND.rate_hz)
            for part in resampler.resample(frame):
                blocks.append(part.to_ndarray().reshape(-1, SOUND.channels))
                have += len(blocks[-1])
            if have + lead > course.samples + SOUND.rate_hz:
                break
        else:
            blocks += [part.to_ndarray().reshape(-1, SOUND.channels) for part in resampler.resample(None)]
    samples = np.concatenate(blocks)
    if lead > 0:
        samples = np.concatenate([np.zeros((lead, SOUND.channels), np.int16), samples])
    return SoundLoop(joined(samples[max(0, -lead) :], course.samples))


def _opened(path: Path) -> Any:
    try:
        container = av.open(str(path))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not readable as a film: {_reason(error)}") from None
    if not container.streams.video:
        container.close()
        raise InputError(f"{path}: holds no picture")
    container.streams.video[0].codec_context.thread_count = 1
    return container


@contextlib.contextmanager
def _as_input_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (av.error.FFmpegError, OSError, ValueError, queue.Empty) as error:
        raise InputError(f"{path}: cannot be decoded: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _captions(path: Path) -> tuple[Cue, ...]:
    beside = captions_beside(path)
    try:
        return read_captions(beside) if beside else ()
    except InputError as error:
        _LOG.warning("%s plays without captions: %s", path.name, error)
        return ()
