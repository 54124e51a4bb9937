"""What the synthesised sounds share: tones, noise, filters, a room, mixing. Full scale is 1."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from harness.bench.negatives.negative import Wave
from harness.simulator.titles.title import SOUND

Mono = NDArray[np.float64]
"""Sound of one channel."""

RATE_HZ: Final = SOUND.rate_hz


def times_s(seconds: float) -> Mono:
    """Return the time of every sample."""
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def pitch_hz(note: float) -> float:
    """Return the frequency of a note; 69 is the A of 440 Hz, a semitone is 1."""
    return 440.0 * 2 ** ((note - 69) / 12)


def tone(hz: float | Mono, seconds: float, partials: Sequence[float] = (1.0,)) -> Mono:
    """Return a tone with the amplitudes of its partials; `hz` may change from sample to sample."""
    count = round(seconds * RATE_HZ)
    turns = 2 * np.pi * np.cumsum(np.broadcast_to(hz, count)) / RATE_HZ
    total = np.zeros(count)
    for number, amplitude in enumerate(partials, 1):
        if amplitude and np.max(hz) * number < 0.45 * RATE_HZ:
            total += amplitude * np.sin(number * turns)
    return total


def strike(hz: float, seconds: float, half_s: float, ratios: Sequence[float] = (1.0,)) -> Mono:
    """Return something struck: modes at `ratios` of a frequency, the higher the sooner gone."""
    t_s, total = times_s(seconds), np.zeros(round(seconds * RATE_HZ))
    for place, ratio in enumerate(ratios):
        if hz * ratio < 0.45 * RATE_HZ:
            fading = 0.5 ** (t_s / (half_s / ratio**0.7))
            total += np.sin(2 * np.pi * hz * ratio * t_s) * fading / (place + 1)
    return total * swell(len(total), 0.0006, 0.01)


def swell(count: int, up_s: float, down_s: float) -> Mono:
    """Return an envelope that rises, stays at 1, and falls."""
    t_s = np.arange(count) / RATE_HZ
    left_s = (count - np.arange(count)) / RATE_HZ
    return np.clip(np.minimum(t_s / max(up_s, 1e-5), left_s / max(down_s, 1e-5)), 0, 1)


def noise(count: int, random: np.random.Generator, low_hz: float = 0, high_hz: float = 0) -> Mono:
    """Return noise of deviation 1 between two frequencies; 0 leaves a side open."""
    white = random.standard_normal(count)
    return filtered(white, low_hz, high_hz) if low_hz or high_hz else white


def filtered(sound: Mono, low_hz: float = 0, high_hz: float = 0, order: int = 2) -> Mono:
    """Return what of a sound lies between two frequencies."""
    if low_hz and high_hz:
        sections = butter(order, (low_hz, high_hz), "bandpass", fs=RATE_HZ, output="sos")
    elif low_hz:
        sections = butter(order, low_hz, "highpass", fs=RATE_HZ, output="sos")
    else:
        sections = butter(order, high_hz, "lowpass", fs=RATE_HZ, output="sos")
    return np.asarray(sosfilt(sections, sound))


class Mix:
    """A stereo sound to which parts are added.

    Parameters
    ----------
    seconds : its length
    seed : of the random numbers that its parts use

    """

    def __init__(self, seconds: float, seed: int) -> None:
        self.sound: Wave = np.zeros((round(seconds * RATE_HZ), 2))
        self.random = np.random.default_rng(seed)

    def add(self, part: Mono, at_s: float = 0.0, gain: float = 1.0, pan: float = 0.0) -> None:
        """Add a part from a time on; `pan` is -1 at the left, 1 at the right."""
        start = round(at_s * RATE_HZ)
        part = part[max(0, -start) : max(0, len(self.sound) - start)]
        angle = (pan + 1) * np.pi / 4
        start = max(0, start)
        for channel, share in enumerate((np.cos(angle), np.sin(angle))):
            self.sound[start : start + len(part), channel] += gain * share * part

    def in_room(self, seconds: float, share: float) -> "Mix":
        """Add the reverberation of a room that takes `seconds` to fall by 60 dB."""
        count = round(seconds * RATE_HZ)
        tail = 10 ** (-3 * np.arange(count) / count)
        for channel in (0, 1):
            reply = noise(count, np.random.default_rng(201 + channel), 150, 6000) * tail
            reply *= share / np.sqrt(np.sum(reply**2))
            wet = fftconvolve(self.sound[:, channel], reply)[: len(self.sound)]
            self.sound[:, channel] += wet
        return self

    def at_peak(self, dbfs: float) -> Wave:
        """Return the sound with its highest sample at a level."""
        return self.sound * (10 ** (dbfs / 20) / max(1e-9, float(np.max(np.abs(self.sound)))))

    def at_level(self, dbfs: float) -> Wave:
        """Return the sound at an RMS level, at most at full scale."""
        loud = self.sound * (10 ** (dbfs / 20) / max(1e-9, float(np.sqrt(np.mean(self.sound**2)))))
        return loud / max(1.0, float(np.max(np.abs(loud))) / 0.97)

    def over(self, floor: Mono, dbfs: float) -> "Mix":
        """Lay a noise floor of an RMS level under everything; nothing may be scaled after it."""
        gain = 10 ** (dbfs / 20) / float(np.sqrt(np.mean(floor**2)))
        self.sound += gain * floor[: len(self.sound), None]
        return self


def steps_s(beat_s: float, seconds: float) -> list[float]:
    """Return the times of beats from 0 on, the last of them within the sound."""
    return [place * beat_s for place in range(int(seconds / beat_s))]
