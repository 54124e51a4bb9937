"""Planted faults of a rig, each with the figure that must fail by it, over drawn pictures of the pattern."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from harness.analysis.matrices import BT601, BT709
from harness.media import AudioBlock, Frame, Gap, RigEvent, SignalEvent
from tests.support import rigs
from tests.support.rigs import clock, failing, figures, louder, pictures

FRAME_NS = 40_000_000


def test_a_sound_rig_passes_in_every_figure():
    found = figures()
    assert {figure.status for figure in found.values()} == {"pass"}
    assert len(found) == 17
    assert found["sound_level"].value == pytest.approx(0, abs=0.05)
    assert found["sound_offset"].value == pytest.approx(0, abs=0.1)
    assert found["picture_rate"].value == pytest.approx(0, abs=0.01)
    assert found["range_gain"].value == pytest.approx(1, abs=0.001)
    assert found["grey_error"].value <= 1


def _without(*lost):
    return lambda item: None if isinstance(item, Frame) and item.index in lost else item


def test_lost_pictures_are_counted():
    found = figures(_without(40, 41, 77))
    assert failing(found) == {"pictures_lost"}
    assert found["pictures_lost"].value == 3


def test_what_the_capture_says_it_lost_is_told_with_its_reason():
    def lose(item):
        if isinstance(item, Frame) and item.index in (40, 41):
            return Gap(item.t_ns, item.t_ns + FRAME_NS, "video", "the card lost it")
        return item

    found = figures(lose)
    assert failing(found) == {"pictures_lost", "picture_gaps"}
    assert found["picture_gaps"].value == 80
    assert found["picture_gaps"].note == "2 gaps: the card lost it"


def test_repeated_pictures_are_counted():
    held = {}

    def repeat(item):
        if isinstance(item, Frame) and item.index in (41, 42):
            return replace(held["last"], t_ns=item.t_ns, index=item.index)
        held["last"] = item if isinstance(item, Frame) else held.get("last")
        return item

    found = figures(repeat)
    assert failing(found) == {"pictures_lost", "pictures_repeated"}
    assert found["pictures_repeated"].value == 2


def test_a_picture_whose_number_is_damaged_is_counted_as_that():
    def damage(item):
        if isinstance(item, Frame) and item.index == 50:
            return Frame(item.t_ns, item.index, np.full_like(item.y, 90), item.u, item.v)
        return item

    found = figures(damage)
    assert failing(found) == {"pictures_damaged"}
    assert (found["pictures_damaged"].value, found["pictures_lost"].value) == (1, 0)


@pytest.mark.parametrize(("fps", "each"), [(25, 2), pytest.param(25, 3, marks=pytest.mark.fuller)])
@pytest.mark.parametrize("lost", [None, 51])
def test_a_slower_file_on_a_faster_output_repeats_by_design(fps, each, lost):
    step_ns = round(1e9 / fps / each)

    def shown(item):
        if not isinstance(item, Frame):
            return item
        times = [
            replace(item, t_ns=item.t_ns + step_ns * number, index=item.index * each + number)
            for number in range(each)
        ]
        return [one for one in times if one.index != lost]

    found = figures(shown, fps)
    assert failing(found) == ({"pictures_lost"} if lost else set())
    assert found["pictures_lost"].value == (1 if lost else 0)


@pytest.mark.parametrize(("fps", "shown_hz"), [(25, 30), (50, 25)])
def test_rates_that_do_not_fit_are_told(fps, shown_hz):
    """A card that captures at 30 Hz what comes at 25 doubles each fifth; at 25 Hz it loses half of 50."""
    _, items = rigs.drawn(fps, 0.0, 4.2, (320, 180))
    frames = [item for item in items if isinstance(item, Frame)]
    ticks = [(index, round(index * 1e9 / shown_hz)) for index in range(int(4.2 * shown_hz) - 1)]
    captured = [replace(frames[t_ns * fps // 10**9], t_ns=t_ns, index=index) for index, t_ns in ticks]
    sound = [item for item in items if isinstance(item, AudioBlock)]
    stream = rigs.StreamFormat(replace(rigs.Pattern(fps).video, fps=Fraction(shown_hz)), rigs.SOUND)
    found = rigs.figures_of(sorted([*captured, *sound], key=lambda item: item.t_ns), stream, 4.2)
    assert failing(found) == {"cadence"}
    assert found["cadence"].value == pytest.approx(shown_hz / fps, abs=0.01)
    assert "same rate" in found["cadence"].note


def test_a_pattern_that_is_gone_for_half_of_the_time_proves_too_little():
    def gone(item):
        if isinstance(item, Frame) and item.index >= 70:
            return Frame(item.t_ns, item.index, np.full_like(item.y, 16), item.u, item.v)
        return item

    found = figures(gone)
    assert failing(found) == {"seconds_seen"}
    assert found["seconds_seen"].value == pytest.approx(69 / 25)


def test_a_player_that_begins_anew_loses_nothing():
    first, again = rigs.Pattern(), rigs.Pattern()
    later_ns = 5_000_000_000

    def later(item):
        moved = replace(item, t_ns=item.t_ns + later_ns)
        if isinstance(item, Frame):
            return replace(moved, index=item.index + 125)
        return replace(moved, first_sample=item.first_sample + 240_000)

    items = [*first.items(5), *map(later, again.items(4))]
    found = rigs.figures_of(items, rigs.StreamFormat(first.video, rigs.SOUND), 9)
    assert failing(found) == set()


@pytest.mark.parametrize("offset_ms", [40, -40])
def test_an_offset_of_the_rig_fails_to_the_millisecond(offset_ms):
    found = figures(offset_ms=offset_ms)
    assert failing(found) == {"sound_offset"}
    assert found["sound_offset"].value == pytest.approx(offset_ms, abs=0.1)
    assert ("sound_latency_ms=40" in found["sound_offset"].note) == (offset_ms < 0)
    low, high = found["sound_offset"].interval
    assert low < offset_ms < high
    assert high - low < 3


@pytest.mark.parametrize("ppm", [100, -100])
def test_a_clock_that_is_off_fails_for_picture_and_sound(ppm):
    found = figures(clock(ppm))
    assert failing(found) == {"sample_rate", "picture_rate"}
    for name in ("sample_rate", "picture_rate"):
        assert found[name].value == pytest.approx(ppm, abs=1)


def test_sound_on_a_clock_of_its_own_drifts():
    slower = clock(100)
    found = figures(lambda item: slower(item) if isinstance(item, AudioBlock) else item)
    assert failing(found) == {"sample_rate", "sound_drift"}
    assert found["sound_drift"].value == pytest.approx(100, abs=5)


def test_a_level_that_is_down_fails_by_so_many_decibels():
    found = figures(louder(-3))
    assert failing(found) == {"sound_level"}
    assert found["sound_level"].value == pytest.approx(-3, abs=0.05)


def test_one_channel_that_is_missing_is_heard():
    def mute(item):
        if isinstance(item, AudioBlock):
            return replace(item, samples=item.samples * np.float32([1, 0]))
        return item

    found = figures(mute)
    assert failing(found) == {"sound_level", "sound_holes"}


def test_a_hole_in_the_sound_is_timed():
    def cut(item):
        if isinstance(item, AudioBlock) and 1_800_000_000 <= item.t_ns < 2_000_000_000:
            return replace(item, samples=np.zeros_like(item.samples))
        return item

    found = figures(cut)
    assert failing(found) == {"sound_holes"}
    assert found["sound_holes"].value == pytest.approx(200)


def test_sound_that_the_capture_lost_is_a_gap():
    def lose(item):
        if isinstance(item, AudioBlock) and 1_800_000_000 <= item.t_ns < 2_000_000_000:
            return Gap(item.t_ns, item.t_ns + FRAME_NS, "audio", "the queue ran over")
        return item

    found = figures(lose)
    assert failing(found) == {"sound_gaps"}
    assert found["sound_gaps"].value == 200


FULL = "narrow range is taken for full range"
SQUEEZED = "full range is taken for narrow range"


def _squeezed(y, u, v):
    return y * 219 / 255 + 16, *((plane - 128) * 224 / 255 + 128 for plane in (u, v))


@pytest.mark.parametrize(
    ("change", "mistake", "gain"), [(rigs.full_range, FULL, 1.164), (pictures(_squeezed), SQUEEZED, 0.859)]
)
def test_a_wrong_range_is_measured_and_named(change, mistake, gain):
    found = figures(change)
    assert failing(found) == {"grey_error", "colour_error", "range_gain"}
    assert found["range_gain"].value == pytest.approx(gain, abs=0.002)
    assert found["grey_error"].note == mistake


def _matrix(y, u, v):
    turn = np.linalg.inv(BT601) @ BT709
    wide = [np.repeat(np.repeat(plane - 128, 2, 0), 2, 1) for plane in (u, v)]
    luma, *chroma = np.einsum("ij,jkl->ikl", turn, np.stack([y - 16, *wide]))
    return luma + 16, *(plane[::2, ::2] + 128 for plane in chroma)


@pytest.mark.parametrize(
    ("turn", "mistake"),
    [
        (_matrix, "it is coded by BT.601 instead of BT.709"),
        (lambda y, u, v: (y, v, u), "U and V are swapped"),
    ],
)
def test_wrong_colours_are_measured_and_named(turn, mistake):
    found = figures(pictures(turn))
    assert failing(found) == {"colour_error"}
    assert found["colour_error"].note == mistake


def test_a_cast_that_no_mistake_explains_is_not_named():
    found = figures(pictures(lambda y, u, v: (y, u + 9, v)))
    assert failing(found) == {"colour_error"}
    assert found["colour_error"].value == pytest.approx(9)
    assert found["colour_error"].note == ""


def test_what_happens_to_the_rig_meanwhile_fails():
    def happen(item):
        if isinstance(item, Frame) and item.index == 60:
            return [item, RigEvent(item.t_ns, "overflow", "the driver's queue ran over")]
        return item

    found = figures(happen)
    assert failing(found) == {"interruptions"}
    assert found["interruptions"].note == "the driver's queue ran over"


def test_a_measured_clock_is_no_fault():
    def happen(item):
        if isinstance(item, Frame) and item.index == 60:
            return [item, RigEvent(item.t_ns, "clock", "2 ppm")]
        return item

    assert failing(figures(happen)) == set()


def test_a_signal_that_goes_fails():
    def happen(item):
        if isinstance(item, Frame) and item.index == 60:
            return [SignalEvent(item.t_ns, "signal_lost"), SignalEvent(item.t_ns, "signal_back", None), item]
        return item

    found = figures(happen)
    assert found["interruptions"].status == "fail"
    assert found["interruptions"].value == 2


def test_without_the_pattern_nothing_is_green():
    found = figures(pictures(lambda y, u, v: (y * 0 + 90, u, v)))
    assert failing(found) == {"seconds_seen"}
    unmeasured = {name for name, figure in found.items() if figure.status == "not_measured"}
    assert unmeasured == set(found) - {
        "seconds_seen",
        "picture_gaps",
        "sound_gaps",
        "interruptions",
        "sound_level",
        "sample_rate",
    }
    assert all(found[name].note for name in unmeasured)
