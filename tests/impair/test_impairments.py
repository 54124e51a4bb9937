"""Each defect is planted to the frame and to the sample, the same again for the same seed."""

from fractions import Fraction

import numpy as np
import pytest

from harness.errors import InputError
from harness.impair import IMPAIRMENTS
from harness.impair.base import LEVELS, FaultSpec, overlap

FPS, RATE = Fraction(50), 48_000
BLOCK = 960
PICTURES = [name for name, kind in IMPAIRMENTS.items() if kind.medium == "picture"]
SOUNDS = [name for name, kind in IMPAIRMENTS.items() if kind.medium == "sound"]


def _clip(frames=200):
    random = np.random.default_rng(5)
    return [
        tuple(random.integers(40, 200, shape, dtype=np.uint8) for shape in ((18, 32), (9, 16), (9, 16)))
        for _ in range(frames)
    ]


def _shown(spec, clip):
    impairment = IMPAIRMENTS[spec.defect](spec, FPS, RATE)
    return [impairment.picture(picture, number / 50) for number, picture in enumerate(clip)], impairment


def _heard(spec, samples, block=BLOCK):
    impairment = IMPAIRMENTS[spec.defect](spec, FPS, RATE)
    blocks = [impairment.sound(samples[at : at + block], at / RATE) for at in range(0, len(samples), block)]
    return np.concatenate(blocks), impairment


def _sound(seconds=4):
    return np.random.default_rng(6).integers(1000, 20_000, (seconds * RATE, 2)).astype(np.int16)


def _frames_of(impairment, count):
    return {
        number
        for start, end in impairment.intervals_s()
        for number in range(count)
        if start - 1e-6 <= number / 50 < end - 1e-6
    }


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("defect", PICTURES)
@pytest.mark.parametrize("start_s", [0.58, 1.0, 1.14])
def test_pictures_change_in_the_planted_frames_alone(defect, level, start_s):
    clip = _clip()
    shown, impairment = _shown(FaultSpec(defect, start_s, 0.7, level, seed=3), clip)
    changed = {number for number in range(len(clip)) if shown[number] is not clip[number]}
    assert changed == _frames_of(impairment, len(clip))
    assert min(changed) == round(start_s * 50)
    assert max(changed) < round((start_s + 0.7) * 50)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("defect", SOUNDS)
def test_sound_changes_in_the_planted_samples_alone(defect, level):
    samples = _sound()
    heard, impairment = _heard(FaultSpec(defect, 1.00731, 0.9, level, seed=3), samples)
    changed = np.any(heard != samples, axis=1)
    planted = np.zeros(len(samples), bool)
    for start, end in impairment.intervals_s():
        planted[round(start * RATE) : round(end * RATE)] = True
    assert np.array_equal(changed, planted)
    assert np.argmax(changed) == round(1.00731 * RATE)


@pytest.mark.parametrize("defect", SOUNDS)
def test_sound_does_not_depend_on_its_blocks(defect):
    samples = _sound()
    spec = FaultSpec(defect, 1.00731, 0.9, "easy", seed=3)
    assert np.array_equal(_heard(spec, samples, 960)[0], _heard(spec, samples, 1024)[0])


@pytest.mark.parametrize("defect", IMPAIRMENTS)
def test_a_seed_repeats_itself(defect):
    spec, clip, samples = FaultSpec(defect, 0.5, 1.0, "hard", seed=9), _clip(100), _sound(2)
    for one, other in zip(_shown(spec, clip)[0], _shown(spec, clip)[0], strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert np.array_equal(_heard(spec, samples)[0], _heard(spec, samples)[0])


@pytest.mark.parametrize("defect", IMPAIRMENTS)
def test_what_comes_in_is_never_written_to(defect):
    clip, samples = _clip(100), _sound(2)
    for picture in clip:
        for plane in picture:
            plane.flags.writeable = False
    samples.flags.writeable = False
    spec = FaultSpec(defect, 0.5, 1.0, "hard")
    _shown(spec, clip)
    _heard(spec, samples)


def test_a_freeze_holds_the_frame_before():
    clip = _clip()
    shown, _ = _shown(FaultSpec("freeze_frame", 1.0, 0.5), clip)
    assert all(np.array_equal(shown[number][0], clip[49][0]) for number in range(50, 75))


def test_a_hard_freeze_carries_fresh_grain():
    clip = _clip()
    shown, _ = _shown(FaultSpec("freeze_frame", 1.0, 0.5, "hard"), clip)
    difference = shown[60][0].astype(int) - shown[61][0]
    assert 0 < np.abs(difference).max() <= 4


def test_black_is_black_and_lifted_black_keeps_a_logo():
    clip = _clip()
    easy, hard = (
        _shown(FaultSpec("black_frames", 1.0, 0.5, level), clip)[0][60] for level in ("easy", "hard")
    )
    assert set(np.unique(easy[0])) == {16}
    assert set(np.unique(easy[1])) == {128}
    assert abs(float(np.median(hard[0])) - 24) <= 2
    assert hard[0].max() > 100


def test_stutter_is_irregular():
    clip = _clip(300)
    _, impairment = _shown(FaultSpec("stutter", 1.0, 4.0), clip)
    holds = [round((end - start) * 50) for start, end in impairment.intervals_s()]
    starts = np.diff([start for start, _ in impairment.intervals_s()])
    assert len(holds) >= 8
    assert len(set(holds[:-1])) > 1 and len(set(np.round(starts, 3))) > 2
    assert all(6 <= hold <= 10 for hold in holds[:-1])


def test_silence_of_each_level_is_below_minus_sixty_dbfs():
    for level in LEVELS:
        heard, _ = _heard(FaultSpec("silence", 1.0, 1.0, level), _sound())
        rms = np.sqrt(np.mean((heard[RATE : 2 * RATE] / 32768.0) ** 2))
        assert 20 * np.log10(rms + 1e-9) < -60


def test_overlap_is_exact():
    assert overlap((1.0, 480), (1.005, 1.0075), RATE) == slice(240, 360)
    assert overlap((1.0, 480), (0.5, float("inf")), RATE) == slice(0, 480)
    assert overlap((1.0, 480), (2.0, 3.0), RATE).start == overlap((1.0, 480), (2.0, 3.0), RATE).stop


@pytest.mark.parametrize(
    "text", ["freeze_frame:start_s", "freeze_frame:start_s=x", "freeze_frame:level=tricky"]
)
def test_a_spec_that_cannot_be_read_is_told(text):
    with pytest.raises(InputError, match="cannot read"):
        FaultSpec.parse(text)


def test_a_spec_is_written_as_it_is_read():
    spec = FaultSpec.parse("av_sync:start_s=2.5,offset_ms=-120,seed=4,level=hard,duration_s=inf,kind=late")
    assert FaultSpec.parse(str(spec)) == spec


@pytest.mark.parametrize(
    ("kind", "share_db"),
    [("white", {4_000: 0.0}), ("pink", {4_000: 6.0}), ("tape", {400: -12.7})],
)
def test_hiss_has_the_spectrum_that_it_says(kind, share_db):
    spec = FaultSpec("hiss", 1.0, 3.0, "easy", kind=kind)
    noise = (_heard(spec, _sound())[0].astype(float) - _sound())[RATE:]
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.1
    power = np.abs(np.fft.rfft(noise[:, 0])) ** 2
    hz = np.fft.rfftfreq(len(noise), 1 / RATE)

    def level_db(at_hz):
        return 10 * np.log10(power[(hz > at_hz / 1.1) & (hz < at_hz * 1.1)].mean())

    for at_hz, decibels in share_db.items():
        reference = 4_000 if at_hz < 1_000 else 16_000
        assert level_db(at_hz) - level_db(reference) == pytest.approx(decibels, abs=1.0)
