"""A capture card behind video4linux2, on a real driver: what was captured, what was lost, what was said.

The guest is slow, so it loses frames by itself: what is asserted is that every one of them is accounted for.
"""

from fractions import Fraction
from itertools import pairwise

import pytest

from harness.capture.v4l2.card import GONE
from harness.capture.v4l2.counting import UNCOUNTED
from harness.capture.v4l2.link import MARKED, TUNING

pytestmark = pytest.mark.rig_vm("v4l2")

HD_READY_24 = [1280, 720, "24"]
JITTER_NS = 150_000_000
"""How far the stamps of the guest's test card may be from its count."""


def frames(captured):
    return [item for item in captured["items"] if "frame" in item]


def gaps(captured, words=""):
    return [item for item in captured["items"] if "gap" in item and words in item["gap"]]


def told(captured, name):
    return [item for item in captured["items"] if name in item]


def check_account(captured):
    """Every jump of the count has its gap, from the frame that was due to the one that came."""
    period_ns = 1_000_000_000 / Fraction((captured["format"] or HD_READY_24)[2])
    for number, (before, after) in enumerate(pairwise(captured["items"])):
        if "frame" not in after:
            continue
        assert after["late_ns"] > 0
        if "frame" in before:
            assert after["frame"] == before["frame"] + 1
            assert after["t_ns"] > before["t_ns"]
        elif "gap" in before and number and "frame" in (last := captured["items"][number - 1]):
            lost = after["frame"] - last["frame"] - 1
            if before["gap"] not in (MARKED, UNCOUNTED):
                assert before["gap"].startswith(f"{lost} frame")
                assert before["end_ns"] == after["t_ns"]
                assert before["start_ns"] in (pytest.approx(last["t_ns"] + period_ns, abs=1), last["t_ns"])


def test_frames_carry_the_count_and_the_clock_of_the_driver(results):
    captured = results["capture"]
    assert captured["format"] == HD_READY_24
    got = frames(captured)
    assert len(got) >= 48
    assert {tuple(frame["shape"]) for frame in got} == {(720, 1280, 360, 640)}
    first = got[0]
    for frame in got:
        by_count_ns = (frame["frame"] - first["frame"]) * 1_000_000_000 / 24
        assert abs(frame["t_ns"] - first["t_ns"] - by_count_ns) < JITTER_NS
    check_account(captured)
    assert {next(iter(item)) for item in captured["items"]} <= {"frame", "gap"}


def test_frames_that_the_computer_was_too_slow_for_are_gaps(results):
    assert results["fast"]["format"] == [1280, 720, "60"]
    check_account(results["fast"])


def test_colours_are_the_same_in_every_format(results):
    """Bars at 75 %: white, yellow, cyan, green, magenta, red, blue, black, in BT.601."""
    found = results["colours"]
    assert found["NV12"][0] == pytest.approx([180, 128, 128], abs=2)
    assert found["NV12"][5] == pytest.approx([65, 100, 212], abs=2)
    assert found["NV12"][6] == pytest.approx([35, 212, 114], abs=2)
    assert found["NV12"][7] == pytest.approx([16, 128, 128], abs=2)
    assert found["YUYV"] == found["UYVY"] == found["YU12"] == found["NV12"]


def test_frames_that_the_driver_drops_are_gaps(results):
    captured = results["dropped"]
    assert len(gaps(captured, "lost by the card or its driver")) >= 5
    check_account(captured)


def test_the_driver_s_count_may_run_over(results):
    captured = results["wrapped"]
    assert frames(captured)[0]["frame"] == 0
    assert frames(captured)[-1]["frame"] > 140
    check_account(captured)


def test_a_frame_that_the_driver_marks_is_a_gap_and_not_delivered(results):
    captured = results["damaged"]
    (damaged,) = gaps(captured, MARKED)
    place = captured["items"].index(damaged)
    before, after = frames({"items": captured["items"][:place]}), frames({"items": captured["items"][place:]})
    assert after[0]["frame"] > before[-1]["frame"] + 1
    assert before[-1]["t_ns"] < damaged["start_ns"] < damaged["end_ns"]


def test_a_signal_goes_and_comes_back(results):
    captured = results["lost_and_back"]
    lost, back = told(captured, "signal")
    assert (lost["signal"], back["signal"], back["format"]) == ("signal_lost", "signal_back", HD_READY_24)
    assert captured["quiet"] == [None] * 4
    between = [f for f in frames(captured) if lost["t_ns"] < f["t_ns"] < back["t_ns"]]
    assert not between
    assert not [gap for gap in gaps(captured) if gap["start_ns"] < back["t_ns"] < gap["end_ns"]]
    assert back["t_ns"] == next(f["t_ns"] for f in frames(captured) if f["t_ns"] >= back["t_ns"])


def test_without_a_signal_at_the_start_the_capture_waits_for_it(results):
    captured = results["no_signal_at_start"]
    assert captured["format"] is None
    assert captured["quiet"] == [None] * 3
    assert [event["signal"] for event in told(captured, "signal")] == ["signal_back"]
    assert captured["items"][0]["format"] == HD_READY_24


def test_signals_that_cannot_be_captured_are_none(results):
    found = results["unusable_signals"]
    assert found["no_lock"] == {"format": None, "items": []}
    (event,) = found["out_of_range"]["items"]
    assert event["rig"] == "out_of_range"
    assert "let the device show a smaller mode" in event["detail"]


def test_a_change_of_mode_is_followed_there_and_back(results):
    captured = results["modes"]
    changes = told(captured, "signal")
    assert [change["signal"] for change in changes] == ["format_changed"] * 2
    assert [change["format"] for change in changes] == [[1920, 1080, "30"], HD_READY_24]
    big = [f["t_ns"] for f in frames(captured) if f["shape"] == [1080, 1920, 540, 960]]
    assert big
    assert all(changes[0]["t_ns"] <= t_ns < changes[1]["t_ns"] for t_ns in big)
    assert len(gaps(captured, TUNING)) == 2
    assert [gap["end_ns"] for gap in gaps(captured, TUNING)] == [change["t_ns"] for change in changes]


@pytest.mark.parametrize("step", ["disconnected", "unplugged"])
def test_an_unplugged_card_is_taken_up_again(results, step):
    captured = results[step]
    assert [event["rig"] for event in told(captured, "rig")] == ["unplugged", "plugged_in"]
    assert not [event for event in told(captured, "signal") if event["signal"] == "signal_lost"]
    pieces = gaps(captured, GONE)
    assert all(one["end_ns"] == other["start_ns"] for one, other in pairwise(pieces))
    before = [f for f in frames(captured) if f["t_ns"] < pieces[0]["start_ns"]]
    after = [f for f in frames(captured) if f["t_ns"] >= pieces[-1]["end_ns"]]
    assert len(before) == 5
    assert len(after) >= 5
    assert after[0]["t_ns"] == pieces[-1]["end_ns"]
    assert after[0]["frame"] > before[-1]["frame"]


@pytest.mark.parametrize("step", ["broken_stream", "refused_restart"])
def test_a_broken_stream_is_started_anew_and_what_was_lost_is_a_gap(results, step):
    captured = results[step]
    (event,) = told(captured, "rig")
    assert event["rig"] == "restarted"
    assert event["detail"] == "the card's driver broke the stream off; the capture is started anew"
    pieces = [gap for gap in gaps(captured) if gap["gap"].startswith("the card's driver")]
    assert pieces[0]["start_ns"] < event["t_ns"] == pieces[0]["end_ns"] < pieces[-1]["end_ns"]
    assert pieces[-1]["end_ns"] in [f["t_ns"] for f in frames(captured)]


def test_a_card_that_does_not_start_says_so_and_starts_the_next_time(results):
    for sentence in results["refused_start"].values():
        assert sentence.startswith("RigError: v4l2:/dev/video0: the card does not start (Invalid argument); ")


def test_a_card_without_timings_is_set_to_what_is_asked_for(results):
    found = results["camera"]
    assert found[""]["format"] == [640, 480, "25"]
    assert found["?size=640x360&fps=15"]["format"] == [640, 360, "15"]
    assert found["?format=YUYV&size=1280x720"]["format"][:2] == [1280, 720]
    for captured in found.values():
        assert len(frames(captured)) >= 10
        assert not told(captured, "rig")
        check_account(captured)


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        (
            "absent",
            "CaptureLost: v4l2:/dev/video77: there is no such device; plug the card in (there are: v4l2:",
        ),
        ("no video", "NoCapture: v4l2:/dev/null: /dev/null is not a video device"),
        ("output", "'vivid' does not capture pictures; name another node of the card"),
        ("planes", "'vivid' delivers each plane in a buffer of its own; use another card"),
        ("format", "the card does not offer MJPG; it offers YUYV, UYVY, YVYU, VYUY, 422P, YU12 and others"),
        ("signal", "the signal is 1280x720 at 24, and the card follows it; leave size= and fps= out"),
        ("size", "the card does not offer 1234x567; nearest: NV12 1280x720 at "),
        ("fps", "the card does not offer 640x360 at 59; nearest: NV12 640x360 at 40, "),
        ("input", "the card has no input 7; it has 0 (HDMI 0)"),
        ("fields", "the card delivers single fields of an interlaced signal; use a progressive one"),
        (
            "permission",
            "this user may not open it; add it to the group `video` (sudo usermod -aG video USER)",
        ),
        ("busy", "another program (v4l2-ctl, process {other}) captures from it; end that one first"),
    ],
)
def test_what_keeps_a_card_from_being_used_is_one_sentence(results, case, sentence):
    found = results["refusals"]
    assert sentence.format(other=found["other"]) in found[case]
    assert "\n" not in found[case]


def test_ports_tell_the_signal_or_what_is_in_the_way(results):
    found = results["ports"]
    hdmi, usb, planes = found["signal"]
    assert hdmi == {
        "kind": "capture",
        "uri": "v4l2:/dev/video0",
        "name": "vivid",
        "note": "signal 1280x720 at 24",
    }
    assert usb["note"] == "signal unknown until it captures; NV12, YUYV, UYVY, YU12"
    assert planes["note"].startswith("'vivid' delivers each plane")
    assert found["no signal"][0]["note"] == "no signal"
