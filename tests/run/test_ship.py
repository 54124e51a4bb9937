"""Ship only what was measured and passed; never because nothing was looked at."""

import pytest

from harness.run.ship import decide
from tests.support import records


def case(outcome, *markers, found=()):
    playbacks = [records.playback("fail", findings=list(found))] if found else []
    return records.case("test_it", outcome, markers=list(markers), playbacks=playbacks)


@pytest.mark.parametrize(
    ("cases", "decision", "reason"),
    [
        ([case("passed", "release")], "yes", "1 test passed"),
        ([case("passed", "release"), case("passed")], "yes", "2 tests passed"),
        ([case("passed", "release"), case("skipped")], "yes", "1 test passed"),
        ([], "unknown", "no release test passed"),
        ([case("passed")], "unknown", "no release test passed"),
        ([case("skipped", "release")], "unknown", "1 test skipped, of those that a release needs"),
        ([case("passed", "release"), case("skipped", "release")], "unknown", "1 test skipped"),
        ([case("passed", "release"), case("inconclusive")], "unknown", "1 test could not be judged"),
        ([case("passed", "release"), case("error")], "unknown", "1 test broke off"),
        ([case("passed", "release"), case("failed")], "no", "1 test failed"),
        ([case("error"), case("failed")], "no", "1 test failed"),
    ],
)
def test_the_decision_of_a_run(cases, decision, reason):
    found = decide(cases)
    assert found.decision == decision
    assert reason in "; ".join(found.reasons)


def test_a_failure_names_its_defects_the_most_frequent_first():
    both, one = [records.silence(), records.freeze()], [records.freeze()]
    noted = [records.silence(judged=False)]
    assert decide([case("failed", found=both), case("failed", found=one)]).reasons == [
        "2 tests failed: freeze_frame, silence"
    ]
    assert decide([case("failed", found=noted)]).reasons == ["1 test failed"]
    assert decide([case("failed", found=one), case("passed", found=both)]).reasons == [
        "1 test failed: freeze_frame"
    ]


def test_a_test_that_passed_with_trouble_on_the_way_is_told_beside_the_decision():
    noted = case("passed", "release").model_copy(update={"notes": ["its power was cycled"]})
    found = decide([noted, case("passed")])
    assert (found.decision, found.reasons) == (
        "yes",
        ["2 tests passed", "1 test had trouble on the way: see the notes"],
    )
    assert decide([noted, case("failed")]).reasons[-1] == "1 test had trouble on the way: see the notes"
