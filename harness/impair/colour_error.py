"""Wrong colours: the device handles chroma, range or matrix wrongly from one frame to the next."""

from fractions import Fraction
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.impair.base import FaultSpec, Impairment, Picture
from harness.impair.grain import Grain
from harness.media import Plane

WEIGHTS = {"601": (0.299, 0.114), "709": (0.2126, 0.0722)}
"""What red and blue contribute to luma (ITU-R BT.601, BT.709)."""


class ColourError(Impairment):
    """Shows the picture in wrong colours.

    Kinds: `swapped` has U and V in each other's place; `missing` has lost one of them, `mono` both;
    `range` takes narrow range for full range or the other way round; `matrix` decodes by BT.601 what was
    coded by BT.709, or the other way round; `cast` has the zero of chroma displaced. Which of two, the
    seed picks.

    Levels: these errors are what they are; medium and hard lay grain over the luma. A plane that is lost
    reads 0 at the level easy, neutral at the others; at the level hard a wrong range is half as wrong;
    a cast is 28, 18, or 10 code values strong.
    """

    defect = "colour_error"
    medium = "picture"
    kinds = ("swapped", "missing", "mono", "range", "matrix", "cast")
    grain_codes: ClassVar[dict[str, int]] = {"easy": 0, "medium": 1, "hard": 2}
    cast_codes: ClassVar[dict[str, float]] = {"easy": 28.0, "medium": 18.0, "hard": 10.0}

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._grain = Grain(self.grain_codes[spec.level], self.random)
        self._other = bool(self.random.integers(2))
        angle = self.random.uniform(0, 2 * np.pi)
        self._offsets = self.cast_codes[spec.level] * np.array([np.cos(angle), np.sin(angle)])
        self._luma_table, self._chroma_table = _tables(self._other, 0.5 if spec.level == "hard" else 1.0)

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return the picture in wrong colours inside the interval."""
        if not self.active(t_s):
            return picture
        wrong = {
            "swapped": self._swapped,
            "missing": self._missing,
            "mono": self._mono,
            "range": self._range,
            "matrix": self._matrix,
            "cast": self._cast,
        }
        y, u, v = wrong[self.kind](*picture)
        return self._grain.over(y), u, v

    def _swapped(self, y: Plane, u: Plane, v: Plane) -> Picture:
        return y, v, u

    def _missing(self, y: Plane, u: Plane, v: Plane) -> Picture:
        lost = np.full_like(u, 0 if self.spec.level == "easy" else 128)
        return (y, u, lost) if self._other else (y, lost, v)

    def _mono(self, y: Plane, u: Plane, v: Plane) -> Picture:
        neutral = np.full_like(u, 128)
        return y, neutral, neutral

    def _range(self, y: Plane, u: Plane, v: Plane) -> Picture:
        return cv2.LUT(y, self._luma_table), *(cv2.LUT(plane, self._chroma_table) for plane in (u, v))

    def _matrix(self, y: Plane, u: Plane, v: Plane) -> Picture:
        names = ("709", "601") if self._other else ("601", "709")
        coded, decoded = (_to_rgb(*WEIGHTS[name]) for name in names)
        wrong = np.linalg.inv(coded) @ decoded
        chroma = [plane.astype(np.float32) - 128 for plane in (u, v)]
        tint = wrong[0, 1] * chroma[0] + wrong[0, 2] * chroma[1]
        wide = cv2.resize(tint, (2 * tint.shape[1], 2 * tint.shape[0]), interpolation=cv2.INTER_LINEAR)
        luma = cv2.add(y, wide[: y.shape[0], : y.shape[1]], dtype=cv2.CV_8U)
        return luma, *(_codes(row[1] * chroma[0] + row[2] * chroma[1] + 128) for row in wrong[1:])

    def _cast(self, y: Plane, u: Plane, v: Plane) -> Picture:
        tinted = [
            _codes(plane + np.float32(codes)) for plane, codes in zip((u, v), self._offsets, strict=True)
        ]
        return y, tinted[0], tinted[1]


def _codes(values: NDArray[np.floating]) -> Plane:
    return np.asarray(np.clip(np.rint(values), 0, 255), dtype=np.uint8)


def _tables(squeezed: bool, strength: float) -> tuple[Plane, Plane]:
    """Return what a wrong range makes of each code value of luma and of chroma."""
    code = np.arange(256.0)
    luma, chroma = (code - 16) * 255 / 219, (code - 128) * 255 / 224 + 128
    if squeezed:
        luma, chroma = code * 219 / 255 + 16, (code - 128) * 224 / 255 + 128
    return _codes(code + strength * (luma - code)), _codes(code + strength * (chroma - code))


def _to_rgb(red: float, blue: float) -> NDArray[np.float64]:
    """Return the matrix from Y, U, V in code values of narrow range to red, green, blue."""
    green = 1 - red - blue
    v_to_red, u_to_blue = 2 * (1 - red) * 219 / 224, 2 * (1 - blue) * 219 / 224
    to_green = [1, -blue * u_to_blue / green, -red * v_to_red / green]
    return np.array([[1, 0, v_to_red], to_green, [1, u_to_blue, 0]])
