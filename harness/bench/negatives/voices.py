"""Voices from a source and resonators: speech with pauses, plosives, a singer."""

from typing import Final

import numpy as np
from scipy.signal import lfilter

from harness.bench.negatives.negative import Wave
from harness.bench.negatives.synthesis import RATE_HZ, Mix, Mono, filtered, noise, pitch_hz, swell, times_s

VOWELS: Final = {
    "a": (730, 1090, 2440, 3400),
    "e": (530, 1840, 2480, 3500),
    "i": (270, 2290, 3010, 3600),
    "o": (570, 840, 2410, 3300),
    "u": (300, 870, 2240, 3300),
}
"""Formants of a man's vowels in Hz (Peterson and Barney, 1952; the fourth is ours)."""

LOUD: Final = 0.25
"""RMS of a vowel, before the whole is brought to its level."""

WIDTHS_HZ: Final = (70, 90, 130, 200)


def speech(seconds: int) -> Wave:
    """Return somebody who speaks in sentences with pauses, in a quiet room."""
    mix = _spoken(seconds, 231, "ptksmnfl")
    mix.sound = mix.in_room(0.35, 0.15).at_level(-23)
    return mix.over(noise(seconds * RATE_HZ, mix.random, 80, 5000), -64).sound


def plosives(seconds: int) -> Wave:
    """Return a close voice without a windscreen: every p and t pops."""
    mix = _spoken(seconds, 232, "pptptk", pop=1.6)
    mix.sound = mix.in_room(0.18, 0.08).at_level(-22)
    return mix.over(noise(seconds * RATE_HZ, mix.random, 60, 7000), -66).sound


def gated_speech(seconds: int) -> Wave:
    """Return a voice that a studio gate shuts off in pauses: nothing at all is left of the room."""
    mix = _spoken(seconds, 233, "tkmnlsf")
    mix.sound = mix.in_room(0.3, 0.12).at_level(-23)
    mix.over(noise(seconds * RATE_HZ, mix.random, 80, 5000), -58)
    return mix.sound * _gate(np.abs(mix.sound).max(axis=1))[:, None]


def _gate(peaks: Mono) -> Mono:
    """Return the gain of a noise gate: open above -40 dBFS, held for 0.15 s, shut within 0.1 s."""
    block = RATE_HZ // 100
    loud = np.pad(peaks, (0, -len(peaks) % block)).reshape(-1, block).max(axis=1) > 0.01
    since = np.full(len(loud), 1000)
    for number in range(len(loud)):
        # It looks 20 ms ahead, as digital gates do.
        since[number] = 0 if loud[number : number + 3].any() else since[number - 1] + 1 if number else 1000
    gain = np.clip((25 - since) / 10, 0, 1) ** 2
    return np.interp(np.arange(len(peaks)) / block, np.arange(len(gain)) + 0.5, gain)


def telephone(seconds: int) -> Wave:
    """Return a caller in a programme: a voice between 300 and 3400 Hz, pressed, with line noise."""
    mix = _spoken(seconds, 235, "ptksmnfl")
    line = filtered(mix.sound.sum(axis=1), 300, 3400, order=4)
    line = np.tanh(2.5 * line / np.max(np.abs(line)))
    out = Mix(seconds, 236)
    out.add(line)
    out.sound = out.at_level(-22)
    return out.over(noise(seconds * RATE_HZ, mix.random, 300, 3400), -50).sound


def singer(seconds: int) -> Wave:
    """Return vowels held for seconds with vibrato, rich up to the singer's formant."""
    mix = Mix(seconds, 234)
    for place, at_s in enumerate(np.arange(0, seconds, 2.6)):
        length_s = 2.5
        t_s = times_s(length_s)
        vibrato = 1 + 0.011 * np.sin(2 * np.pi * 5.6 * t_s) * np.clip(t_s / 0.5, 0, 1)
        source = _glottal(pitch_hz((57, 60, 64)[place % 3]) * vibrato, mix.random)
        voice = _resonated(source, VOWELS["aeo"[place % 3]]) + 0.4 * _resonated(source, (2900, 3100))
        mix.add(voice / np.std(voice) * swell(len(voice), 0.12, 0.3), float(at_s))
    return mix.in_room(1.8, 0.4).at_level(-20)


def _spoken(seconds: int, seed: int, consonants: str, pop: float = 0.5) -> Mix:
    mix = Mix(seconds, seed)
    at_s = 0.25
    while at_s < seconds - 0.6:
        syllables = int(mix.random.integers(4, 10))
        for place in range(syllables):
            if at_s > seconds - 0.4:
                break
            letter = consonants[mix.random.integers(len(consonants))]
            onset = _consonant(letter, mix.random, pop)
            mix.add(onset, at_s)
            at_s += len(onset) / RATE_HZ
            length_s = mix.random.uniform(0.09, 0.2) * (1.6 if place == syllables - 1 else 1)
            fall = 125 - 22 * place / syllables + 12 * mix.random.standard_normal()
            vowel = _vowel("aeiou"[mix.random.integers(5)], fall, length_s, mix.random)
            mix.add(vowel, at_s)
            at_s += length_s - 0.012
        at_s += mix.random.uniform(0.35, 1.0)
    return mix


def _vowel(name: str, hz: float, seconds: float, random: np.random.Generator) -> Mono:
    t_s = times_s(seconds)
    source = _glottal(hz * (1.05 - 0.12 * t_s / seconds), random)
    voice = _resonated(source, VOWELS[name])
    return LOUD * voice / np.std(voice) * swell(len(t_s), 0.018, 0.06) ** 1.5


def _consonant(letter: str, random: np.random.Generator, pop: float) -> Mono:
    if letter in "ptk":
        hz = {"p": (200, 1800), "t": (2500, 8000), "k": (1200, 3200)}[letter]
        burst = noise(960, random, *hz) * 0.5 ** (np.arange(960) / 200) * 0.35
        thump = np.sin(2 * np.pi * 45 * np.arange(1920) / RATE_HZ) * 0.5 ** (np.arange(1920) / 500)
        release = np.pad(burst, (0, 960)) + (pop * 0.7 * thump if letter == "p" else 0)
        # The lips are shut before they burst.
        return np.concatenate([np.zeros(int(0.05 * RATE_HZ)), release])
    if letter in "sf":
        hz = (4500, 11_000) if letter == "s" else (1500, 9000)
        hiss = noise(4800, random, *hz) * (0.16 if letter == "s" else 0.06)
        return hiss * swell(4800, 0.03, 0.03)
    nasal = _resonated(_glottal(np.full(2900, 118.0), random), (260, 1100, 2200))
    return 0.4 * LOUD * nasal / np.std(nasal) * swell(2900, 0.015, 0.02)


def _glottal(hz: Mono, random: np.random.Generator) -> Mono:
    """Return the pulses of the vocal cords, with a little breath."""
    turns = np.cumsum(hz * (1 + 0.004 * random.standard_normal())) / RATE_HZ % 1.0
    flow = np.where(turns < 0.6, np.sin(np.pi * turns / 0.6) ** 2, 0.0)
    return np.diff(flow, prepend=0.0) * 24 + 0.02 * random.standard_normal(len(hz)) * flow


def _resonated(source: Mono, formants_hz: tuple[int, ...]) -> Mono:
    total = np.zeros(len(source))
    for place, hz in enumerate(formants_hz):
        radius = np.exp(-np.pi * WIDTHS_HZ[place] / RATE_HZ)
        turn = 2 * np.pi * hz / RATE_HZ
        poles = (1, -2 * radius * np.cos(turn), radius**2)
        total += lfilter([(1 - radius) * 2 * np.sin(turn)], poles, source) / (1 + 0.6 * place)
    return total
