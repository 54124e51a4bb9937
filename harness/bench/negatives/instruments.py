"""Instruments that hum, buzz or clip by intent: bass, organ, guitar, chips."""

from functools import lru_cache

import numpy as np

from harness.bench.negatives.negative import Wave
from harness.bench.negatives.synthesis import (
    Mix,
    Mono,
    filtered,
    noise,
    pitch_hz,
    steps_s,
    swell,
    times_s,
    tone,
)

POWER_CHORDS = (40, 43, 45, 40, 47, 45, 43, 38)


def electric_guitar(seconds: int) -> Wave:
    """Return power chords through an amplifier that clips, with their decay and a palm on the strings."""
    mix = Mix(seconds, 241)
    for place, at_s in enumerate(steps_s(0.5, seconds)):
        root, muted = POWER_CHORDS[place // 2 % 8], place % 4 == 3
        length_s = 0.2 if muted else 0.9
        strings = sum(_string(pitch_hz(root + up), length_s, muted) for up in (0, 7, 12))
        # Each hand falls before the chord before has faded: the amplifier clips them together.
        mix.add(np.asarray(strings), at_s, 1.0 if place % 2 == 0 else 0.8)
    driven = np.tanh(9 * mix.sound[:, 0] / np.max(np.abs(mix.sound)))
    out = Mix(seconds, 242)
    out.add(filtered(driven, 90, 5200))
    return out.in_room(0.3, 0.15).at_level(-17)


@lru_cache(maxsize=32)
def _string(hz: float, seconds: float, muted: bool) -> Mono:
    """Return a plucked string; nobody may write to it."""
    t_s = times_s(seconds)
    total = np.zeros(len(t_s))
    for partial in range(1, 14):
        half_s = (0.04 if muted else 0.5) / partial**0.5
        stretched = hz * partial * (1 + 0.00008 * partial**2)
        total += np.sin(2 * np.pi * (stretched * t_s + 0.37 * partial)) * 0.5 ** (t_s / half_s) / partial
    return total * swell(len(t_s), 0.002, 0.03)


def fuzz_bass(seconds: int) -> Wave:
    """Return a bass with a fuzz pedal: flat tops far below full scale, all the time."""
    mix = Mix(seconds, 243)
    for place, at_s in enumerate(steps_s(0.4, seconds)):
        note = tone(pitch_hz((28, 28, 31, 33)[place % 4]), 0.42, (1, 0.5, 0.3, 0.2))
        mix.add(note * swell(len(note), 0.004, 0.03), at_s)
    return np.clip(mix.sound, -0.25, 0.25)


def tremolo(seconds: int) -> Wave:
    """Return a guitar through a tremolo that takes it almost away six times a second."""
    mix = music_box(seconds, 250)
    depth = 0.5 + 0.5 * np.sin(2 * np.pi * 6 * times_s(seconds))
    mix.sound *= (0.03 + 0.97 * depth**2)[:, None]
    return mix.at_level(-21)


def chiptune(seconds: int) -> Wave:
    """Return square waves and noise of a chip: vertical edges, flat tops."""
    mix = Mix(seconds, 244)
    arpeggio = (60, 64, 67, 72, 57, 60, 64, 69, 53, 57, 60, 65, 55, 59, 62, 67)
    for place, at_s in enumerate(steps_s(0.1, seconds)):
        mix.add(_square(pitch_hz(arpeggio[place // 2 % 16] + 12 * (place % 2)), 0.1, 0.25), at_s, 0.22, -0.3)
        if place % 4 == 0:
            mix.add(_square(pitch_hz(arpeggio[place // 16 * 4 % 16] - 24), 0.35, 0.5), at_s, 0.3, 0.2)
        if place % 4 == 2:
            held = np.repeat(mix.random.uniform(-1, 1, 480), 5)
            mix.add(held * 0.5 ** (np.arange(2400) / 700), at_s, 0.25)
    return mix.at_peak(-6)


def _square(hz: float, seconds: float, share: float) -> Mono:
    turns = times_s(seconds) * hz % 1.0
    return np.where(turns < share, 1.0, -1.0)


def synth_bass(seconds: int) -> Wave:
    """Return a steady bass at 50, 55 and 60 Hz in turn under chords: the frequencies of the mains."""
    mix = Mix(seconds, 245)
    part_s = seconds / 3
    for place, hz in enumerate((50.0, 55.0, 60.0)):
        bass = tone(hz, part_s, (1, 0.35, 0.25, 0.1, 0.08))
        mix.add(bass * swell(len(bass), 0.02, 0.05), place * part_s, 0.8)
        for voice in (2, 2.5, 3):
            pad = tone(hz * 2 * voice, part_s, (1, 0.4, 0.2))
            mix.add(pad * swell(len(pad), 0.3, 0.2), place * part_s, 0.14, voice - 2.5)
    return mix.at_level(-20)


def pulsing_bass(seconds: int) -> Wave:
    """Return a bass of 50 Hz that pumps in eighths under a drum machine, as in a club."""
    mix = Mix(seconds, 246)
    for at_s in steps_s(0.25, seconds):
        note = tone(50.0, 0.22, (1, 0.6, 0.4, 0.25, 0.2, 0.1))
        mix.add(note * swell(len(note), 0.005, 0.08), at_s, 0.7)
        tick = noise(1200, mix.random, 7000, 15_000) * 0.5 ** (np.arange(1200) / 300)
        mix.add(tick, at_s + 0.125, 0.2)
    return mix.in_room(0.5, 0.15).at_level(-18)


def trance_gate(seconds: int) -> Wave:
    """Return a chord chopped into sixteenths in time: nothing is left between, by intent."""
    mix = Mix(seconds, 249)
    chop = np.where(times_s(seconds) % 0.125 < 0.075, 1.0, 0.0)
    soft = np.convolve(chop, np.hanning(194)[1:-1] / np.hanning(194).sum(), "same")
    for voice, note in enumerate((57, 60, 64, 69)):
        pad = tone(pitch_hz(note), seconds, (1, 0.5, 0.33, 0.25, 0.2, 0.17))
        mix.add(pad * soft, 0, 0.3, 0.4 * (voice - 1.5))
    return mix.at_level(-20)


def organ(seconds: int) -> Wave:
    """Return a chord of an organ over a pedal that never ends."""
    mix = Mix(seconds, 247)
    for place, note in enumerate((31, 43, 55, 59, 62, 67)):
        pipe = tone(pitch_hz(note), seconds, (1, 0.7, 0.1, 0.5, 0.05, 0.2, 0.02, 0.25))
        wind = noise(len(pipe), mix.random, 800, 5000) * 0.006
        mix.add(pipe + wind, 0, 0.5 if place < 2 else 0.3, 0.25 * (place - 2.5))
    return mix.in_room(2.5, 0.5).at_level(-21)


def music_box(seconds: int, seed: int = 248) -> Mix:
    """Return a small ensemble as a mix: plucked strings over a bass; other sounds are made of it."""
    mix = Mix(seconds, seed)
    for place, at_s in enumerate(steps_s(0.25, seconds)):
        chord = ((60, 64, 67), (57, 60, 64), (53, 57, 60), (55, 59, 62))[place // 8 % 4]
        pluck = _string(pitch_hz(chord[place % 3] + 12 * (place % 4 == 2)), 0.7, muted=False)
        mix.add(pluck, at_s, 0.3, 0.5 * np.sin(place * 1.7))
        if place % 8 == 0:
            bass = tone(pitch_hz(chord[0] - 24), 1.9, (1, 0.5, 0.2))
            mix.add(bass * swell(len(bass), 0.01, 0.2), at_s, 0.35)
    return mix
