"""What every title of the virtual device answers to, and the sound that all of them loop."""

from fractions import Fraction
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import Picture
from harness.media import AudioFormat, VideoFormat
from harness.simulator.titles.captions import Cue

SOUND: Final = AudioFormat(rate_hz=48_000, channels=2)
Samples = NDArray[np.int16]
JOIN_SAMPLES: Final = SOUND.rate_hz // 100
"""The sound of a loop is cross-faded for 10 ms at its join, so that it does not click."""


class Reel(Protocol):
    """A title opened for one output mode. It never ends: a title repeats without a seam."""

    def picture(self, at_s: Fraction) -> Picture:
        """Return what is shown at a position (seconds since the title began, repeats included).

        The same planes come back while the source frame stays the same; nobody may write to them.
        Raises InputError when the title cannot be read.
        """

    def sound(self, first: int, count: int) -> Samples:
        """Return `count` samples from position `first` (at 48 kHz; may be negative), shape (count, 2)."""

    def close(self) -> None:
        """Let go of the file and the threads."""


class Title(Protocol):
    """Something that can be played."""

    @property
    def name(self) -> str:
        """Return the name in URIs and plans."""

    @property
    def words(self) -> str:
        """Return the name as people read it."""

    @property
    def duration_s(self) -> Fraction:
        """Return how long one round is; at its end the title begins again."""

    @property
    def captions(self) -> tuple[Cue, ...]:
        """Return its captions in order of time; none for most."""

    def open(self, video: VideoFormat) -> Reel:
        """Start reading for an output mode; raises InputError for a file that holds no picture."""


class SoundLoop:
    """Sound that repeats for ever, from samples that were prepared to be joined.

    Parameters
    ----------
    samples : int16 array, shape (samples, 2)

    """

    def __init__(self, samples: Samples) -> None:
        self.samples = samples

    def read(self, first: int, count: int) -> Samples:
        """Return `count` samples from any position."""
        length = len(self.samples)
        start = first % length
        if start + count <= length:
            return self.samples[start : start + count]
        return self.samples[np.arange(start, start + count) % length]


def joined(samples: Samples, length: int) -> Samples:
    """Return sound cut or filled to `length` samples, so that its end runs into its beginning.

    What is missing (a coded sound is rarely as long as its picture) is filled with its own tail, played
    backwards, for half a second at most; after that it is silent. The first 10 ms fade over from what
    would have come after the end.
    """
    wanted = length + JOIN_SAMPLES
    missing = wanted - len(samples)
    if missing > 0:
        tail = samples[::-1][: min(missing, SOUND.rate_hz // 2)]
        silent = np.zeros((missing - len(tail), SOUND.channels), np.int16)
        samples = np.concatenate([samples, tail, silent])
    loop = samples[:length].copy()
    fade = min(JOIN_SAMPLES, length)
    ramp = np.linspace(0.0, 1.0, fade, endpoint=False, dtype=np.float32)[:, None]
    loop[:fade] = np.rint(samples[:fade] * ramp + samples[length : length + fade] * (1 - ramp))
    return loop


def readable(name: str) -> str:
    """Return the name of a file as people read it."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def captions_beside(path: Path) -> Path | None:
    """Return the caption file that lies beside a media file under the same name, or None."""
    beside = (path.with_suffix(suffix) for suffix in (".vtt", ".srt"))
    return next((candidate for candidate in beside if candidate.is_file()), None)
