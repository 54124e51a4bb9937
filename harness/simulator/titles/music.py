"""A gentle bed of sound for the titles we draw: chords that swell and never fall silent."""

import itertools
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.simulator.titles.title import SOUND, Samples

CHORDS = {
    "calm": ((220.0, 277.18, 329.63), (174.61, 220.0, 261.63), (196.0, 246.94, 293.66)),
    "bright": ((261.63, 329.63, 392.0), (293.66, 369.99, 440.0), (246.94, 311.13, 369.99)),
}
SWELL_S: Final = 8
"""How often a chord swells."""


@lru_cache(maxsize=8)
def bed(mood: str, seconds: int, level_dbfs: float) -> Samples:
    """Return `seconds` of sound that may be repeated without a seam, shape (n, 2).

    Every tone is tuned by a fraction of a hertz to whole turns, so that the end meets the beginning.
    `mood` is a name in `CHORDS`; `level_dbfs` is the RMS level, full scale 0.
    """
    count = seconds * SOUND.rate_hz
    sound = np.fft.irfft(_lines(mood, seconds, count), count, axis=0)
    sound *= 10 ** (level_dbfs / 20) / np.sqrt(np.mean(sound**2))
    return np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)


def _lines(mood: str, seconds: int, count: int) -> NDArray[np.complex128]:
    """Return the spectrum, shape (count / 2 + 1, 2): a tenth of the time that adding up sines takes.

    A chord swells as 0.35 + 0.65 cos^2, so each of its tones is a line with a weaker one on either side.
    """
    lines = np.zeros((count // 2 + 1, SOUND.channels), np.complex128)
    chords = CHORDS[mood]
    swells = max(1, round(seconds / SWELL_S))
    for place, chord in enumerate(chords):
        lag = np.exp(-2j * np.pi * place / len(chords))
        for voice, pitch_hz in enumerate(chord):
            for side, overtone in itertools.product((0, 1), (1, 2)):
                turns = overtone * round(pitch_hz * seconds)
                tone = count / 2j / overtone**2 * np.exp(1j * overtone * (voice + side * 0.7))
                lines[turns, side] += tone * 0.675
                lines[turns + swells, side] += tone * 0.1625 * lag
                lines[turns - swells, side] += tone * 0.1625 * np.conj(lag)
    return lines
