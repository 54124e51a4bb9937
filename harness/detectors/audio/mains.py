"""The lines of the mains in sound: what lies at the multiples of 50 and of 60 Hz."""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.bands import mono
from harness.analysis.sound_view import SoundView

FAMILIES_HZ: Final = (50.0, 60.0)
HARMONICS: Final = 6
LINES_HZ: Final = tuple(
    dict.fromkeys(family * number for family in FAMILIES_HZ for number in range(1, HARMONICS + 1))
)


def columns_of(family_hz: float) -> list[int]:
    """Return where the lines of a family stand among all lines."""
    return [LINES_HZ.index(family_hz * number) for number in range(1, HARMONICS + 1)]


class MainsLines:
    """Follows the complex amplitude of each line, over 20 ms that end with the hop."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None

    def take(self, view: SoundView) -> NDArray[np.float32] | None:
        """Return real and imaginary part of each line, side by side, or None.

        The phase is that at the start of the hop. There is nothing in the first hop after a gap, and in
        the short one at the end.
        """
        samples = view.of(mono)
        before = None if view.after_gap else self._before
        self._before = samples
        if before is None or len(before) != len(samples):
            return None
        return np.concatenate((before, samples)) @ _table(len(samples), view.rate_hz)


@lru_cache(maxsize=4)
def _table(hop: int, rate_hz: int) -> NDArray[np.float32]:
    """Return a windowed turn of each line over two hops, re and im side by side; phase 0 in their middle."""
    t_s = (np.arange(2 * hop) - hop) / rate_hz
    window = np.hanning(2 * hop + 1)[:-1]
    turns = np.exp(-2j * np.pi * np.outer(t_s, LINES_HZ)) * (window * 2 / window.sum())[:, None]
    return np.ascontiguousarray(turns.astype(np.complex64)).view(np.float32)


def leakage(off_by_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of a tone so far from a line is seen in it (1 at the line itself)."""
    points = 192
    t_s = (np.arange(2 * points) - points) / (points / SoundView.HOP_S)
    window = np.hanning(2 * points + 1)[:-1]
    waves = np.cos(2 * np.pi * np.multiply.outer(off_by_hz, t_s))
    return np.asarray(waves @ window / window.sum())
