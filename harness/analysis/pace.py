"""How many of the pictures are enough to find what lasts for several of them."""

from fractions import Fraction
from typing import Final

from harness.media import Frame

ENOUGH_HZ: Final = 30
"""What lasts is looked for in about so many pictures a second: 25 of 50, 30 of 60."""


class Pace:
    """Tells which frames are due; which ones, depends on their index alone, so live and offline agree."""

    def __init__(self, fps: Fraction | float) -> None:
        self.set(fps)

    def set(self, fps: Fraction | float) -> None:
        """Take another frame rate."""
        self.every = max(1, round(fps / ENOUGH_HZ))

    def due(self, frame: Frame) -> bool:
        """Return whether detectors of what lasts are shown this frame."""
        return frame.index % self.every == 0
