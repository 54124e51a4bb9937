"""How far each moment of sound is from what its neighbours on both sides predict."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

OWN_CELLS: Final = 3
NEAR_CELLS: Final = 20
"""The neighbourhood of a cell: what lies 1.5 to 10 ms before and after it."""

SHORT_CELLS: Final = 7
"""The level beside a cell is taken over 3.5 ms too, so that the body of a drum counts in full."""

Samples = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Predictor:
    """Linear prediction from both sides: so many taps, and so much white noise to steady it."""

    order: int
    white: float


def interpolation_error(samples: Samples, predictor: Predictor) -> Samples:
    """Return by how much each sample differs from what both sides predict, in amplitude.

    A single wrong sample of height h yields h. The predictor is fitted to these samples themselves
    (autocorrelation method, Hann window). `order` samples at either end yield 0.
    """
    order = predictor.order
    error = np.zeros_like(samples)
    taps = prediction(samples, predictor)
    if taps is None:
        return error
    both = np.correlate(taps, taps, "full") / (taps @ taps)
    filtered = cv2.filter2D(samples[None], -1, both[None].astype(samples.dtype))
    error[order:-order] = filtered[0, order:-order]
    return error


def prediction(samples: Samples, predictor: Predictor) -> NDArray[np.float64] | None:
    """Return the filter whose output is the error of linear prediction, or None for silence.

    It is fitted to these samples (autocorrelation method, Hann window), and serves both directions.
    """
    shaped = samples * _hann(len(samples), samples.dtype.str)
    order = predictor.order
    powers = np.array(
        [shaped[: len(shaped) - lag] @ shaped[lag:] for lag in range(order + 1)], dtype=np.float64
    )
    if powers[0] <= 0.0:
        return None
    powers[0] *= 1 + predictor.white
    return np.concatenate(([1.0], -np.linalg.solve(powers[_lags(order)], powers[1:])))


def by_cells(samples: Samples, length: int) -> Samples:
    """Return the samples as rows of one cell each; what is left over is dropped."""
    count = len(samples) // length
    return samples[: count * length].reshape(count, length)


def largest_beside(errors: Samples) -> Samples:
    """Return the largest error before or after each cell, in its neighbourhood."""
    width = NEAR_CELLS - OWN_CELLS + 1
    count = len(errors)
    largest = np.zeros(count + 2 * NEAR_CELLS, errors.dtype)
    largest[NEAR_CELLS : NEAR_CELLS + count] = errors
    # Row i holds the largest of the `width` rows from i on.
    largest = cv2.dilate(largest[None], np.ones((1, width), np.uint8), anchor=(0, 0))[0]
    return np.asarray(np.maximum(largest[:count], largest[NEAR_CELLS + OWN_CELLS :][:count]))


def rms_beside(cells: Samples) -> NDArray[np.float64]:
    """Return the level beside each row of samples: before or after, over 9 or 3.5 ms, whichever is most."""
    energies = np.einsum("ij,ij->i", cells, cells)
    sums = np.zeros(len(energies) + 2 * NEAR_CELLS + 1)
    np.cumsum(energies, out=sums[NEAR_CELLS + 1 : NEAR_CELLS + 1 + len(energies)])
    sums[NEAR_CELLS + 1 + len(energies) :] = sums[NEAR_CELLS + len(energies)]
    most = np.zeros(len(energies))
    for width in (NEAR_CELLS - OWN_CELLS + 1, SHORT_CELLS):
        power = (sums[width:] - sums[:-width]) / (width * cells.shape[1])
        before = power[NEAR_CELLS - OWN_CELLS + 1 - width :][: len(energies)]
        after = power[NEAR_CELLS + OWN_CELLS :][: len(energies)]
        most = np.maximum(most, np.maximum(before, after))
    return np.sqrt(np.maximum(most, 0.0))


@lru_cache(maxsize=2)
def _lags(order: int) -> NDArray[np.intp]:
    """Return which lag stands where in the matrix of the normal equations."""
    return np.abs(np.subtract.outer(np.arange(order), np.arange(order)))


@lru_cache(maxsize=4)
def _hann(length: int, kind: str) -> Samples:
    return np.hanning(length).astype(kind)
