"""Levels of a hop of sound in bands of frequency, for the detectors that listen to noise and to jumps."""

from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.sound_view import SoundView

EDGES_HZ: Final = (100, 300, 600, 1000, 1600, 2500, 4000, 6000, 9000, 12_500, 16_000, 20_000)
"""Where one band ends and the next begins: each about two critical bands wide (Zwicker's Bark scale)."""

BANDS: Final = len(EDGES_HZ) - 1


def mono(view: SoundView) -> NDArray[np.float32]:
    """Return the mean of the channels, shape (samples,)."""
    if view.channels == 1:
        return view.samples[:, 0]
    return view.samples @ _share(view.channels)


def band_powers(view: SoundView) -> NDArray[np.float32]:
    """Return the mean square of the channels' mean in each band; a full-scale sine has a half.

    A band that begins above what the sampling rate can hold is NaN.
    """
    samples = view.of(mono)
    window, weights = _plan(len(samples), view.rate_hz)
    parts = np.fft.rfft(samples * window).view(np.float32)
    return np.square(parts) @ weights


@lru_cache(maxsize=8)
def _share(channels: int) -> NDArray[np.float32]:
    return np.full(channels, 1 / channels, np.float32)


@lru_cache(maxsize=8)
def _plan(samples: int, rate_hz: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the window of a hop, and the share of each line of its spectrum in each band's power."""
    window = np.hanning(samples + 2)[1:-1]
    lines_hz = np.fft.rfftfreq(samples, 1 / rate_hz)
    weights = np.zeros((len(lines_hz), BANDS), np.float32)
    for band, (low, high) in enumerate(pairwise(EDGES_HZ)):
        inside = (lines_hz >= low) & (lines_hz < high)
        weights[inside, band] = 2 / (samples * np.sum(window**2))
        if low >= rate_hz / 2:
            weights[:, band] = np.nan
    # Real and imaginary parts lie side by side.
    return window.astype(np.float32), np.repeat(weights, 2, axis=0)
