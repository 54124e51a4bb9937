"""The title `sync_pattern`: a flash and a beep each second, and a number on every frame.

Layout, in fractions of the frame (`harness.analysis.markers` writes and reads it): the numbered row of 32
cells at the top; a patch in the middle half that turns white in the first frame of each second (two frames
from 48 frames a second on); a dial with a hand inside the patch, and a gliding ground, so that every frame
differs from the one before; greys and colours of known code values at either side
(`harness.analysis.patches`); the time at the bottom. The beep, 1 kHz at -12 dBFS, begins with the very
sample that leaves with the first line of the flash, and lasts as long; between beeps a chord at -38 dBFS
sounds.

It is made at the output's own frame rate, so that each frame is shown once.
"""

import math
from fractions import Fraction
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from harness.analysis import markers, patches
from harness.impair.base import Picture
from harness.media import Plane, VideoFormat
from harness.simulator.screen.sprite import Sprite
from harness.simulator.screen.typeface import type_of
from harness.simulator.titles.captions import Cue
from harness.simulator.titles.music import bed
from harness.simulator.titles.scene import Gliding, Ground
from harness.simulator.titles.title import SOUND, Samples, SoundLoop

BEEP_DBFS = -12.0
BED_DBFS = -38.0
_GROUND = Ground(dark=(18, 34, 62), light=(60, 112, 140))


class SyncPattern:
    """Ten minutes of it, then the frames are numbered from 0 again."""

    name = "sync_pattern"
    words = "Sync pattern"
    duration_s = Fraction(600)
    captions: tuple[Cue, ...] = ()

    def open(self, video: VideoFormat) -> "SyncPatternReel":
        """Draw for an output mode."""
        return SyncPatternReel(video, self.duration_s)


class SyncPatternReel:
    """The pattern at one size and one frame rate."""

    def __init__(self, video: VideoFormat, duration_s: Fraction) -> None:
        self._video = video
        self._frames = int(duration_s * video.fps)
        self._ground = Gliding(_GROUND, video)
        self._beep_s = markers.flash_frames(video.fps) / video.fps
        self._digits = [_glyph(character, video.height_px // 18) for character in "0123456789:"]
        self._shown: tuple[int, Picture] | None = None

    def picture(self, at_s: Fraction) -> Picture:
        """Return the numbered frame of a position."""
        number = int(at_s * self._video.fps) % self._frames
        if self._shown is None or self._shown[0] != number:
            self._shown = (number, self._draw(number))
        return self._shown[1]

    def sound(self, first: int, count: int) -> Samples:
        """Return chord and beeps."""
        return SoundLoop(_sound(self._beep_s)).read(first, count)

    def close(self) -> None:
        """Nothing is held."""

    def _draw(self, number: int) -> Picture:
        fps = self._video.fps
        picture = self._ground.picture(number)
        y, u, v = picture
        in_second = number - math.ceil(int(number / fps) * fps)
        if in_second < markers.flash_frames(fps):
            y[markers.PATCH.of(y)] = markers.WHITE
            for plane in (u, v):
                plane[markers.PATCH.of(plane)] = 128
        else:
            self._hand(y, Fraction(in_second) / fps)
        self._neutral(u, v)
        markers.paint(y, number)
        patches.paint(y, u, v)
        self._time(picture, number)
        return picture

    def _hand(self, y: Plane, turn: Fraction) -> None:
        height, width = y.shape
        centre, reach = (width // 2, height // 2), int(height * 0.2)
        thick = max(2, height // 120)
        angle = 2 * math.pi * float(turn)
        tip = (centre[0] + round(reach * math.sin(angle)), centre[1] - round(reach * math.cos(angle)))
        cv2.circle(y, centre, reach, 150, thick)
        cv2.line(y, centre, tip, 210, 2 * thick)

    def _neutral(self, u: Plane, v: Plane) -> None:
        for plane in (u, v):
            plane[markers.ROW.of(plane)] = 128

    def _time(self, picture: Picture, number: int) -> None:
        fps = self._video.fps
        seconds = int(number / fps)
        frame = number - math.ceil(seconds * fps)
        words = f"{seconds // 60:02d}:{seconds % 60:02d}:{frame:02d}"
        advances = [self._video.height_px // (48 if character == ":" else 24) for character in words]
        middle = (self._video.width_px - sum(advances)) // 2 + advances[0] // 2
        top = int(self._video.height_px * 0.8)
        for place, character in enumerate(words):
            glyph = self._digits["0123456789:".index(character)]
            glyph.onto(picture, middle - glyph.width_px // 2, top)
            middle += (advances[place] + advances[min(place + 1, len(words) - 1)]) // 2


def _glyph(character: str, size_px: int) -> Sprite:
    image = Image.new("RGBA", (size_px * 3 // 4 + 2 & ~1, size_px * 5 // 4 & ~1), (240, 243, 250, 0))
    place = (image.width // 2, image.height // 2)
    ImageDraw.Draw(image).text(place, character, fill=(240, 243, 250), font=type_of(size_px), anchor="mm")
    return Sprite(image)


@lru_cache(maxsize=4)
def _sound(beep_s: Fraction) -> Samples:
    sound = bed("calm", 10, BED_DBFS).copy()
    count = round(beep_s * SOUND.rate_hz)
    tone = np.cos(2 * np.pi * markers.BEEP_HZ * np.arange(count) / SOUND.rate_hz)
    beep = np.rint(tone * 10 ** (BEEP_DBFS / 20) * 32767).astype(np.int16)
    for first in range(0, len(sound), SOUND.rate_hz):
        sound[first : first + count] = beep[:, None]
    return sound
