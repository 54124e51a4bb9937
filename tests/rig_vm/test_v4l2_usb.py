"""A USB capture card behind the kernel's own driver: compressed pictures, losses, pauses, unplugging."""

from itertools import pairwise

import pytest

from harness.capture.v4l2.card import GONE
from harness.capture.v4l2.counting import UNCOUNTED
from tests.rig_vm.test_v4l2 import frames, gaps, told

pytestmark = pytest.mark.rig_vm("v4l2_usb")

SMALL = [320, 240, "5"]
SECOND_NS = 1_000_000_000


def test_the_card_is_found_with_what_it_offers(results):
    port = results["load"]["ports"][-1]
    assert port["kind"] == "capture"
    assert port["uri"] == f"v4l2:{results['load']['node']}"
    assert port["name"].startswith("Test card")
    assert port["note"] == "signal unknown until it captures; YUYV, MJPG"


def test_compressed_pictures_come_in_narrow_range(results):
    captured = results["compressed"]
    assert captured["format"] == SMALL
    assert captured["greys"] == pytest.approx([16, 71, 126, 181, 235], abs=1)
    assert {tuple(frame["shape"]) for frame in frames(captured)} == {(240, 320, 120, 160)}
    for before, after in pairwise(frames(captured)):
        assert after["t_ns"] > before["t_ns"]
        assert after["late_ns"] > 0


def test_pictures_that_are_not_compressed_come_as_they_are(results):
    captured = results["uncompressed"]
    assert captured["format"] == SMALL
    assert captured["grey"] in (50, 60)


def test_the_largest_fast_mode_is_chosen_when_nothing_is_asked_for(results):
    captured = results["by_itself"]
    assert captured["format"] == [1280, 720, "30"]
    assert captured["asked"] == [1, 1]


def test_frames_that_came_torn_are_gaps_and_never_delivered(results):
    captured = results["torn"]
    assert captured["greys"] == [pytest.approx(71, abs=1)]
    assert gaps(captured, "lost by the card or its driver")
    assert gaps(captured, "a frame came damaged: a JPEG picture without its end")


def test_a_card_that_keeps_another_rate_than_it_promised_has_gaps_only_until_that_is_known(results):
    captured = results["slower"]
    assert captured["format"] == [320, 240, "30"]
    got = frames(captured)
    late = [gap for gap in gaps(captured, UNCOUNTED) if gap["start_ns"] > got[12]["t_ns"]]
    early = [gap for gap in gaps(captured, UNCOUNTED) if gap not in late]
    # Before it is known, there is a gap before every frame; afterwards, where the guest itself stood still.
    assert len(early) >= 6
    assert len(late) < len(got[13:]) / 2


def test_without_frames_there_is_no_signal_until_they_come_again(results):
    captured = results["paused"]
    signals = told(captured, "signal")
    assert [event["signal"] for event in signals] == ["signal_lost", "signal_back"] * (len(signals) // 2)
    for lost, back in zip(signals[::2], signals[1::2], strict=True):
        assert back["format"] == SMALL
        assert back["t_ns"] - lost["t_ns"] > SECOND_NS
        assert not [f for f in frames(captured) if lost["t_ns"] <= f["t_ns"] < back["t_ns"]]
    assert not told(captured, "rig")


def test_a_card_that_delivers_nothing_at_the_start_is_waited_for(results):
    captured = results["silent_at_start"]
    assert captured["format"] is None
    assert captured["quiet"] == [None, None]
    assert captured["items"][0]["signal"] == "signal_back"


def test_a_card_that_is_pulled_out_is_taken_up_again(results):
    captured = results["pulled"]
    assert captured["nothing"]
    assert [event["rig"] for event in told(captured, "rig")] == ["unplugged", "plugged_in"]
    assert told(captured, "signal")[0]["signal"] == "signal_back"
    pieces = gaps(captured, GONE)
    assert all(one["end_ns"] == other["start_ns"] for one, other in pairwise(pieces))
    assert pieces[-1]["end_ns"] in [f["t_ns"] for f in frames(captured)]
