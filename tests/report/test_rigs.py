"""What the page says of rigs and of devices set aside: first what nobody may overlook, then every figure."""

import pytest

from harness.certificate import OFFSET, Standing
from harness.record import AvSyncRecord, RigRecord
from harness.report.summary import _warnings
from tests.report.test_page import render
from tests.support import certificates, records

COMMAND = "harness devices qualify stb"
PASSED = [records.case("test_one", device="stb", playbacks=[records.playback()])]


def rig(standing, number=1, **fields):
    words = (
        "virtual rig: nothing to qualify"
        if standing is Standing.VIRTUAL
        else f"The rig of stb; run: {COMMAND}"
    )
    values = {"qualified": standing is Standing.QUALIFIED, "standing": standing, "standing_words": words}
    return RigRecord(id=f"rig-{number}", device="stb", **{**values, **fields})


def page(folder, rigs, cases=PASSED, **fields):
    html, _ = render(
        records.run(cases, "yes", ["all is well"], rigs=rigs, **{"set_aside": {}, **fields}), folder
    )
    return html


def first_screen(html):
    return html[: html.index('class="omitted"')]


def warned(rigs):
    return [
        f"{one.what} {one.sentence} {one.command}"
        for one in _warnings(records.run([], rigs=rigs, set_aside={}))
    ]


def test_an_unqualified_rig_is_told_first_with_what_to_type_and_hides_no_decision(tmp_path):
    first = first_screen(page(tmp_path, [rig(Standing.CHANGED)]))
    assert "<b>Rig not qualified.</b> The rig of stb. Type: <code>harness devices qualify stb</code>" in first
    assert 'class="tag warn">not qualified' in first
    assert first.index("SHIP") < first.index("Rig not qualified.")
    assert 'class="decision is-yes"' in first


@pytest.mark.parametrize("standing", Standing)
def test_whatever_is_not_trusted_is_told(standing):
    told = [] if standing.trusted else [f"Rig not qualified. The rig of stb. Type: {COMMAND}"]
    assert warned([rig(standing)]) == told


@pytest.mark.parametrize(
    ("standing", "tag"),
    [(Standing.QUALIFIED, ">qualified<"), (Standing.VIRTUAL, ">virtual rig: nothing to qualify<")],
)
def test_a_rig_that_nothing_is_wrong_with_takes_no_room(tmp_path, standing, tag):
    first = first_screen(page(tmp_path, [rig(standing)]))
    assert "warnings" not in first
    assert "not qualified" not in first
    assert tag in first


def test_a_record_of_before_there_were_certificates_is_not_qualified():
    old = RigRecord(id="old", name="Old bench")
    assert warned([old]) == ["Rig not qualified. The rig Old bench was never qualified. "]


def test_many_rigs_do_not_push_the_rest_off_the_first_screen():
    told = warned([rig(Standing.MISSING, number) for number in range(20)])
    assert len(told) == 4
    assert told[-1] == "Rigs not qualified. 17 more: they are named at the end of this page. "


def test_a_device_that_was_set_aside_is_told_first_with_what_was_not_run(tmp_path):
    why = "stb was set aside after 3 errors in a row, the first of them: no signal"
    cases = [
        *[
            records.case(f"test_{one}", "error", device="stb", blame="rig", message="no signal")
            for one in "abc"
        ],
        *[
            records.case(f"test_{one}", "error", device="stb", blame="rig", message=f"not run: {why}")
            for one in "de"
        ],
    ]
    first = first_screen(page(tmp_path, [], cases, set_aside={"stb": why}))
    assert f"<b>Device set aside.</b> {why}. 2 tests were not run." in first


def test_every_figure_stands_in_the_report_and_none_is_green_that_was_not_measured(tmp_path):
    found = records.certificate()
    html = page(tmp_path, [rig(Standing.QUALIFIED, certificate=found)])
    rows = [row for row in html.split("<tr>") if row.startswith('<th scope="row">') and "</td><td>" in row]
    assert len(rows) == len(found.figures)
    (latency,) = (row for row in rows if "from a key press" in row)
    assert 'class="tag warn">not measured' in latency
    assert "another player was plugged in" in latency
    assert "good" not in latency
    (offset,) = (row for row in rows if row.startswith('<th scope="row">sound against picture'))
    assert "0 ms (-1 to 1)</td><td>\N{PLUS-MINUS SIGN}30" in offset
    for words in ("Cam Link 4K", "BrightSign HD225", "0123456789abcdef", "1 Oct 2026, 10:00 UTC"):
        assert words in html


@pytest.mark.parametrize(
    ("trusted", "fields", "says"),
    [
        (True, {}, "the rig's own +12.0 ms are taken off"),
        (False, {}, "nothing is taken off: the certificate does not hold"),
        (True, {"player_known": False}, "nothing is taken off: the player's own offset"),
    ],
)
def test_the_page_says_what_is_taken_off(tmp_path, trusted, fields, says):
    found = records.certificate(figures=certificates.figures(12.0), **fields)
    assert found.figure(OFFSET).value == 12
    standing = Standing.QUALIFIED if trusted else Standing.EXPIRED
    assert says in page(tmp_path, [rig(standing, certificate=found)]).replace("&#39;", "'")


def test_a_playback_names_what_was_taken_off(tmp_path):
    synced = AvSyncRecord(
        status="in_sync", offset_ms=-3.0, interval_ms=[-5, -1], method="marker", rig_offset_ms=12.0
    )
    cases = [records.case("test_one", device="stb", playbacks=[records.playback(av_sync=synced)])]
    html = page(tmp_path, [rig(Standing.QUALIFIED)], cases)
    assert "sound 3 ms late (marker, +12.0 ms of the rig taken off)" in html
