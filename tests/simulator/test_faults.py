"""Each fault goes on the wire when the board says it did, and the playback without it is clean."""

from fractions import Fraction

import numpy as np
import pytest

from harness.analysis import markers
from harness.errors import InputError
from harness.impair.base import FaultSpec
from harness.simulator.faults import FAULTS

RATE = 48_000
TICK_NS = 20_000_000


def _play(box, title="sync_pattern"):
    """Start a title; return the wire time of its first frame."""
    box.device.start_app(None, f"harness://title/{title}", {})
    for _ in range(40):
        box.tick()
    return box.now_ns()


def _numbers(shown):
    read = [markers.read(frame.picture[0]) for frame in shown]
    return [marker.number if marker else None for marker in read]


def _plant(box, text):
    box.device.plant(FaultSpec.parse(text))


def test_nothing_planted_nothing_happens(sofa):
    box = sofa()
    _play(box)
    assert _numbers(box.watch(Fraction(3))) == list(range(150))
    assert box.device.planted() == []


def test_a_freeze_is_planted_to_the_frame(sofa):
    box = sofa()
    _plant(box, "freeze_frame:start_s=1,duration_s=0.5")
    first_ns = _play(box)
    numbers = _numbers(box.watch(Fraction(2)))
    assert numbers == [*range(50), *[49] * 25, *range(75, 100)]
    (record,) = box.device.planted()
    assert record["start_ns"] == first_ns + 50 * TICK_NS
    assert record["end_ns"] == first_ns + 75 * TICK_NS
    assert record["seen"] is True


def test_black_is_planted_to_the_frame(sofa):
    box = sofa()
    _plant(box, "black_frames:start_s=1,duration_s=0.2")
    _play(box)
    black = [frame.picture[0].max() == 16 for frame in box.watch(Fraction(2))]
    assert black == [False] * 50 + [True] * 10 + [False] * 40


def test_stutter_holds_and_jumps_where_it_says(sofa):
    box = sofa()
    _plant(box, "stutter:start_s=1,duration_s=2,seed=4")
    first_ns = _play(box)
    numbers = _numbers(box.watch(Fraction(4)))
    (record,) = box.device.planted()
    held = set()
    for start_ns, end_ns in record["intervals_ns"]:
        held |= {(t_ns - first_ns) // TICK_NS for t_ns in range(start_ns, end_ns, TICK_NS)}
    assert len(record["intervals_ns"]) > 3
    assert {tick for tick in range(200) if numbers[tick] != tick} == held


def test_silence_is_planted_to_the_sample(sofa):
    box = sofa()
    _plant(box, "silence:start_s=1.2345,duration_s=0.5")
    first_ns = _play(box, "news")
    sound = np.concatenate([frame.sound for frame in box.watch(Fraction(3))])
    (record,) = box.device.planted()
    start, end = (round((record[edge] - first_ns) * RATE / 1e9) for edge in ("start_ns", "end_ns"))
    assert (start, end) == (round(1.2345 * RATE), round(1.7345 * RATE))
    assert not sound[start:end].any()
    assert sound[start - 50 : start].any() and sound[end : end + 50].any()


def test_dropouts_are_where_they_say(sofa):
    box = sofa()
    _plant(box, "audio_dropout:start_s=0.5,duration_s=2,level=medium,seed=1")
    first_ns = _play(box, "news")
    sound = np.concatenate([frame.sound for frame in box.watch(Fraction(3))])
    (record,) = box.device.planted()
    assert len(record["intervals_ns"]) > 3
    for edges in record["intervals_ns"]:
        start, end = (round((edge - first_ns) * RATE / 1e9) for edge in edges)
        assert not sound[start:end].any()
        assert sound[start - 40 : start].any() and sound[end : end + 40].any()


@pytest.mark.parametrize("offset_ms", [200, -160, 41.5])
def test_av_sync_moves_the_sound_alone(sofa, offset_ms):
    box = sofa()
    _plant(box, f"av_sync:offset_ms={offset_ms}")
    _play(box)
    shown = box.watch(Fraction(4))
    assert _numbers(shown) == list(range(200))
    loud = np.abs(np.concatenate([frame.sound for frame in shown])[:, 0].astype(int)) > 6000
    beeps = [at for at in np.flatnonzero(loud) if not loud[max(0, at - 400) : at].any() and at > RATE // 2]
    expected = [round((second - offset_ms / 1000) * RATE) for second in (1, 2, 3)]
    assert all(abs(at - want) <= 1 for at, want in zip(beeps, expected, strict=False))
    (record,) = box.device.planted()
    assert record["seen"] and record["end_ns"] is None
    box.press("BACK")
    assert box.device.planted()[0]["end_ns"] is not None


def test_stalling_spins_over_a_held_picture_and_goes_on(sofa):
    box = sofa()
    _plant(box, "stalling:start_s=1.2,duration_s=1")
    first_ns = _play(box)
    shown = box.watch(Fraction(6, 5))
    stalled = box.watch(Fraction(1))
    assert box.device.media_session().state == "BUFFERING"
    assert _numbers(shown) == list(range(60))
    assert _numbers(box.watch(Fraction(1))) == list(range(60, 110))
    assert len({frame.picture[0].tobytes() for frame in stalled}) >= 10
    assert stalled[5].picture[0].mean() < 0.6 * shown[40].picture[0].mean()
    assert not stalled[-1].sound.any()
    (record,) = box.device.planted()
    assert (record["start_ns"], record["end_ns"]) == (first_ns + 60 * TICK_NS, first_ns + 110 * TICK_NS)


def test_stalling_may_last_for_ever(sofa):
    box = sofa()
    _plant(box, "stalling:start_s=0.5,duration_s=inf")
    _play(box)
    box.watch(Fraction(20))
    assert box.device.media_session().state == "BUFFERING"
    assert box.device.planted()[0]["end_ns"] is None


def test_the_app_crashes_to_home(sofa):
    box = sofa()
    home = box.tick()
    _plant(box, "error_screen:start_s=1")
    first_ns = _play(box)
    shown = box.watch(Fraction(2))
    assert _numbers(shown) == [*range(50), *[None] * 50]
    assert np.array_equal(shown[50].picture[0], home.picture[0])
    assert box.device.foreground() == "org.captureharness.home/.Home"
    assert any("FATAL EXCEPTION" in line for line in box.device.log())
    (record,) = box.device.planted()
    assert (record["start_ns"], record["end_ns"]) == (first_ns + 50 * TICK_NS, None)


def test_adb_goes_away_while_the_title_plays(sofa):
    box = sofa()
    asked = []

    class Link:
        def go_away(self, seconds=None):
            asked.append(seconds)

    box.device.adb = Link()
    _plant(box, "adb_lost:start_s=0.5,duration_s=3")
    _play(box)
    assert _numbers(box.watch(Fraction(1))) == list(range(50))
    assert asked == [3.0]


def test_two_faults_at_once(sofa):
    box = sofa(faults=[FaultSpec.parse("silence:start_s=0.5")])
    _plant(box, "freeze_frame:start_s=0.5")
    _play(box, "news")
    shown = box.watch(Fraction(1))
    assert np.array_equal(shown[24].picture[0], shown[40].picture[0])
    assert not shown[40].sound.any()
    assert {record["defect"] for record in box.device.planted()} == {"silence", "freeze_frame"}


def test_a_fault_comes_once_and_a_standing_one_each_time(sofa):
    box = sofa(faults=[FaultSpec.parse("black_frames:start_s=0.5,duration_s=0.2")])
    _plant(box, "freeze_frame:start_s=0.2,duration_s=0.2")
    seen = []
    for _ in range(2):
        _play(box)
        seen.append([(number is None, number) for number in _numbers(box.watch(Fraction(1)))])
    assert sum(black for black, _ in seen[0]) == sum(black for black, _ in seen[1]) == 10
    assert seen[0][15][1] == 9 and seen[1][15][1] == 15


def test_a_fault_during_playback_whose_time_has_passed_comes_now(sofa):
    box = sofa()
    _play(box)
    box.watch(Fraction(1))
    _plant(box, "freeze_frame:duration_s=0.2")
    numbers = _numbers(box.watch(Fraction(1, 2)))
    assert numbers == [50] * 10 + list(range(60, 75))


def test_clearing_takes_back_what_waits_and_what_runs(sofa):
    box = sofa(faults=[FaultSpec.parse("black_frames:start_s=0.5,duration_s=0.1")])
    _plant(box, "freeze_frame:start_s=0.2,duration_s=5")
    box.device.clear_faults()
    assert box.device.planted() == []
    _play(box)
    numbers = _numbers(box.watch(Fraction(1)))
    assert numbers[:25] == list(range(25)) and numbers[25:30] == [None] * 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("freze_frame", "did you mean 'freeze_frame'"),
        ("av_sync", "offset_ms"),
        ("freeze_frame:offset_ms=3", "freeze_frame takes"),
        ("freeze_frame:start_s=-1", "start_s >= 0"),
        ("freeze_frame:duration_s=0", "duration_s > 0"),
        ("freeze_frame:start_s=nan", "start_s >= 0"),
        ("stutter:seed=-1", "seed >= 0"),
        ("stutter:seed=nan", "whole number"),
        ("stutter:seed=inf", "whole number"),
        ("stutter:seed=1.5", "whole number"),
        ("stutter:kind=slow", "has no kinds"),
        ("stalling:kind=dots", "has no kinds"),
        ("av_sync:offset_ms=99999", "within"),
        ("av_sync:offset_ms=nan", "within"),
    ],
)
def test_an_impossible_fault_is_told(sofa, text, told):
    with pytest.raises(InputError, match=told):
        _plant(sofa(), text)


@pytest.mark.parametrize("defect", FAULTS)
def test_every_fault_of_the_list_can_be_planted(sofa, defect):
    box = sofa()
    _plant(box, f"{defect}:start_s=0.2,duration_s=0.5" + ",offset_ms=100" * (defect == "av_sync"))
    assert box.device.planted()[0]["seen"] is False
    _play(box)
    box.watch(Fraction(1))
    record = box.device.planted()[0]
    assert record["seen"] and record["defect"] == defect
    assert FaultSpec.parse(record["spec"]).defect == defect
