"""One title being played: where it is, what is seen and heard there, and the faults in it."""

from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.errors import InputError
from harness.impair.base import Picture
from harness.media import VideoFormat
from harness.simulator.titles.background import in_thread
from harness.simulator.titles.title import SOUND, Reel, Title

CROSSING: Final = SOUND.rate_hz // 200
"""Where the sound is cut, it fades over for 5 ms, so that the cut does not click."""
PATIENCE_S: Final = 60.0


class Playback:
    """Reads a title tick by tick. Position and sound are exact: no rounding adds up.

    It opens the title in a thread, so that the spinner need not wait for a large file.

    Parameters
    ----------
    title : what is played
    video : the output mode, at whose rate the ticks come

    """

    def __init__(self, title: Title, video: VideoFormat) -> None:
        self.title = title
        self.sound_offset_s = Fraction(0)
        self._video = video
        self._opening = in_thread(lambda: _opened(title, video, Fraction(0)), "title")
        self._base_s = Fraction(0)
        self._ticks = 0
        self._next_sample: int | None = 0

    @property
    def ready(self) -> bool:
        """Return whether the first frame can be had without a wait; also true when it never can."""
        return self._opening.done()

    @property
    def position_s(self) -> Fraction:
        """Return where the title is: seconds since it began, rounds included."""
        return self._base_s + self._ticks / self._video.fps

    def advance(self) -> None:
        """Go on by one tick."""
        self._ticks += 1

    def seek(self, position_s: Fraction) -> None:
        """Go to a position."""
        self._base_s, self._ticks = max(Fraction(0), position_s), 0

    def resize(self, video: VideoFormat) -> None:
        """Go on in another output mode."""
        position_s = self.position_s
        self._base_s, self._ticks = position_s, 0
        self._video = video
        self.close()
        self._opening = in_thread(lambda: _opened(self.title, video, position_s), "title")

    def picture(self) -> Picture:
        """Return the picture of this tick; raises InputError when the title cannot be read."""
        return self._reel.picture(self.position_s)

    def sound(self, count: int) -> NDArray[np.int16]:
        """Return the `count` samples of this tick."""
        base = round((self._base_s + self.sound_offset_s) * SOUND.rate_hz)
        return self._cut(base + round(self._ticks * SOUND.rate_hz / self._video.fps), count)

    def silence(self, count: int) -> NDArray[np.int16]:
        """Return `count` samples of silence; the sound before fades out."""
        return self._cut(None, count)

    def caption(self) -> str:
        """Return the caption at this position, or an empty string."""
        inside_s = float(self.position_s % self.title.duration_s)
        return next((cue.text for cue in self.title.captions if cue.start_s <= inside_s < cue.end_s), "")

    def close(self) -> None:
        """Stop reading, as soon as it has been opened."""
        self._opening.add_done_callback(
            lambda opened: None if opened.exception() else opened.result().close()
        )

    @property
    def _reel(self) -> Reel:
        try:
            return self._opening.result(PATIENCE_S)
        except TimeoutError:
            raise InputError(f"{self.title.name}: does not open within {PATIENCE_S:g} s") from None

    def _cut(self, first: int | None, count: int) -> NDArray[np.int16]:
        expected, self._next_sample = self._next_sample, None if first is None else first + count
        samples = self._read(first, count)
        # The very first sample of a title is heard as it is: a beep there must stay sharp.
        if first == expected or (expected == 0 and self._ticks == 0):
            return samples
        fade = min(CROSSING, count)
        ramp = np.linspace(0.0, 1.0, fade, endpoint=False, dtype=np.float32)[:, None]
        crossed = samples.copy()
        crossed[:fade] = np.rint(self._read(expected, fade) * (1 - ramp) + samples[:fade] * ramp)
        return crossed

    def _read(self, first: int | None, count: int) -> NDArray[np.int16]:
        if first is None:
            return np.zeros((count, SOUND.channels), np.int16)
        return self._reel.sound(first, count)


def _opened(title: Title, video: VideoFormat, position_s: Fraction) -> Reel:
    """Return the reel with its first frame and its sound at hand."""
    reel = title.open(video)
    try:
        reel.picture(position_s)
        reel.sound(0, 1)
    except InputError:
        reel.close()
        raise
    return reel
