"""The moving ground under the titles we draw: a soft texture that glides, cheap at any size."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from PIL import Image

from harness.impair.base import Picture
from harness.media import VideoFormat
from harness.simulator.screen.canvas import Colour, to_picture


@dataclass(frozen=True, slots=True)
class Ground:
    """A texture of two colours.

    Parameters
    ----------
    dark, light : its colours
    speed : widths of the frame that it glides each second
    waves : how many waves fit across the frame

    """

    dark: Colour
    light: Colour
    speed: Fraction = Fraction(1, 10)
    waves: int = 12


class Gliding:
    """Draws a ground for one output mode."""

    def __init__(self, ground: Ground, video: VideoFormat) -> None:
        self._video = video
        self._step = even_step(ground.speed, video)
        # Twice the width: every position of the window is then one plain slice.
        self._texture = to_picture(_texture(ground, video.width_px, video.height_px))

    def picture(self, number: int) -> Picture:
        """Return fresh planes for a frame."""
        width = self._video.width_px
        shift = number * self._step % width
        y, u, v = self._texture
        half = shift // 2
        return (
            y[:, shift : shift + width].copy(),
            u[:, half : half + width // 2].copy(),
            v[:, half : half + width // 2].copy(),
        )


def even_step(speed: Fraction, video: VideoFormat) -> int:
    """Return the pixels from one frame to the next that are nearest to a speed in widths a second.

    The step is whole and even, so that motion is even, in luma and in chroma.
    """
    return 2 * max(1, round(speed * video.width_px / video.fps / 2))


def _texture(ground: Ground, width_px: int, height_px: int) -> Image.Image:
    across = np.linspace(0, 2 * np.pi, width_px, endpoint=False, dtype=np.float32)[None, :]
    down = np.linspace(0, 2 * np.pi, height_px, endpoint=False, dtype=np.float32)[:, None]
    share = 0.5 + 0.22 * np.sin(ground.waves * across + 3 * down) + 0.14 * np.sin(2 * across - 2 * down)
    share += 0.14 * np.sin((ground.waves // 2 + 1) * across - 4 * down + 1)
    share = np.clip(share, 0, 1)[..., None]
    once = np.asarray(ground.dark) * (1 - share) + np.asarray(ground.light) * share
    return Image.fromarray(np.tile(np.rint(once).astype(np.uint8), (1, 2, 1)))
