"""A gentle bed of sound for the titles we draw: chords that swell and never fall silent."""

from functools import lru_cache

import numpy as np

from harness.simulator.titles.title import SOUND, Samples

CHORDS = {
    "calm": ((220.0, 277.18, 329.63), (174.61, 220.0, 261.63), (196.0, 246.94, 293.66)),
    "bright": ((261.63, 329.63, 392.0), (293.66, 369.99, 440.0), (246.94, 311.13, 369.99)),
}


@lru_cache(maxsize=8)
def bed(mood: str, seconds: int, level_dbfs: float) -> Samples:
    """Return `seconds` of sound that may be repeated without a seam, shape (n, 2).

    Every tone is tuned by a fraction of a hertz to whole turns, so that the end meets the beginning.
    `mood` is a name in `CHORDS`; `level_dbfs` is the RMS level, full scale 0.
    """
    time_s = np.arange(seconds * SOUND.rate_hz) / SOUND.rate_hz
    chords = CHORDS[mood]
    channels = [np.zeros_like(time_s), np.zeros_like(time_s)]
    for place, chord in enumerate(chords):
        swell = (
            0.35 + 0.65 * np.cos(np.pi * (time_s / seconds * _turns(seconds, 8) - place / len(chords))) ** 2
        )
        for voice, pitch_hz in enumerate(chord):
            turns = round(pitch_hz * seconds)
            for side in (0, 1):
                phase = 2 * np.pi * turns * time_s / seconds + voice + side * 0.7
                channels[side] += swell * (np.sin(phase) + 0.25 * np.sin(2 * phase))
    sound = np.stack(channels, axis=1)
    sound *= 10 ** (level_dbfs / 20) / np.sqrt(np.mean(sound**2))
    return np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)


def _turns(seconds: int, each_s: int) -> int:
    return max(1, round(seconds / each_s))
