"""A solid colour: the device shows that it has lost its input."""

from fractions import Fraction
from typing import ClassVar

import numpy as np

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.impair.grain import Grain
from harness.impair.logo import keep_logo
from harness.media import Plane

BARS = ((180, 128, 128), (162, 44, 142), (131, 156, 44), (112, 72, 58))
"""Y, U, V of white, yellow, cyan and green in 75 % bars (ITU-R BT.601); the others mirror them."""


class SolidColour(Impairment):
    """Shows one colour, or colour bars, instead of the picture.

    Levels: easy is as vivid as a generator makes it; medium is duller, with a little grain; hard is
    duller still, with more grain, and the corner of the picture where a channel's logo sits stays.
    """

    defect = "solid_colour"
    medium = "picture"
    kinds = ("blue", "green", "grey", "bars")
    colours: ClassVar[dict[str, tuple[int, int, int]]] = {
        "blue": (41, 240, 110),
        "green": (133, 44, 32),
        "grey": (126, 128, 128),
    }
    vividness: ClassVar[dict[str, float]] = {"easy": 1.0, "medium": 0.7, "hard": 0.4}
    grain_codes: ClassVar[dict[str, int]] = {"easy": 0, "medium": 1, "hard": 2}

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._grain = Grain(self.grain_codes[spec.level], self.random)
        self._screen: Picture | None = None

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the empty screen inside the interval."""
        if not self.active(t_s):
            return picture
        if self._screen is None or self._screen[0].shape != picture[0].shape:
            self._screen = self._paint(picture)
        y, u, v = self._screen
        shown = self._grain.over(y), u, v
        return keep_logo(shown, picture) if self.spec.level == "hard" else shown

    def _paint(self, picture: Picture) -> Picture:
        tones = _bars() if self.kind == "bars" else np.array([self.colours[self.kind]])
        dull = np.array([96.0, 128.0, 128.0])
        codes = np.rint(dull + (tones - dull) * self.vividness[self.spec.level]).astype(np.uint8)
        y, u, v = (_columns(plane, codes[:, part]) for part, plane in enumerate(picture))
        return y, u, v


def _bars() -> np.ndarray:
    """Return Y, U, V of the eight bars: each of the last four is what its mirror lacks to white."""
    first = np.array(BARS)
    last = np.array([196, 256, 256]) - first[::-1]
    return np.concatenate([first, last])


def _columns(plane: Plane, codes: Plane) -> Plane:
    edges = np.linspace(0, plane.shape[1], len(codes) + 1).round().astype(int)
    row = np.repeat(codes, np.diff(edges))
    return np.repeat(row[None], plane.shape[0], axis=0)
