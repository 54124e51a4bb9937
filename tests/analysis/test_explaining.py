"""What explains what: a finding inside another, a pause that was asked for."""

import pytest

from harness.analysis.explaining import EDGE_NS, EDGES, RESPONSE_NS, SLACK_NS, explain, pauses
from harness.findings import Finding, Metric
from harness.timeline import Press, Timeline

S = 10**9
EXPLAINS = {"black_frames": frozenset({"freeze_frame"})}


def _finding(defect, start_ns, end_ns):
    return Finding(defect, start_ns, end_ns, 1.0, Metric("x", "y"), 0.0, f"{defect}@1")


def _press(key, t_s):
    return Press(key, t_s * S, t_s * S + 1, "ir")


def _reasons(findings, presses=()):
    return [item.explained_by for item in explain(findings, EXPLAINS, Timeline(presses=list(presses)))]


@pytest.mark.parametrize(("slack_ns", "reason"), [(SLACK_NS, "black_frames"), (SLACK_NS + 1, None)])
def test_black_explains_the_freeze_inside_it_but_for_some_frames(slack_ns, reason):
    black, freeze = _finding("black_frames", S, 2 * S), _finding("freeze_frame", S - slack_ns, 2 * S)
    assert _reasons([black, freeze]) == [None, reason]


def test_a_freeze_does_not_explain_black():
    assert _reasons([_finding("freeze_frame", 0, 3 * S), _finding("black_frames", S, 2 * S)]) == [None, None]


@pytest.mark.parametrize("defect", ["freeze_frame", "stutter", "silence", "audio_dropout"])
def test_a_pause_explains_what_it_holds(defect):
    presses = [_press("PAUSE", 1), _press("PLAY", 3)]
    assert _reasons([_finding(defect, S + 1, 3 * S)], presses) == ["key PAUSE"]


def test_a_pause_does_not_explain_black_nor_what_began_before_it_or_outlasts_it():
    presses = [_press("PAUSE", 1), _press("PLAY", 3)]
    outlasts = _finding("freeze_frame", S + 1, 3 * S + RESPONSE_NS + 2)
    before = _finding("freeze_frame", S - 1, 3 * S)
    assert _reasons([before, outlasts], presses) == [None, None]
    assert _reasons([_finding("black_frames", S + 1, 3 * S)], presses) == [None]


@pytest.mark.parametrize("key", ["PLAY", "STOP", "PLAY_PAUSE"])
def test_a_pause_lasts_until_the_next_key_that_moves_on(key):
    presses = [_press("PAUSE", 1), _press("INFO", 2), _press(key, 3)]
    assert pauses(presses, 9 * S) == [(S, 3 * S + 1 + RESPONSE_NS, "PAUSE")]


def test_a_pause_may_last_to_the_end():
    assert pauses([_press("PLAY", 0), _press("PAUSE", 1)], 9 * S) == [(S, 9 * S, "PAUSE")]


@pytest.mark.parametrize(
    ("stutter_ends_ns", "reasons"), [(2 * S, [None, "freeze_frame"]), (4 * S, ["stutter", None])]
)
def test_of_two_that_explain_each_other_the_longer_stays(stutter_ends_ns, reasons):
    findings = [_finding("freeze_frame", S, 2 * S), _finding("stutter", S, stutter_ends_ns)]
    explains = {"freeze_frame": {"stutter"}, "stutter": {"freeze_frame"}}
    assert [item.explained_by for item in explain(findings, explains, Timeline())] == reasons


@pytest.mark.parametrize(("late_ns", "reason"), [(0, "noise"), (EDGE_NS, "noise"), (EDGE_NS + 1, None)])
def test_detail_that_goes_as_noise_ends_is_no_blur(late_ns, reason):
    noise, blur = _finding("noise", S, 2 * S), _finding("blur", 2 * S + late_ns, 5 * S)
    assert _reasons([noise, blur]) == [None, reason]


@pytest.mark.parametrize(
    ("start_ns", "reason"), [(S, "channel_error"), (3 * S, "channel_error"), (2 * S, None)]
)
def test_a_step_of_the_level_as_a_channel_goes_or_comes_is_its_edge(start_ns, reason):
    channel, step = _finding("channel_error", S, 3 * S), _finding("loudness", start_ns, 9 * S)
    assert _reasons([channel, step]) == [None, reason]


def test_a_level_that_jumps_and_stays_does_not_explain_clicks_later_on():
    jump = _finding("loudness", S, 20 * S)
    assert _reasons([jump, _finding("clicks", S, S + 1)]) == [None, "loudness"]
    assert _reasons([jump, _finding("clicks", 5 * S, 6 * S)]) == [None, None]


@pytest.mark.parametrize(("start_ns", "reason"), [(2 * S + 1, "stalling"), (4 * S, None)])
def test_a_still_scene_that_a_spinner_leaves_does_not_freeze(start_ns, reason):
    stall, still = _finding("stalling", S, 2 * S), _finding("freeze_frame", start_ns, 9 * S)
    assert _reasons([stall, still]) == [None, reason]


@pytest.mark.parametrize(("end_ns", "reason"), [(5 * S, "noise"), (4 * S, None), (7 * S, None)])
def test_squares_that_vanish_under_noise_were_not_seen_to_go(end_ns, reason):
    squares, noise = _finding("blockiness", S, end_ns), _finding("noise", 5 * S, 6 * S)
    assert _reasons([squares, noise]) == [reason, None]


def test_squares_that_come_with_the_noise_stay():
    squares, noise = _finding("blockiness", 5 * S, 5 * S + 1), _finding("noise", 5 * S, 6 * S)
    assert _reasons([squares, noise])[0] is None


def test_no_two_defects_explain_each_other_by_their_edges():
    assert not [one for one, those in EDGES.items() for other in those if one in EDGES.get(other, ())]
