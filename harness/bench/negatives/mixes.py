"""What a producer does by intent: vinyl, panning, mono, pauses between pieces, a loud master."""

import numpy as np

from harness.bench.negatives.instruments import music_box
from harness.bench.negatives.negative import Wave
from harness.bench.negatives.percussion import hat, kick, snare
from harness.bench.negatives.synthesis import RATE_HZ, Mix, Mono, filtered, noise, steps_s, times_s


def vinyl(seconds: int) -> Wave:
    """Return music from a record: crackle and rumble from beginning to end, as in lo-fi."""
    mix = music_box(seconds, 251)
    quiet = 0.012 * np.max(np.abs(mix.sound))
    for _ in range(seconds * 28):
        width = int(mix.random.integers(2, 30))
        tick = mix.random.standard_normal(width) * np.hanning(width + 2)[1:-1]
        loud = min(18.0, 2.0 + mix.random.exponential(5.0))
        mix.add(tick, mix.random.uniform(0, seconds), loud * quiet, mix.random.uniform(-1, 1))
    for side in (-1, 1):
        mix.add(noise(seconds * RATE_HZ, mix.random, 18, 60), 0, 1.6 * quiet, side)
        mix.add(noise(seconds * RATE_HZ, mix.random, 300, 9000), 0, 0.5 * quiet, side)
    mix.sound = np.stack([filtered(channel, 0, 9500) for channel in mix.sound.T], axis=1)
    return mix.at_level(-20)


def hard_panned(seconds: int) -> Wave:
    """Return a record of 1965: the band at the left, the drums at the right, nothing in the middle."""
    mix = Mix(seconds, 252)
    mix.add(music_box(seconds).sound.sum(axis=1), 0, 0.6, -1)
    for place, at_s in enumerate(steps_s(0.25, seconds)):
        mix.add(hat(mix.random), at_s, 0.2, 1)
        mix.add(kick() if place % 4 < 2 else snare(mix.random), at_s, 0.5 if place % 2 == 0 else 0.0, 1)
    return mix.at_level(-20)


def one_sided(seconds: int) -> Wave:
    """Return a duet in which one side rests for seconds while the other plays."""
    mix = Mix(seconds, 253)
    sound = music_box(seconds).sound.sum(axis=1)
    t_s = times_s(seconds)
    left = np.clip(1.5 - np.abs(t_s - 1.5), 0, 1) + np.clip(1.5 - np.abs(t_s - 6.0), 0, 1)
    right = np.clip(1.6 - np.abs(t_s - 3.9), 0, 1)
    mix.add(sound * left, 0, 1, -1)
    mix.add(np.roll(sound, 12_000) * right, 0, 1, 1)
    mix.add(sound, 0, 0.02)
    return mix.at_level(-22)


def mono(seconds: int) -> Wave:
    """Return a mono programme: both channels are the same."""
    mix = music_box(seconds, 254)
    mix.sound[:] = mix.sound.mean(axis=1, keepdims=True)
    return mix.at_level(-20)


def wide(seconds: int) -> Wave:
    """Return a mix widened until its sides are almost opposite, as cheap effects do."""
    mix = music_box(seconds, 255)
    middle, side = mix.sound.mean(axis=1), (mix.sound[:, 0] - mix.sound[:, 1]) / 2
    mix.sound = np.stack([middle + 1.6 * side, middle - 1.6 * side], axis=1)
    return mix.at_level(-20)


def between_pieces(seconds: int) -> Wave:
    """Return a piece that fades out, three seconds of nothing, and the next piece fading in."""
    mix = music_box(seconds, 256)
    t_s = times_s(seconds)
    rest_s = min(3.0, seconds / 3)
    pause_s = (seconds - rest_s) / 2
    out = np.clip((pause_s - t_s) / 1.2, 0, 1) ** 2
    back = np.clip((t_s - pause_s - rest_s) / 0.6, 0, 1) ** 2
    mix.sound *= (out + back)[:, None]
    return mix.at_level(-22)


def loud_master(seconds: int) -> Wave:
    """Return a mix limited until it lies at full scale: peaks touch it thousands of times."""
    mix = music_box(seconds, 257)
    for place, at_s in enumerate(steps_s(0.25, seconds)):
        mix.add(hat(mix.random), at_s + 0.125, 0.3, 0.3)
        mix.add(snare(mix.random) if place % 4 == 2 else kick(), at_s, 1.0 if place % 2 == 0 else 0.0)
    loud = mix.sound * (5.0 / np.max(np.abs(mix.sound)))
    return np.asarray(loud * _limited(np.max(np.abs(loud), axis=1))[:, None])


def _limited(peaks: Mono) -> Mono:
    """Return the gain of a limiter that looks 2 ms ahead and lets go within 60 ms."""
    block = 48
    padded = np.pad(peaks, (0, -len(peaks) % block)).reshape(-1, block).max(axis=1)
    ahead = np.maximum.reduce([np.roll(padded, -step) for step in range(-1, 4)])
    gain = np.minimum(1.0, 0.9999 / np.maximum(ahead, 1e-9))
    for number in range(1, len(gain)):
        gain[number] = min(gain[number], gain[number - 1] + (1 - gain[number - 1]) * block / (0.06 * RATE_HZ))
    centres = (np.arange(len(gain)) + 0.5) * block
    smooth = np.interp(np.arange(len(peaks)), centres, gain)
    return np.asarray(np.minimum(smooth, 0.9999 / np.maximum(peaks, 1e-9)))
