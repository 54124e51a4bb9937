"""Titles that we draw: discs drift over a gliding ground, a chord sounds, captions or a ticker run."""

import math
from dataclasses import dataclass
from fractions import Fraction

from PIL import Image

from harness.impair.base import Picture
from harness.media import VideoFormat
from harness.simulator.screen.canvas import Canvas, Colour, to_picture
from harness.simulator.screen.sprite import Sprite
from harness.simulator.titles.captions import Cue
from harness.simulator.titles.music import bed
from harness.simulator.titles.scene import Gliding, Ground, even_step
from harness.simulator.titles.title import Samples, SoundLoop

TICKER_SPEED = Fraction(1, 8)
"""Widths of the frame a second."""
BED_DBFS = -26.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A title that is made as it plays.

    Parameters
    ----------
    name, words : as in `Title`
    ground : what glides behind
    mood : its sound, a name in `music.CHORDS`
    seconds : how long one round is
    discs : the colours of the discs that drift
    ticker : words that run along the bottom, or none

    """

    name: str
    words: str
    ground: Ground
    mood: str
    seconds: int = 24
    discs: tuple[Colour, ...] = ()
    ticker: str = ""
    captions: tuple[Cue, ...] = ()

    @property
    def duration_s(self) -> Fraction:
        """Return how long one round is."""
        return Fraction(self.seconds)

    def open(self, video: VideoFormat) -> "DrawnReel":
        """Draw for an output mode, at its own frame rate."""
        return DrawnReel(self, video)


class DrawnReel:
    """A drawn title at one size and frame rate."""

    def __init__(self, title: Drawn, video: VideoFormat) -> None:
        self._title = title
        self._video = video
        self._ground = Gliding(title.ground, video)
        self._discs = [_disc(colour, video.height_px) for colour in title.discs]
        self._ticker = _ticker(title.ticker, video) if title.ticker else None
        self._badge = _badge(title.words, video)
        self._shown: tuple[int, Picture] | None = None

    def picture(self, at_s: Fraction) -> Picture:
        """Return the frame of a position."""
        number = int(at_s * self._video.fps)
        if self._shown is None or self._shown[0] != number:
            self._shown = (number, self._draw(number))
        return self._shown[1]

    def sound(self, first: int, count: int) -> Samples:
        """Return the chord."""
        return SoundLoop(bed(self._title.mood, self._title.seconds, BED_DBFS)).read(first, count)

    def close(self) -> None:
        """Nothing is held."""

    def _draw(self, number: int) -> Picture:
        picture = self._ground.picture(number)
        at_s = number / self._video.fps
        # Everything turns a whole number of times in a round, so that the round ends where it began.
        turn = 2 * math.pi * float(at_s % self._title.seconds) / self._title.seconds
        width, height = self._video.width_px, self._video.height_px
        for place, disc in enumerate(self._discs):
            x = 0.5 + 0.38 * math.sin((place + 2) * turn + place)
            y = 0.42 + 0.26 * math.cos((place + 3) * turn + 2 * place)
            disc.onto(picture, round(x * width - height * 0.12), round(y * height - height * 0.12))
        if self._ticker:
            self._run(picture, number)
        self._badge.onto(picture)
        return picture

    def _run(self, picture: Picture, number: int) -> None:
        strip = self._ticker
        if strip is None:
            return
        length = strip[0].shape[1] // 2
        shift = number * even_step(TICKER_SPEED, self._video) % length
        for half, (plane, band) in enumerate(zip(picture, strip, strict=True)):
            top = int(plane.shape[0] * 0.86)
            start = shift // (2 if half else 1)
            plane[top : top + band.shape[0]] = band[:, start : start + plane.shape[1]]


def _disc(colour: Colour, height_px: int) -> Sprite:
    side = int(height_px * 0.24)
    image = Image.new("RGB", (side, side), colour)
    mask = Canvas(Image.new("RGB", (side, side)))
    mask.disc((360, 360), 340, (255, 255, 255), alpha=150)
    image.putalpha(mask.image.getchannel("R"))
    return Sprite(image)


def _badge(words: str, video: VideoFormat) -> Sprite:
    scale = video.height_px / 720
    probe = Canvas(Image.new("RGB", (1280, 720)))
    width = probe.width_of(words, 26) + 44
    image = Image.new("RGB", (round(width * scale), round(52 * scale)), (12, 16, 34))
    # A canvas counts in units of its own height: 720 of them are this badge's 52.
    canvas = Canvas(image)
    canvas.text((width / 2 * 720 / 52, 360), words, 26 * 720 / 52, anchor="mm")
    return Sprite(image, round(56 * scale), round(44 * scale))


def _ticker(words: str, video: VideoFormat) -> Picture:
    scale = video.height_px / 720
    height = round(56 * scale) & ~1
    probe = Canvas(Image.new("RGB", (1280, 720)))
    text = (words + "      ") * (1 + int(1280 // probe.width_of(words + "      ", 28)))
    length = round(probe.width_of(text, 28) * scale) & ~1
    image = Image.new("RGB", (length * 2 + video.width_px & ~1, height), (14, 20, 46))
    canvas = Canvas(image)
    for start in range(0, image.width, length):
        canvas.text((start / canvas.scale, 360), text, 28 * 720 / 56, anchor="lm")
    return to_picture(image)
