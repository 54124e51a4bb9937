"""Files of the sync pattern whose sound is early or late, by however much is asked for."""

from fractions import Fraction

import av
import numpy as np

from harness.media import AudioBlock, Frame, VideoFormat
from harness.simulator.titles.sync_pattern import SyncPattern
from harness.simulator.titles.title import SOUND


class Pattern:
    """The sync pattern, 0.48 s into it, with its sound `offset_ms` early."""

    def __init__(self, fps=25, offset_ms=0.0, size=(320, 180)):
        self.video = VideoFormat(*size, Fraction(fps))
        self._reel = SyncPattern().open(self.video)
        self._first = round(0.48 * fps)
        self._early = round(offset_ms / 1000 * SOUND.rate_hz)

    def picture(self, index):
        """Return the planes of a frame."""
        return self._reel.picture((self._first + index) / self.video.fps)

    def sound(self, first, count):
        """Return int16 samples, shape (count, 2)."""
        begin = round(self._first / self.video.fps * SOUND.rate_hz)
        return self._reel.sound(begin + first + self._early, count)

    def items(self, seconds):
        """Yield frames and blocks as a capture does."""
        count = round(SOUND.rate_hz / self.video.fps)
        for index in range(int(seconds * self.video.fps)):
            t_ns = round(index / self.video.fps * 1_000_000_000)
            yield Frame(t_ns, index, *self.picture(index))
            yield AudioBlock(t_ns, index * count, np.float32(self.sound(index * count, count)) / 32768)

    def code(self, path, seconds, crf=23, sound="aac"):
        """Write a file with H.264 and coded sound."""
        with av.open(str(path), "w") as container:
            pictures = container.add_stream("libx264", rate=self.video.fps)
            pictures.width, pictures.height = self.video.width_px, self.video.height_px
            pictures.pix_fmt = "yuv420p"
            pictures.codec_context.options = {"preset": "veryfast", "crf": str(crf)}
            sounds = container.add_stream(sound, rate=SOUND.rate_hz, layout="stereo")
            for index in range(int(seconds * self.video.fps)):
                container.mux(pictures.encode(self._frame(index)))
            container.mux(pictures.encode(None))
            resampler = av.AudioResampler(
                sounds.format.name,
                "stereo",
                SOUND.rate_hz,
                frame_size=sounds.codec_context.frame_size or 1024,
            )
            for block in (*resampler.resample(self._block(seconds)), *resampler.resample(None)):
                container.mux(sounds.encode(block))
            container.mux(sounds.encode(None))
        return path

    def _frame(self, index):
        frame = av.VideoFrame(self.video.width_px, self.video.height_px, "yuv420p")
        for plane, values in zip(frame.planes, self.picture(index), strict=True):
            np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width] = values
        frame.pts, frame.time_base = index, 1 / self.video.fps
        return frame

    def _block(self, seconds):
        samples = np.ascontiguousarray(self.sound(0, int(seconds * SOUND.rate_hz)))
        block = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "s16", "stereo")
        block.sample_rate, block.pts, block.time_base = SOUND.rate_hz, 0, Fraction(1, SOUND.rate_hz)
        return block
