"""A step of the gain: from one sample to the next the sound goes on, only louder or softer."""

from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from harness.analysis.bands import mono
from harness.analysis.sound_view import SoundView

ORDER: Final = 20
"""Of the linear prediction: two samples a kilohertz hold the resonances of a voice (Makhoul, 1975)."""

DIFFERENCES: Final = 6
"""Sound weakens towards high frequencies, a break does not: its sixth difference stands out."""

STANDS_OUT: Final = 1.5
"""By so much the largest difference of a hop exceeds those of the hops on either side."""

UNPREDICTED: Final = 6.0
"""In deviations of the error of prediction: there the break begins."""

REACH: Final = 14
HEALED_DB: Final = 10.0
"""By so much one factor makes the break smaller. 24 of 25 planted steps: 20 dB and more; a click that is
added to the sound, or a sound that sets in, keeps a break whatever the factor."""

AGREE_DB: Final = 1.0
Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """`gain_db` of the step, by how much it heals the break, and how many samples before the hop's end."""

    gain_db: float
    healed_db: float
    ago: int


class GainSteps:
    """Looks in each hop for the place where the sound is multiplied; knows a hop later."""

    def __init__(self) -> None:
        self._hops: list[NDArray[np.float32]] = []
        self._peaks: list[float] = []

    def take(self, view: SoundView) -> Step | None:
        """Return the step in the hop before this one, if there is one."""
        if view.after_gap:
            self._hops, self._peaks = [], []
        samples = view.of(mono)
        before = self._hops[-1][-DIFFERENCES:] if self._hops else samples[:0]
        self._hops = [*self._hops[-2:], samples]
        differences = np.correlate(np.concatenate((before, samples)), _difference())
        self._peaks = [*self._peaks[-2:], max(float(differences.max()), -float(differences.min()))]
        if len(self._peaks) < 3 or self._peaks[1] < STANDS_OUT * max(self._peaks[0], self._peaks[2]):
            return None
        return step_near_the_middle(np.concatenate(self._hops).astype(np.float64), len(self._hops[0]))


def step_near_the_middle(samples: Samples, middle: int) -> Step | None:
    """Return the step of the gain in the second of three hops, or None."""
    hop = samples[middle - DIFFERENCES : 2 * middle]
    peak = middle + int(np.argmax(np.abs(np.convolve(hop, _difference(), "valid"))))
    if peak < middle or peak + REACH + 2 * ORDER > len(samples):
        return None
    place = _break_before(samples, peak)
    fits = [_fit(samples, at) for at in range(place - 1, place + 2)]
    gain_db, healed_db, at = max(fits, key=lambda item: item[1])
    if healed_db < HEALED_DB:
        return None
    # From behind: the same break is healed by the inverse of the factor.
    back_db, back_healed_db, _ = _fit(samples[::-1], len(samples) - at)
    if back_healed_db < HEALED_DB or abs(gain_db + back_db) > AGREE_DB:
        return None
    return Step(gain_db, healed_db, len(samples) - at)


def _break_before(samples: Samples, peak: int) -> int:
    """Return the first sample near the peak that what came before did not foretell."""
    first = peak - REACH
    errors = np.convolve(samples[: peak + 2], _prediction(samples[:first]), "valid")
    usual = float(np.sqrt(np.mean(errors[: first - ORDER] ** 2))) + 1e-9
    beyond = np.flatnonzero(np.abs(errors[first - ORDER :]) > UNPREDICTED * usual)
    return first + int(beyond[0]) if beyond.size else peak - DIFFERENCES // 2


def _fit(samples: Samples, at: int) -> tuple[float, float, int]:
    """Return the gain (dB) by which the sound is multiplied from `at` on, how far it heals, and `at`.

    The samples from `at` on, divided by the right factor, go on as predicted from those before. Each error
    of prediction is a part of the samples after the break (`own`) less one of those before (`owed`): the
    factor is that of least squares.
    """
    predictor = _prediction(samples[max(0, at - 720) : at])
    errors = np.convolve(samples[at - ORDER : at + ORDER], predictor, "valid")[:ORDER]
    own = np.convolve(samples[at : at + ORDER], predictor)[:ORDER]
    owed = own - errors
    factor = float(own @ owed) / (float(own @ own) + 1e-15)
    if factor <= 0:
        return 0.0, 0.0, at
    left = factor * own - owed
    healed_db = 10 * float(np.log10((errors @ errors + 1e-15) / (left @ left + 1e-15)))
    return -20 * float(np.log10(factor)), healed_db, at


def _prediction(samples: Samples) -> Samples:
    """Return the filter whose output is the error of linear prediction (covariance method)."""
    rows = sliding_window_view(samples, ORDER + 1)
    products = rows.T @ rows
    inner = products[:ORDER, :ORDER] + np.eye(ORDER) * (1e-9 * products[0, 0] + 1e-12)
    past = np.linalg.solve(inner, products[:ORDER, ORDER])
    return np.concatenate(([1.0], -past[::-1]))


@lru_cache(maxsize=1)
def _difference() -> NDArray[np.float32]:
    return np.array([(-1) ** k * comb(DIFFERENCES, k) for k in range(DIFFERENCES + 1)], np.float32)
