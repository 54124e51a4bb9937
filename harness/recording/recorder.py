"""Writes a recording: picture and sound in one Matroska file, exact times beside it."""

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import av.error

from harness.clock import NS_PER_MS, NS_PER_S
from harness.errors import RigError
from harness.media import AudioBlock, Captured, Frame, Gap, SignalEvent, StreamFormat
from harness.recording.disk import WholeFile, require_room
from harness.recording.timing import EndLine, FormatLine, FrameLine, SoundLine, TimingWriter, sidecar
from harness.recording.tracks import AudioTrack, VideoTrack
from harness.timeline import Mark, Press, RigOffset

MUXER = {
    # A killed recording loses what its open cluster holds, and live analysis lags by it.
    "cluster_time_limit": "500",
    "flush_packets": "1",
    # Without sound for so long, pictures are written without waiting for it (in us).
    "max_interleave_delta": "500000",
    "write_crc32": "0",
}
LONGEST_FILL_S = 10


class Recorder:
    """Records what a source captured.

    H.264 (crf 18) and 16-bit PCM in Matroska. One recording has one format: frames that come in another
    size later are scaled into it, and the timeline says when the change was.

    Parameters
    ----------
    path : Path
        The `.mkv` to write; the sidecar `.timing.jsonl` comes beside it. Neither may exist.
    stream : StreamFormat
        What the source delivers; a half that is None is not recorded.
    lossless : bool
        Record the picture bit-exact, at some 30 times the size.
    threads : int
        Encoding threads.

    Raises RigError when the disk is full, InputError when the path cannot be used.

    """

    def __init__(self, path: Path, stream: StreamFormat, *, lossless: bool = False, threads: int = 2) -> None:
        self.path = path
        require_room(path)
        self.format = stream
        self.frames = 0
        self.samples = 0
        self._start_ns: int | None = None
        self._last_ms = -1
        self._sound_ms = 0
        self._sound_end_ns: int | None = None
        self.failure: RigError | None = None
        """Why nothing more can be written; None as long as all is well."""
        self._rate_hz = stream.audio.rate_hz if stream.audio else 0
        with self._disk():
            self._times_file = WholeFile(sidecar(path), "wb")
            self._times = TimingWriter(self._times_file)
            self._times.write(FormatLine(stream))
            self._file = WholeFile(path, "wb")
            self._container: Any = av.open(self._file, "w", format="matroska", container_options=MUXER)
            video, audio = stream.video, stream.audio
            self._video = (
                VideoTrack(self._container, video, lossless=lossless, threads=threads) if video else None
            )
            self._audio = AudioTrack(self._container, audio) if audio else None
            self._container.start_encoding()

    def write(self, item: Captured) -> None:
        """Record one item, in the order of capture; raises RigError when the disk is full."""
        with self._disk():
            if isinstance(item, Frame):
                self._write_frame(item)
            elif isinstance(item, AudioBlock):
                self._write_sound(item)
            else:
                self._times.write(item)
                if isinstance(item, SignalEvent) and item.format and item.format.audio:
                    self._rate_hz = item.format.audio.rate_hz

    def note(self, event: Press | Mark | RigOffset) -> None:
        """Put a key press, a mark, or the rig's own offset on the timeline; from any thread."""
        with self._disk():
            self._times.write(event)

    def close(self) -> None:
        """Finish the file; idempotent. Raises RigError when the disk is full."""
        if self._times_file.closed:
            return
        try:
            if self.failure is None:
                self._finish()
        finally:
            # Closed already, or broken: then what is on the disk stays as it is.
            with contextlib.suppress(Exception):
                self._container.close()
            self._file.close()
            self._times_file.close()

    def _finish(self) -> None:
        with self._disk():
            if self._video:
                self._container.mux(self._video.packets(None))
            self._container.close()
            self._times.write(EndLine(self.frames, self.samples))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write_frame(self, frame: Frame) -> None:
        if self._video is None or self._before_start(frame.t_ns):
            return
        # Players and encoders want rising stamps, even where two frames share a millisecond.
        self._last_ms = max(self._stamp_ms(frame.t_ns), self._last_ms + 1)
        self._times.write(FrameLine(frame.index, frame.t_ns, self._last_ms))
        for packet in self._video.packets(frame, self._last_ms):
            self._container.mux(packet)
        self.frames += 1

    def _write_sound(self, block: AudioBlock) -> None:
        if self._audio is None or not len(block.samples) or self._before_start(block.t_ns):
            return
        end_ns = block.t_ns + round(len(block.samples) * NS_PER_S / self._rate_hz)
        if self._rate_hz != self._audio.rate_hz:
            # It would play at the wrong pitch.
            reason = f"sound of {self._rate_hz} Hz in a recording of {self._audio.rate_hz} Hz"
            self._times.write(Gap(block.t_ns, end_ns, "audio", reason))
            return
        self._fill_up_to(block.t_ns, self._audio)
        pts_ms = self._sound_ms = max(self._stamp_ms(block.t_ns), self._sound_ms)
        self._times.write(SoundLine(len(block.samples), block.first_sample, block.t_ns, pts_ms))
        self._container.mux(self._audio.packet(block.samples, pts_ms))
        self.samples += len(block.samples)
        self._sound_end_ns = end_ns

    def _before_start(self, t_ns: int) -> bool:
        """Whether it is from before the first frame or sample, from which the recording counts."""
        return self._start_ns is not None and t_ns < self._start_ns

    def _fill_up_to(self, t_ns: int, audio: AudioTrack) -> None:
        """Write zeros for lost samples, so that ordinary players stay in sync."""
        missing_ns = t_ns - (t_ns if self._sound_end_ns is None else self._sound_end_ns)
        if not 2 * NS_PER_MS < missing_ns < LONGEST_FILL_S * NS_PER_S:
            return
        samples = round(missing_ns * audio.rate_hz / NS_PER_S)
        pts_ms = self._sound_ms = max(self._stamp_ms(t_ns - missing_ns), self._sound_ms)
        self._times.fill(samples, pts_ms)
        self._container.mux(audio.silence(samples, pts_ms))

    def _stamp_ms(self, t_ns: int) -> int:
        if self._start_ns is None:
            self._start_ns = t_ns
        return max(0, round((t_ns - self._start_ns) / NS_PER_MS))

    @contextlib.contextmanager
    def _disk(self) -> Any:
        """Turn what the disk or the encoder says into one line, and write no more."""
        if self.failure is not None:
            raise RigError(f"{self.path}: the recording has failed before; what was written is kept")
        try:
            yield
        except (OSError, av.error.FFmpegError) as error:
            seconds = self.frames / float(self.format.video.fps) if self.format.video else 0.0
            self.failure = RigError(
                f"{self.path}: cannot be written ({getattr(error, 'strerror', None) or error}); the first "
                f"{seconds:.1f} s are kept and can be read; free the disk, then run again"
            )
            raise self.failure from None
