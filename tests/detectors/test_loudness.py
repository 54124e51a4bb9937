"""loudness: a jump of the gain is found to the millisecond; what merely gets louder is not. And R 128."""

from fractions import Fraction

import av
import numpy as np
import pytest

from harness.analysis.sound_view import SoundView
from harness.detectors.audio.loudness import Loudness
from harness.detectors.audio.r128 import Loudness as Meter
from harness.detectors.audio.r128 import k_weighting
from harness.simulator.titles.music import bed
from tests.support.sounds import RATE_HZ, analysis, found, planted, speech, steps

SECONDS = 6
COUNT = SECONDS * RATE_HZ
T_S = np.arange(COUNT) / RATE_HZ


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
@pytest.mark.parametrize("kind", ["jump_up", "jump_down"])
def test_a_jump_is_found_where_it_was_planted(kind, level):
    spec = f"loudness:start_s=2.2531,duration_s=3.45,level={level},kind={kind}"
    sound, interval = planted(speech(SECONDS, 0.06, seed=1), spec)
    assert found(Loudness(), sound) == [pytest.approx(interval, abs=0.001)]


def test_a_jump_that_is_not_undone_lasts_to_the_end():
    sound, _ = planted(bed("calm", SECONDS, -26), "loudness:start_s=3.1,duration_s=9,kind=jump_up,level=hard")
    (finding,) = analysis([Loudness()], sound).findings
    assert finding.start_ns == pytest.approx(3.1e9, abs=1e6)
    assert finding.end_ns == SECONDS * 10**9
    assert finding.peak == pytest.approx(6.0, abs=0.3)


def test_a_jump_is_found_at_another_rate():
    spec = "loudness:start_s=2.2531,duration_s=3.45,kind=jump_down"
    sound, interval = planted(speech(SECONDS, rate_hz=44_100, seed=1), spec, 44_100)
    assert found(Loudness(), sound, 44_100) == [pytest.approx(interval, abs=0.001)]


def room():
    """Return the noise of a room alone, which nothing predicts."""
    noise = np.random.default_rng(2).normal(0, 0.005, COUNT)
    return np.tile(np.convolve(noise, 0.8 ** np.arange(20), "same")[:, None], 2)


def shifted(seconds):
    """Return the room 8 dB softer from 3 s on, the change made within some seconds."""
    return room() * 10 ** (-8 / 20 * np.clip((T_S - 3) / seconds, 0, 1))[:, None]


def test_a_room_that_becomes_softer_at_once_was_shifted():
    assert found(Loudness(), shifted(1e-5)) == [pytest.approx((3.0, SECONDS), abs=0.003)]


def test_a_room_that_becomes_softer_within_a_moment_was_not():
    assert found(Loudness(), shifted(0.03)) == []


def music():
    return np.float64(bed("bright", SECONDS, -24)) / 32768


def cut():
    """Return a cut from a soft scene to a loud one."""
    return np.where(T_S[:, None] < 3, 0.2 * music(), speech(SECONDS, 0.3))


def bang():
    """Return an explosion over speech: loud at once, and dying away."""
    burst = np.random.default_rng(1).normal(0, 0.4, (COUNT, 2)) * np.exp(-np.clip(T_S - 3, 0, 9))[:, None]
    return speech(SECONDS) + burst * (T_S >= 3)[:, None]


def tutti():
    """Return an orchestra that comes in after a solo."""
    chord = sum(np.sin(2 * np.pi * hz * T_S + hz) for hz in (131, 196, 262, 330, 392, 523, 659, 784)) / 20
    attack = np.clip((T_S - 3) / 0.02, 0, 1)
    return 0.3 * music() + (attack * chord)[:, None]


def faded():
    return music() * np.interp(T_S, (0, 2, 4, 6), (1, 1, 0.2, 0.2))[:, None]


def clicks():
    sound = music()
    sound[np.arange(30_000, COUNT, 17_111)] += 0.3
    return sound


def hole():
    sound = music()
    sound[3 * RATE_HZ : 3 * RATE_HZ + 9_600] = 0
    return sound


@pytest.mark.parametrize("honest", [cut, bang, tutti, faded, clicks, hole, music, lambda: speech(SECONDS)])
def test_what_merely_gets_louder_or_softer_is_no_jump(honest):
    assert found(Loudness(), honest()) == []


def test_a_flicker_of_the_gain_does_not_stay():
    sound, _ = planted(speech(SECONDS, seed=1), "loudness:start_s=2.2531,duration_s=0.4")
    assert found(Loudness(), sound) == []


def metered(sound, rate_hz=RATE_HZ):
    meter, hop = Meter(), rate_hz // 100
    for at in range(0, len(sound) - hop + 1, hop):
        samples = np.float32(sound[at : at + hop])
        meter.take(SoundView(round(at * 1e9 / rate_hz), at, samples, rate_hz))
    return meter


def test_k_weighting_is_that_of_the_standard():
    shelf, high_pass = k_weighting(48_000)
    assert shelf == pytest.approx(
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241, 0.73248077421585]
    )
    assert high_pass == pytest.approx([1, -2, 1, 1, -1.99004745483398, 0.99007225036621])


@pytest.mark.parametrize("rate_hz", [48_000, 44_100])
def test_a_tone_measures_what_ebu_says(rate_hz):
    """EBU Tech 3341, case 1: 1 kHz in both channels, peaks at -23 dBFS, is -23 LUFS."""
    tone = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * np.arange(5 * rate_hz) / rate_hz)
    meter = metered(np.stack([tone, tone], axis=1), rate_hz)
    assert (meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs) == pytest.approx(
        (-23.0, -23.0, -23.0), abs=0.1
    )


def test_the_true_peak_lies_between_the_samples():
    """EBU Tech 3341, case 15: a quarter of the rate at 45 degrees; samples of 0.5, true peak of -3 dBTP."""
    tone = 0.5 * np.sqrt(2) * np.sin(2 * np.pi * 12_000 * np.arange(RATE_HZ) / RATE_HZ + np.pi / 4)
    meter = metered(np.stack([tone, tone], axis=1))
    assert meter.true_peak_dbtp == pytest.approx(-3.0, abs=0.3)


def _by_ffmpeg(samples):
    """Return momentary, short-term, integrated (LUFS) and true peak as FFmpeg's ebur128 filter has them."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        format="s16", sample_rate=RATE_HZ, layout="stereo", time_base=Fraction(1, RATE_HZ)
    )
    meter, sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    last = {}
    for at in range(0, len(samples), 4_800):
        part = np.ascontiguousarray(samples[at : at + 4_800]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(part, "s16", "stereo")
        frame.sample_rate, frame.pts = RATE_HZ, at
        source.push(frame)
        try:
            while True:
                last = dict(sink.pull().metadata) or last
        except (av.error.BlockingIOError, av.error.EOFError):
            continue
    names = ("M", "S", "I")
    peak = max(float(last[f"lavfi.r128.true_peaks_ch{channel}"]) for channel in (0, 1))
    return *(float(last[f"lavfi.r128.{name}"]) for name in names), 20 * np.log10(peak)


def test_loudness_agrees_with_another_meter():
    samples = steps(speech(8, 0.2, seed=3) + np.tile(music(), (2, 1))[: 8 * RATE_HZ])
    meter = metered(samples / 32768)
    ours = (meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs, meter.true_peak_dbtp)
    assert ours == pytest.approx(_by_ffmpeg(samples), abs=0.2)
