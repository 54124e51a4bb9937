"""Where a steady tone of the mains begins and ends, to about 10 ms."""

from typing import Final

import numpy as np

from harness.detectors.audio.mains import HARMONICS, LINES_HZ, columns_of, leakage
from harness.detectors.audio.steadiness import Complexes, Floats

SMOOTH_HOPS: Final = 15
CLIP: Final = 4.0
"""What one hop may say for or against the tone, in the noise's power: a drum says no more than a pause."""


def tone_at(t_s: Floats, family_hz: float, off_by: float, amplitude: Complexes) -> Complexes:
    """Return what the lines of a family show of a tone, hop by hop: each has a share of its neighbours."""
    tones_hz = family_hz * np.arange(1, HARMONICS + 1) * (1 + off_by)
    away_hz = tones_hz[None, :] - np.array(LINES_HZ)[columns_of(family_hz)][:, None]
    turns = np.exp(2j * np.pi * t_s[:, None, None] * away_hz[None])
    return np.asarray(np.einsum("hkt,kt,t->hk", turns, leakage(away_hz), amplitude))


class Edge:
    """Compares the sound with the tone as it was measured in one window, hop by hop.

    Parameters
    ----------
    lines : complex array, shape (hops, lines)
        As measured, phases counted from time 0.
    t_s : float array, shape (hops,)
    family_hz, off_by, amplitude
        The tone: 50 or 60 Hz, by which share it is off, and its harmonics.
    """

    def __init__(
        self, lines: Complexes, t_s: Floats, family_hz: float, off_by: float, amplitude: Complexes
    ) -> None:
        tone = tone_at(t_s, family_hz, off_by, amplitude)
        here = lines[:, columns_of(family_hz)]
        without, with_tone = np.abs(here) ** 2, np.abs(here - tone) ** 2
        noise = _smoothed(np.minimum(without, with_tone)) + 1e-9
        gain = np.clip((without - with_tone) / noise, -CLIP, CLIP)
        self._gain = np.nan_to_num(np.sum(gain, axis=1))

    def begins(self) -> int:
        """Return the hop from which on the tone explains the sound better than silence does."""
        return int(np.argmax(np.cumsum(self._gain[::-1])[::-1]))

    def ends(self) -> int:
        """Return the hop after the last one that the tone explains."""
        return int(np.argmax(np.cumsum(self._gain))) + 1


def _smoothed(powers: Floats) -> Floats:
    """Return the running mean of each column over 0.15 s."""
    filled = np.nan_to_num(powers)
    kernel = np.ones(min(SMOOTH_HOPS, len(filled)))
    weight = np.convolve(np.ones(len(filled)), kernel, "same")
    return np.stack([np.convolve(column, kernel, "same") / weight for column in filled.T], axis=1)
