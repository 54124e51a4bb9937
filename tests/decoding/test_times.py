"""Time stamps of containers become exact, rising nanoseconds."""

from fractions import Fraction

import pytest

from harness.decoding.times import FrameTimes, SampleTimes

MS = Fraction(1, 1000)


def frame_times(stamps, fps=Fraction(25), tick=MS, zero=Fraction(0)):
    times = FrameTimes(tick, fps, zero)
    return [times.place(stamp) / 1e6 for stamp in stamps], times


def test_a_missing_stamp_is_one_period_later():
    got, times = frame_times([0, None, 80, None])
    assert got == [0, 40, 80, 120] and times.repaired == 2


def test_time_never_goes_back():
    got, times = frame_times([0, 40, 40, 0, 40])
    assert got == sorted(set(got)) and times.repaired >= 1


def test_stamps_that_start_anew_go_on():
    got, _ = frame_times([1000, 1040, 1080, 0, 40, 80], zero=Fraction(1))
    assert got == [0, 40, 80, 120, 160, 200]


def test_an_absurd_leap_is_repaired():
    got, _ = frame_times([0, 40, 10**12, 10**12 + 40])
    assert got == [0, 40, 80, 120]


def test_a_pause_is_kept():
    assert frame_times([0, 40, 5000])[0] == [0, 40, 5000]


def test_rounded_stamps_snap_to_the_grid_but_others_stay():
    got, _ = frame_times([0, 17, 33, 50, 60, 83], Fraction(60))
    assert got == pytest.approx([0, 50 / 3, 100 / 3, 50, 60, 250 / 3], abs=1e-5)


def test_fine_stamps_are_left_alone():
    tick = Fraction(1, 90000)
    assert frame_times([0, 3603, 7206], Fraction(25), tick)[0] == pytest.approx(
        [0, 40.0333, 80.0667], abs=1e-3
    )


def test_samples_are_counted_through_rounded_stamps():
    times = SampleTimes(MS, 44100, Fraction(0))
    placed = [times.place(round(index * 1024 / 44.1), 1024) for index in range(500)]
    assert [first for _, first in placed] == [index * 1024 for index in range(500)]
    assert placed[-1][0] == round(499 * 1024 / 44100 * 1e9)


def test_a_hole_in_the_sound_moves_the_count():
    times = SampleTimes(MS, 48000, Fraction(0))
    assert times.place(0, 480) == (0, 0)
    assert times.place(110, 480) == (110_000_000, 5280)


def test_sound_that_starts_late_starts_late():
    times = SampleTimes(MS, 48000, Fraction(1))
    assert times.place(1500, 480) == (500_000_000, 0)


def test_stamps_of_sound_that_go_back_are_repaired():
    times = SampleTimes(MS, 48000, Fraction(0))
    assert [times.place(stamp, 4800)[1] for stamp in (0, 100, 0, 100, None)] == [0, 4800, 9600, 14400, 19200]
    assert times.repaired == 1
