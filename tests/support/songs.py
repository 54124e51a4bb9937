"""Sounds that tests plant defects in, sounds that only look like defects, and the way through a codec."""

import av
import numpy as np

from tests.support import clips

RATE_HZ = 48_000


def music(seconds=4.0, level=0.12, seed=0):
    """Return chords with breath and a little air, in stereo with different sides, int16."""
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    random = np.random.default_rng(seed)
    tones = [
        np.sin(2 * np.pi * hz * t_s + phase) / (1 + number)
        for number, (hz, phase) in enumerate(zip((196, 247, 294, 880, 2_350), (0, 1, 2, 3, 4), strict=True))
    ]
    breath = 0.75 + 0.25 * np.sin(2 * np.pi * 1.3 * t_s)
    air = random.normal(0, level / 80, (2, len(t_s)))
    left = level * breath * (tones[0] + tones[1] + tones[2] + tones[3]) + air[0]
    right = level * breath * (tones[0] + 0.5 * tones[1] + tones[2] + tones[4]) + air[1]
    return np.rint(32767 * np.stack([left, right], axis=1)).astype(np.int16)


def melody(seconds=4.0, level=0.1, seed=0):
    """Return tones that come and go, and noise: the crest differs from moment to moment."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE_HZ)
    t_s = np.arange(count) / RATE_HZ
    knots = np.arange(0, seconds + 1, 0.25)
    sound = np.zeros((count, 2))
    for hz in (131, 165, 196, 262, 330, 523, 784):
        slow = np.interp(t_s, knots, random.uniform(0.3, 1, len(knots)))
        sound += (slow * np.sin(2 * np.pi * hz * t_s + random.uniform(0, 6)))[:, None] * random.uniform(
            0.5, 1, 2
        )
    sound += 0.02 * random.standard_normal((count, 2))
    return np.rint(32767 * level * sound / 1.5).astype(np.int16)


def planted(impairment, sound, block=960):
    """Return the sound with the defect, and the impairment."""
    parts = [impairment.sound(sound[at : at + block], at / RATE_HZ) for at in range(0, len(sound), block)]
    return np.concatenate(parts), impairment


def load(path, rate_hz=RATE_HZ):
    """Return the sound of a file in stereo, int16."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("s16", "stereo", rate_hz)
        parts = [
            part.to_ndarray().reshape(-1, 2)
            for frame in (*container.decode(audio=0), None)
            for part in resampler.resample(frame)
        ]
    return np.concatenate(parts)


def coded(folder, sound, codec):
    """Return the sound after a codec, in step with what went in."""
    path = clips.write_sound(folder / "coded.mkv", sound, codec=codec)
    heard = load(path)
    count = min(len(heard), len(sound), 2 * RATE_HZ)
    spectra = (np.fft.rfft(part[:count, 0].astype(float), 2 * count) for part in (heard, sound))
    late = int(np.argmax(np.fft.irfft(next(spectra) * np.conj(next(spectra)))[:4_800]))
    return heard[late : late + len(sound)]


def _struck(hz, decay_s, noise, every_s, seconds=4.0):
    """Return partials that are struck again and again, over a soft room."""
    random = np.random.default_rng(7)
    sound = random.normal(0, 3e-4, (round(seconds * RATE_HZ), 1))
    t_s = np.arange(round(min(8 * decay_s, 0.5) * RATE_HZ)) / RATE_HZ
    attack = np.minimum(1.0, t_s / 0.0003)
    for at_s in np.arange(0.2, seconds - 0.6, every_s):
        body = sum(np.sin(2 * np.pi * each * t_s) for each in hz) / max(1, len(hz))
        body = (body + noise * random.standard_normal(len(t_s))) * np.exp(-t_s / decay_s) * attack
        at = round((at_s + random.uniform(0, 0.02)) * RATE_HZ)
        sound[at : at + len(body), 0] += 0.35 * body
    return np.clip(sound, -1, 1)


STRUCK = {
    "castanets": lambda: _struck((1_150, 2_270, 3_900), 0.006, 0.5, 0.11),
    "glockenspiel": lambda: _struck((2_093, 5_600, 11_100), 0.15, 0.0, 0.2),
    "snare": lambda: _struck((190,), 0.05, 1.0, 0.25),
    "typewriter": lambda: _struck((3_200,), 0.003, 1.0, 0.12),
    "plosives": lambda: _struck((120, 340), 0.02, 0.2, 0.3),
    "applause": lambda: _struck((), 0.004, 1.0, 0.012),
}
"""What begins within a fraction of a millisecond, by nature."""
