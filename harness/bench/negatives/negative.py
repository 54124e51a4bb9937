"""Clean programme that is easily taken for a defect, drawn and synthesised as it is shown."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import Picture
from harness.media import VideoFormat
from harness.simulator.titles.title import SOUND, Samples, SoundLoop, joined

Wave = NDArray[np.float64]
"""Sound of shape (samples, 2), full scale 1."""

Scene = Callable[[float], Picture]
"""Returns the picture of a time in seconds; the same time gives the same picture, in any order."""

Paint = Callable[[int, int], Scene]
"""Prepares a scene for a width and a height in px, both even."""

Play = Callable[[int], Wave]
"""Returns so many seconds of sound."""

EARLY: Final = 1e-6
"""Positions may be floats: a picture is due from a microsecond before its time."""


@dataclass(frozen=True, slots=True)
class Negative:
    """Clean programme of one kind, in which every finding is a false alarm.

    Parameters
    ----------
    name : its name in reports
    what : one line for people
    paint, play : its picture and its sound
    seconds : how long it is; then it begins again
    fps : the frame rate at which it is broadcast
    made_fps : the rate at which its pictures were made, where it is lower (24 in 60); else None

    """

    name: str
    what: str
    paint: Paint
    play: Play
    seconds: int = 8
    fps: Fraction = Fraction(25)
    made_fps: Fraction | None = None

    def open(self, video: VideoFormat) -> "Showing":
        """Draw for an output mode."""
        return Showing(self, video)


class Showing:
    """A negative at one size and frame rate."""

    def __init__(self, negative: Negative, video: VideoFormat) -> None:
        self._negative = negative
        self._fps = negative.made_fps or video.fps
        self._scene = negative.paint(video.width_px, video.height_px)
        self._shown: tuple[int, Picture] | None = None

    def picture(self, at_s: Fraction | float) -> Picture:
        """Return the y, u, v planes of a position; nobody may write to them."""
        number = math.floor(float(at_s % self._negative.seconds) * self._fps + EARLY)
        if self._shown is None or self._shown[0] != number:
            self._shown = (number, self._scene(float(number / self._fps)))
        return self._shown[1]

    def sound(self, first: int, count: int) -> Samples:
        """Return `count` samples from position `first`, at 48 kHz, shape (count, 2)."""
        return self._loop.read(first, count)

    def close(self) -> None:
        """Nothing is held."""

    @cached_property
    def _loop(self) -> SoundLoop:
        wave = self._negative.play(self._negative.seconds)
        samples = np.rint(np.clip(wave, -1, 1) * 32767).astype(np.int16)
        return SoundLoop(joined(samples, self._negative.seconds * SOUND.rate_hz))
