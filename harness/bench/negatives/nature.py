"""Noise that is no hiss: rain, the sea, wind."""

import numpy as np

from harness.bench.negatives.negative import Wave
from harness.bench.negatives.synthesis import Mix, noise, strike, times_s, tone


def rain(seconds: int) -> Wave:
    """Return steady rain with drops on a sill: as broad and even as hiss."""
    mix = Mix(seconds, 221)
    for channel in (-1, 1):
        mix.add(noise(seconds * 48_000, mix.random, 500, 14_000), 0, 0.12, channel)
        mix.add(noise(seconds * 48_000, mix.random, 150, 900), 0, 0.05, channel)
    for _ in range(seconds * 45):
        drop = strike(mix.random.uniform(900, 5000), 0.03, 0.003, (1.0, 1.7))
        mix.add(drop, mix.random.uniform(0, seconds), mix.random.exponential(0.3), mix.random.uniform(-1, 1))
    return mix.at_level(-28)


def sea(seconds: int) -> Wave:
    """Return waves that break on a beach every few seconds and hiss as they run out."""
    mix = Mix(seconds, 222)
    t_s = times_s(seconds)
    for side in (-1, 1):
        for start_s in np.arange(-1.5, seconds, 3.1):
            since_s = t_s - start_s - 0.15 * side
            wave = np.where(
                since_s > 0, (since_s / 0.9) ** 2 * np.exp(2 - 2 * np.maximum(since_s, 0) / 0.9), 0
            )
            mix.add(noise(len(t_s), mix.random, 200, 7000) * wave, 0, 0.3, side)
        mix.add(noise(len(t_s), mix.random, 0, 300), 0, 0.06, side)
    return mix.at_level(-24)


def wind(seconds: int) -> Wave:
    """Return gusts that howl in a gap: low, slow, almost gone between."""
    mix = Mix(seconds, 223)
    t_s = times_s(seconds)
    gust = (
        0.06 + np.clip(np.sin(2 * np.pi * t_s / 3.7) + 0.5 * np.sin(2 * np.pi * t_s / 1.3 + 1), 0, None) ** 2
    )
    for side in (-1, 1):
        low, howl = noise(len(t_s), mix.random, 40, 400), noise(len(t_s), mix.random, 500, 640)
        mix.add((low + 0.6 * howl * gust) * gust, 0, 0.3, 0.8 * side)
    return mix.at_level(-26)


def campfire(seconds: int) -> Wave:
    """Return a fire: wood that cracks at random over a low roar."""
    mix = Mix(seconds, 224)
    count = seconds * 48_000
    mix.add(noise(count, mix.random, 60, 700), 0, 0.05, -0.3)
    mix.add(noise(count, mix.random, 80, 900), 0, 0.05, 0.3)
    for _ in range(seconds * 14):
        wood = noise(1400, mix.random, mix.random.uniform(600, 1500), mix.random.uniform(4000, 12_000))
        wood *= 0.5 ** (np.arange(1400) / mix.random.uniform(20, 260))
        at_s, pan = mix.random.uniform(0, seconds), mix.random.uniform(-0.7, 0.7)
        mix.add(wood, at_s, min(mix.random.exponential(0.12), 0.35), pan)
    return mix.in_room(0.25, 0.1).at_level(-30)


def engine(seconds: int) -> Wave:
    """Return an engine that idles near 50 Hz and revs twice: a buzz rich in overtones, never quite steady."""
    mix = Mix(seconds, 225)
    t_s = times_s(seconds)
    hz = 25 + 18 * (np.exp(-(((t_s - 2.5) / 0.5) ** 2)) + np.exp(-(((t_s - 5.8) / 0.6) ** 2)))
    hz *= 1 + 0.012 * np.sin(2 * np.pi * 1.9 * t_s) + 0.006 * np.sin(2 * np.pi * 4.3 * t_s)
    rumble = tone(hz, seconds, (0.4, 1, 0.25, 0.7, 0.2, 0.45, 0.12, 0.3, 0.1, 0.2))
    mix.add(rumble * (1 + 0.15 * noise(len(t_s), mix.random, 2, 30)))
    mix.add(noise(len(t_s), mix.random, 150, 2500) * (0.25 + 0.01 * hz), 0, 0.25)
    return mix.at_level(-22)
