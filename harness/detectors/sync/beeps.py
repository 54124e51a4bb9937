"""Finds the beeps of the sync pattern in sound: where a pure tone of 1 kHz begins, to the sample."""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.markers import BEEP_HZ

AUDIBLE: Final = 0.01
"""Amplitude, full scale 1, below which nothing counts as a beep: -40 dBFS; it is made at -12 dBFS."""

RISE: Final = 3.0
"""A beep is this many times louder, in amplitude, than the tone of its pitch before it: 9.5 dB."""

PURE: Final = 0.75
"""At least this share of the power of a beep lies in its tone."""

STEADY: Final = 0.7
"""A beep keeps at least this share of its amplitude while it lasts."""

BEFORE_S: Final = (0.002, 0.005, 0.009)
INSIDE_S: Final = (0.004, 0.011, 0.018)
"""Where the tone must be missing before the onset, and be there after it: the shortest beep lasts 33 ms."""

KEPT: Final = 5
"""So many hops are kept: one of quiet, two in which the beep may begin, two of beep."""


class BeepFinder:
    """Takes sound hop by hop; returns the onset of a beep once it has heard enough of it.

    A hop that is mostly tone, after one that is not, makes it look closer. Then the tone is brought to 0 Hz
    and averaged over one of its periods: a beep that begins with a sample makes the amplitude rise in a
    straight line over a period, so it begins half a period before half its height.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._period = max(1, round(rate_hz / BEEP_HZ))
        self._hops: deque[NDArray[np.float32]] = deque(maxlen=KEPT)
        self._tones: deque[bool] = deque(maxlen=KEPT)
        self._turn = np.empty(0, np.complex64)

    def take(self, samples: NDArray[np.float32]) -> float | None:
        """Take the next hop, shape (samples, channels).

        Return how many samples after the first of them a beep began (a negative number), or None.
        """
        if self._hops and self._hops[-1].shape[1] != samples.shape[1]:
            self._hops.clear()
        self._hops.append(samples)
        self._tones.append(self._is_tone(samples))
        if len(self._hops) < KEPT or list(self._tones)[1:-1] != [False, True, True]:
            return None
        known = np.concatenate(self._hops)
        first = len(self._hops[0])
        onset = self._onset(known, first, first + len(self._hops[1]) + len(self._hops[2]))
        return None if onset is None else onset - (len(known) - len(samples))

    def _is_tone(self, samples: NDArray[np.float32]) -> bool:
        """Return whether the whole hop is little but tone."""
        if len(self._turn) < len(samples):
            self._turn = self._turns(len(samples)).astype(np.complex64)
        tone = np.abs(self._turn[: len(samples)] @ samples) ** 2
        power = np.einsum("ij,ij->", samples, samples) * len(samples)
        return bool(power > (AUDIBLE * len(samples)) ** 2 / 2 and 2 * tone.sum() >= PURE * power)

    def _turns(self, count: int) -> NDArray[np.complex128]:
        return np.asarray(np.exp(-2j * np.pi * BEEP_HZ / self._rate_hz * np.arange(count)))

    def _onset(self, known: NDArray[np.float32], start: int, stop: int) -> float | None:
        """Return the place of an onset whose half height lies in `[start, stop)`, or None."""
        amplitude, purity = self._tone(known)
        rows = np.arange(
            max(start, self._samples(BEFORE_S[-1])), min(stop, len(known) - self._samples(INSIDE_S[-1]))
        )
        before = np.max([amplitude[rows - self._samples(gap)] for gap in BEFORE_S], axis=0)
        inside = [rows + self._samples(gap) for gap in INSIDE_S]
        levels = np.array([amplitude[place] for place in inside])
        full = levels[0]
        beeps = (
            (full >= AUDIBLE) & (full >= RISE * before) & (levels.min(axis=0) >= STEADY * levels.max(axis=0))
        )
        beeps &= np.min([purity[place] for place in inside], axis=0) >= PURE
        beeps &= (amplitude[rows - 1] < full / 2) & (amplitude[rows] >= full / 2)
        found = np.flatnonzero(beeps)
        return float(rows[found[0]] + 1 - self._period / 2) if found.size else None

    def _tone(self, known: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return amplitude and purity of the tone in the period that ends with each sample."""
        turn = self._turns(len(known))
        tone = (np.abs(self._mean(known * turn[:, None])) ** 2).sum(axis=1)
        power = self._mean(np.square(known, dtype=np.float64)).real.sum(axis=1)
        return 2 * np.sqrt(tone / known.shape[1]), 2 * tone / (power + 1e-12)

    def _mean(self, values: NDArray[np.complex128] | NDArray[np.float64]) -> NDArray[np.complex128]:
        total = np.cumsum(values, axis=0, dtype=np.complex128)
        before = np.concatenate((np.zeros_like(total[: self._period]), total[: -self._period]))
        return np.asarray((total - before) / self._period)

    def _samples(self, seconds: float) -> int:
        return round(seconds * self._rate_hz)
