"""The front pair of channels as a series: levels, their correlation, and what changes at one moment."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.sound_view import SoundView

FLOOR_DB: Final = -120.0
HOP_NS: Final = round(SoundView.HOP_S * 1e9)
Values = NDArray[np.float64]


def pair_row(view: SoundView) -> tuple[float, float, float, float, float]:
    """Return the levels of left and right, correlation, level of the sides over the mid, and its brightness.

    Levels are in dBFS (mean square, full scale 1); brightness is the power of the mid's steps over the mid.
    """
    pair = view.samples[:, :2].astype(np.float64)
    steps = pair[1:] - pair[:-1]
    left, right = pair[:, 0], pair[:, 1]
    powers = np.array([left @ left, right @ right, left @ right]) / max(1, len(pair))
    mid, side = powers[0] + powers[1] + 2 * powers[2], powers[0] + powers[1] - 2 * powers[2]
    mid_steps = steps[:, 0] + steps[:, 1]
    both = float(np.sqrt(powers[0] * powers[1]))
    return (
        _decibels(powers[0]),
        _decibels(powers[1]),
        float(powers[2]) / both if both > 0 else 0.0,
        _decibels(side) - _decibels(mid),
        _decibels(float(mid_steps @ mid_steps) / max(1, len(pair))) - _decibels(mid),
    )


def _decibels(power: float) -> float:
    return float(max(FLOOR_DB, 10 * np.log10(max(power, 1e-15))))


@dataclass(frozen=True, slots=True)
class Pair:
    """The columns of `pair_row`, hop by hop."""

    t_ns: NDArray[np.int64]
    left: Values
    right: Values
    correlation: Values
    sides: Values
    brightness: Values

    def unbroken(self, start: int, stop: int) -> bool:
        """Return whether these hops exist and follow each other without a gap."""
        if start < 0 or stop > len(self.t_ns) or stop - start < 2:
            return False
        length_ns = int(self.t_ns[stop - 1] - self.t_ns[start])
        return abs(length_ns - (stop - start - 1) * HOP_NS) <= 2 * HOP_NS

    @property
    def mid(self) -> Values:
        """Return the level of the sum of both, in dBFS."""
        return np.asarray(decibels(self.powers() @ np.array([1.0, 1.0, 2.0])))

    def powers(self) -> Values:
        """Return power of left, of right and their product, a hop a row."""
        left, right = 10 ** (self.left / 10), 10 ** (self.right / 10)
        return np.stack([left, right, self.correlation * np.sqrt(left * right)], axis=1)


def decibels(powers: Values) -> Values:
    """Return powers in dBFS, not below `FLOOR_DB`."""
    return np.asarray(10 * np.log10(np.maximum(powers, 10 ** (FLOOR_DB / 10))))
