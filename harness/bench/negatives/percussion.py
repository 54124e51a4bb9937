"""Short hard sounds that are no clicks: castanets, a glockenspiel, drums, a typewriter, clapping hands."""

from functools import lru_cache

import numpy as np

from harness.bench.negatives.negative import Wave
from harness.bench.negatives.synthesis import Mix, Mono, noise, pitch_hz, steps_s, strike, swell, times_s

GLOCKENSPIEL = (1.0, 2.76, 5.40, 8.93)
"""Modes of a bar that is free at both ends."""

TUNE = (84, 88, 91, 96, 95, 91, 88, 86, 84, 91, 93, 96, 98, 96, 91, 88)


def castanets(seconds: int) -> Wave:
    """Return castanets in a hall, alone: hits of two milliseconds, rolls, silence between."""
    mix = Mix(seconds, 211)
    for beat_s in steps_s(0.5, seconds):
        roll = 6 if round(beat_s / 0.5) % 4 == 3 else 2
        for hit in range(roll):
            hz = mix.random.uniform(2100, 2700)
            wood = strike(hz, 0.06, 0.004, (1.0, 1.53, 2.4))
            wood += 0.5 * noise(len(wood), mix.random, 1500, 9000) * 0.5 ** (times_s(0.06) / 0.0015)
            mix.add(wood, beat_s + hit * 0.07, mix.random.uniform(0.6, 1.0), 0.4 * (-1) ** hit)
    return mix.in_room(1.3, 0.25).at_peak(-4)


def glockenspiel(seconds: int) -> Wave:
    """Return a tune on metal bars: high, almost pure tones with a hard start."""
    mix = Mix(seconds, 212)
    for place, at_s in enumerate(steps_s(0.3, seconds)):
        bar = strike(pitch_hz(TUNE[place % len(TUNE)]), 2.0, 0.25, GLOCKENSPIEL)
        mix.add(bar, at_s, mix.random.uniform(0.7, 1), 0.3 * np.sin(place))
    return mix.in_room(1.0, 0.12).at_peak(-5)


def drum_kit(seconds: int) -> Wave:
    """Return a drummer: kick, snare, rimshots, hi-hat, dry and close."""
    mix = Mix(seconds, 213)
    for place, at_s in enumerate(steps_s(0.125, seconds)):
        mix.add(hat(mix.random), at_s, 0.25 if place % 2 else 0.4, 0.5)
        if place % 8 in (0, 3, 6):
            mix.add(kick(), at_s, 1.0)
        if place % 8 == 4:
            mix.add(snare(mix.random), at_s, 0.9, -0.1)
        if place % 16 in (7, 15, 14):
            mix.add(rimshot(mix.random), at_s, 0.8, -0.3)
    return mix.at_peak(-1.5)


def kick() -> Mono:
    """Return one beat of a bass drum."""
    t_s = times_s(0.35)
    turns = 2 * np.pi * (48 * t_s + 6.0 * (1 - np.exp(-t_s / 0.02)))
    return np.asarray(np.sin(turns) * 0.5 ** (t_s / 0.05) * swell(len(t_s), 0.001, 0.02))


def snare(random: np.random.Generator) -> Mono:
    """Return one beat of a snare drum."""
    t_s = times_s(0.3)
    wires = noise(len(t_s), random, 900, 11_000) * 0.5 ** (t_s / 0.035)
    skin = np.sin(2 * np.pi * 187 * t_s) * 0.5 ** (t_s / 0.03)
    return np.asarray((0.5 * wires + 0.6 * skin) * swell(len(t_s), 0.0004, 0.02))


def rimshot(random: np.random.Generator) -> Mono:
    """Return a stick on the rim: as short as a click."""
    wood = strike(1720, 0.08, 0.006, (1.0, 1.44, 2.9))
    return np.asarray(wood + 0.6 * noise(len(wood), random, 2000, 12_000) * 0.5 ** (times_s(0.08) / 0.001))


def hat(random: np.random.Generator) -> Mono:
    """Return one beat of a closed hi-hat."""
    t_s = times_s(0.08)
    return np.asarray(
        noise(len(t_s), random, 6500, 16_000) * 0.5 ** (t_s / 0.012) * swell(len(t_s), 0.0003, 0.01)
    )


def typewriter(seconds: int) -> Wave:
    """Return a typewriter in a quiet office, with the bell at the end of the line."""
    mix = Mix(seconds, 214)
    at_s = 0.3
    while at_s < seconds - 0.2:
        key = strike(mix.random.uniform(900, 1500), 0.09, 0.007, (1.0, 2.3, 3.7))
        key += 0.8 * noise(len(key), mix.random, 1200, 14_000) * 0.5 ** (times_s(0.09) / 0.003)
        mix.add(key, at_s, mix.random.uniform(0.5, 1.0), mix.random.uniform(-0.2, 0.2))
        at_s += mix.random.uniform(0.09, 0.2) + (0.5 if mix.random.uniform() < 0.08 else 0)
    mix.add(strike(pitch_hz(98), 1.5, 0.2, GLOCKENSPIEL), seconds * 0.6, 0.7)
    mix.sound = mix.in_room(0.4, 0.2).at_peak(-6)
    return mix.over(noise(seconds * 48_000, mix.random, 60, 900), -60).sound


@lru_cache(maxsize=1)
def _claps() -> list[Mono]:
    """Return pairs of hands, each with its own hollow."""
    random = np.random.default_rng(215)
    hands = []
    for _ in range(40):
        hollow_hz = random.uniform(700, 2600)
        clap = noise(2400, random, hollow_hz * 0.7, hollow_hz * 1.5) + 0.3 * noise(2400, random, 800, 9000)
        hands.append(clap * 0.5 ** (np.arange(2400) / 48_000 / random.uniform(0.003, 0.008)))
    return hands


def applause(seconds: int) -> Wave:
    """Return the applause of a hall, that swells and ebbs: near noise, made of claps."""
    mix = Mix(seconds, 216)
    for _ in range(90):
        hands = _claps()[mix.random.integers(40)]
        rate_s, loud, pan = (
            mix.random.uniform(0.2, 0.32),
            mix.random.uniform(0.1, 1) ** 2,
            mix.random.uniform(-1, 1),
        )
        at_s = mix.random.uniform(0, rate_s)
        while at_s < seconds:
            mix.add(hands, at_s, loud, pan)
            at_s += rate_s * mix.random.uniform(0.9, 1.1)
    mix.sound *= (0.25 + 0.75 * np.sin(np.pi * times_s(seconds) / seconds) ** 2)[:, None]
    return mix.in_room(1.6, 0.5).at_level(-22)


def clock(seconds: int) -> Wave:
    """Return a clock that ticks in a quiet room: clicks at regular times, almost nothing between."""
    mix = Mix(seconds, 217)
    for place, at_s in enumerate(steps_s(0.5, seconds)):
        tick = strike(2350 if place % 2 else 1900, 0.05, 0.004, (1.0, 1.9, 3.1))
        tick += 0.6 * noise(len(tick), mix.random, 2500, 15_000) * 0.5 ** (times_s(0.05) / 0.0008)
        mix.add(tick, at_s + 0.2, 1.0)
    mix.sound = mix.in_room(0.5, 0.2).at_peak(-14)
    return mix.over(noise(seconds * 48_000, mix.random, 50, 3000), -58).sound
