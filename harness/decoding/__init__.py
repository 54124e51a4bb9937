"""Decodes any media file into frames and blocks of sound, in order of time."""

import contextlib
import heapq
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import av.error

from harness.clock import NS_PER_S
from harness.decoding.audio import AudioStream, Heard
from harness.decoding.container import Damage, best_stream, open_container
from harness.decoding.video import Stamped, VideoStream
from harness.errors import InputError
from harness.media import AudioBlock, Frame, StreamFormat


class MediaFile:
    """A media file that is read from its beginning to its end, once.

    Picture and sound are each read through a container of their own: so they come in order of time, in
    bounded memory, however badly the file interleaves them.

    Parameters
    ----------
    path : Path
        Any file that FFmpeg reads and that holds its media itself (no playlists).
    threads : int
        Decoding threads for the picture; 0 lets the decoder choose.
    opener : callable, optional
        Returns a fresh binary stream of the file each time it is called, instead of the file.

    Raises InputError, in one line, if nothing in the file can be decoded.

    """

    format: StreamFormat
    """What the first frame and the first block showed."""
    damage: Damage
    """What could not be decoded so far."""

    def __init__(self, path: Path, *, threads: int = 0, opener: Callable[[], BinaryIO] | None = None) -> None:
        self.path = path
        self.damage = Damage()
        self._threads = threads
        self._containers: list[Any] = []
        self._opener = opener
        try:
            self._read_formats()
        except BaseException:
            self.close()
            raise

    def items(self) -> Iterator[Frame | AudioBlock]:
        """Yield every frame and block in order of time; to be called once.

        Frame times count from the earliest stream's start. `index` and `first_sample` count from 0; where
        the file has a hole in its sound, `first_sample` jumps.
        """
        video: Iterator[Frame | AudioBlock] = self._video.frames() if self._video else iter(())
        audio: Iterator[Frame | AudioBlock] = self._audio.blocks() if self._audio else iter(())
        return heapq.merge(video, audio, key=lambda item: item.t_ns)

    def close(self) -> None:
        """Close the file; idempotent. Frames that were delivered stay valid."""
        while self._containers:
            self._containers.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read_formats(self) -> None:
        container = self._container()
        zero_s = start_s(container)
        self._video = self._audio = None
        video, audio = best_stream(container, "video"), best_stream(container, "audio")
        if video:
            video.thread_type = "AUTO"
            video.codec_context.thread_count = self._threads
            self._video = VideoStream(container, video, zero_s, self.damage)
        if audio:
            container = self._container() if video else container
            self._audio = AudioStream(container, best_stream(container, "audio"), zero_s, self.damage)
        self.format = StreamFormat(
            self._video.format if self._video else None, self._audio.format if self._audio else None
        )
        if not (self.format.video or self.format.audio):
            reason = f" ({self.damage.first})" if self.damage.first else ""
            raise InputError(f"{self.path}: no picture and no sound in it can be decoded{reason}")

    def _container(self) -> Any:
        container = open_container(self._opener() if self._opener else self.path)
        self._containers.append(container)
        return container


def read_pictures(opener: Callable[[], BinaryIO], damage: Damage, *, threads: int = 0) -> Iterator[Stamped]:
    """Yield (stamp, planes) of each picture of a file, as its container has them."""
    with open_container(opener()) as container:
        stream = best_stream(container, "video")
        if stream:
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = threads
            yield from VideoStream(container, stream, Fraction(0), damage).pictures()


def read_sounds(opener: Callable[[], BinaryIO], damage: Damage) -> Iterator[Heard]:
    """Yield (stamp, samples) of each block of a file, as its container has them."""
    with open_container(opener()) as container:
        stream = best_stream(container, "audio")
        if stream:
            yield from AudioStream(container, stream, Fraction(0), damage).sounds()


def probe_duration_ns(path: Path) -> int:
    """Return how long a media file lasts: as its container says, else where its last packet ends."""
    with open_container(path) as container:
        if container.duration and container.duration > 0:
            return int(container.duration) * (NS_PER_S // 1_000_000)
        zero_s, end_s = start_s(container), Fraction(0)
        # Damage ends the search; what came before it counts.
        with contextlib.suppress(av.error.FFmpegError, OSError, ValueError):
            for packet in container.demux():
                stamp = packet.pts if packet.pts is not None else packet.dts
                if packet.size and stamp is not None:
                    end_s = max(end_s, (stamp + (packet.duration or 0)) * packet.time_base - zero_s)
        return round(end_s * NS_PER_S)


def start_s(container: Any) -> Fraction:
    """Return the stamp, in seconds, at which the file's own time is 0: its earliest stream's start."""
    chosen = [best_stream(container, kind) for kind in ("video", "audio")]
    starts = [s.start_time * s.time_base for s in chosen if s and s.start_time is not None]
    return Fraction(min(starts)) if starts else Fraction(0)
