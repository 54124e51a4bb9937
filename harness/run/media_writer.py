"""Writes frames and sound to an ordinary media file, as near to what came in as its container allows."""

import contextlib
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import av
import av.error
import numpy as np

from harness.clock import NS_PER_S
from harness.errors import InputError
from harness.media import AudioBlock, Frame, StreamFormat

SOUND_CODEC: Final = {
    ".mkv": "pcm_s16le",
    ".mov": "pcm_s16le",
    ".mp4": "aac",
    ".m4v": "aac",
    ".wav": "pcm_s16le",
    ".flac": "flac",
}
"""By the name's ending; sound is exact everywhere but in MP4, which carries no PCM that all players know."""

SOUND_ALONE: Final = (".wav", ".flac")
NEAR_LOSSLESS_CRF: Final = 10
TICK: Final = Fraction(1, 90_000)
LAYOUTS: Final = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


class MediaWriter:
    """Writes one file: H.264 that is all but lossless, and sound, at the times that came in.

    Parameters
    ----------
    path : Path
        Its ending picks the container: `.mkv .mov .mp4 .m4v`, for sound alone also `.wav .flac`.
    stream : StreamFormat
        What will come. An odd last row or column is left out.
    crf : int
        The constant rate factor of x264: 0 is lossless, 18 looks the same, 23 is usual on the web.

    Raises InputError when the path cannot be written.

    """

    def __init__(self, path: Path, stream: StreamFormat, *, crf: int = NEAR_LOSSLESS_CRF) -> None:
        self.path = path
        self._picture_options = {"crf": str(crf), "preset": "veryfast"}
        suffix = check_suffix(path)
        if stream.video and suffix in SOUND_ALONE:
            raise InputError(f"{path}: holds sound alone, and the input has a picture; write .mkv or .mp4")
        try:
            self._container: Any = av.open(f"file:{path}", "w")
            self._video: Any = self._add_video(stream) if stream.video else None
            self._audio: Any = self._add_audio(stream, SOUND_CODEC[suffix]) if stream.audio else None
        except (OSError, av.error.FFmpegError, ValueError) as error:
            raise InputError(f"{path}: cannot be written ({_reason(error)})") from None

    def write(self, item: object) -> None:
        """Write a frame or a block of sound; anything else is passed over."""
        try:
            if isinstance(item, Frame) and self._video:
                self._container.mux(self._video.encode(self._picture(item)))
            elif isinstance(item, AudioBlock) and self._audio and len(item.samples):
                self._container.mux(self._audio.encode(self._sound(item)))
        except (OSError, av.error.FFmpegError) as error:
            raise InputError(f"{self.path}: cannot be written ({_reason(error)})") from None

    def close(self) -> None:
        """Finish the file."""
        try:
            for stream in (self._video, self._audio):
                if stream:
                    self._container.mux(stream.encode(None))
            self._container.close()
        except (OSError, av.error.FFmpegError) as error:
            raise InputError(f"{self.path}: cannot be written ({_reason(error)})") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        with contextlib.suppress(Exception):
            self._container.close()

    def _add_video(self, stream: StreamFormat) -> Any:
        video = stream.video
        assert video is not None  # noqa: S101 - asked for with a picture only
        track = self._container.add_stream("libx264", rate=video.fps, options=self._picture_options)
        track.width, track.height = video.width_px // 2 * 2, video.height_px // 2 * 2
        track.pix_fmt, track.time_base = "yuv420p", TICK
        track.codec_context.time_base, track.codec_context.color_range = TICK, 1
        return track

    def _add_audio(self, stream: StreamFormat, codec: str) -> Any:
        audio = stream.audio
        assert audio is not None  # noqa: S101 - asked for with sound only
        self._rate_hz = audio.rate_hz
        self._layout = LAYOUTS[audio.channels]
        track = self._container.add_stream(codec, rate=audio.rate_hz, layout=self._layout)
        if codec == "aac":
            track.bit_rate = 128_000 * audio.channels
        return track

    def _picture(self, frame: Frame) -> Any:
        picture = av.VideoFrame(self._video.width, self._video.height, "yuv420p")
        for plane, values in zip(picture.planes, (frame.y, frame.u, frame.v), strict=True):
            rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            rows[: plane.height, : plane.width] = values[: plane.height, : plane.width]
        picture.pts, picture.time_base = round(frame.t_ns / NS_PER_S / TICK), TICK
        return picture

    def _sound(self, block: AudioBlock) -> Any:
        codes = np.clip(np.rint(block.samples * np.float32(32768)), -32768, 32767).astype(np.int16)
        sound = av.AudioFrame.from_ndarray(codes.reshape(1, -1), format="s16", layout=self._layout)
        sound.sample_rate = self._rate_hz
        sound.pts, sound.time_base = round(block.t_ns * self._rate_hz / NS_PER_S), Fraction(1, self._rate_hz)
        return sound


def check_suffix(path: Path) -> str:
    """Return the ending of a name that can be written; raises InputError for another."""
    suffix = path.suffix.lower()
    if suffix not in SOUND_CODEC:
        raise InputError(
            f"{path}: cannot write {suffix or 'a name without ending'}; use one of {' '.join(SOUND_CODEC)}"
        )
    return suffix


def _reason(error: Exception) -> str:
    return " ".join(str(getattr(error, "strerror", None) or error).split())
