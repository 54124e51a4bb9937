"""The timeline of a playback."""

from harness.record import GapRecord, KeyRecord
from harness.report.course import MOST_MARKERS, chart_course
from tests.support import records


def course(**fields):
    playback = records.playback(**{"duration_s": 20.0, "judged_from_s": 2.0, "judged_to_s": 18.0, **fields})
    return chart_course(playback, [f"f{index}" for index in range(len(playback.findings))])


def key(t_s, name="PAUSE"):
    return KeyRecord(key=name, start_s=t_s, end_s=t_s, via="ir")


def test_the_judged_window_and_the_findings_are_where_they_belong():
    made = course(findings=[records.freeze(5, 6), records.silence(10, 12), records.freeze(15, 15.001)])
    assert (made.judged.at, made.judged.width) == (10.0, 80.0)
    assert [lane.label for lane in made.lanes] == ["freeze frame", "silence"]
    assert [(bar.at, bar.width, bar.href) for bar in made.lanes[0].bars] == [
        (25.0, 5.0, "#f0"),
        (75.0, 0.4, "#f2"),
    ]


def test_gaps_of_the_rig_have_a_lane_of_their_own():
    made = course(gaps=[GapRecord(start_s=4, end_s=5, medium="video", reason="overrun")])
    assert made.lanes[-1].label == "rig gaps"
    assert made.lanes[-1].bars[0].kind == "gap"
    assert "lost by the rig: overrun" in made.lanes[-1].bars[0].words


def test_labels_never_cover_each_other_but_every_event_is_told():
    made = course(keys=[key(5), key(5.1, "PLAY"), key(12), key(19.9, "STOP")], marks=[])
    assert [(marker.label, marker.anchor) for marker in made.keys] == [
        ("", "start"),
        ("PLAY", "start"),
        ("PAUSE", "start"),
        ("STOP", "end"),
    ]
    assert [text for _, _, text in made.events] == ["PAUSE by ir", "PLAY by ir", "PAUSE by ir", "STOP by ir"]


def test_a_storm_of_keys_is_cut_off_in_the_drawing_alone():
    made = course(keys=[key(index / 100) for index in range(1000)], marks=[])
    assert len(made.keys) == MOST_MARKERS
    assert len(made.events) == 1000


def test_without_a_length_there_is_no_timeline():
    assert course(duration_s=0.0) is None
    assert course(duration_s=float("inf")) is None
