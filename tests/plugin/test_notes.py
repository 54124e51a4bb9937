"""What happened to a device on the way is in the record of the test, however it came out, and only there."""

PROFILE = "name: Quiet box\ncontrols: {remote: {uri: 'none:'}}\n"
PLAN = """
import pytest


def test_with_trouble(device):
    device.note("power_cycled", "its power was cycled")


@pytest.mark.release
def test_without(device):
    device.press("HOME")
"""


def test_a_note_stays_with_its_test(plans):
    ran = plans({"test_box.py": PLAN, "devices/quiet.yaml": PROFILE}, "--device", "quiet", "test_box.py")
    assert ran.status == 0, ran.said
    assert ran.case("test_with_trouble").notes == ["its power was cycled"]
    assert ran.case("test_without").notes == []
    assert ran.record.ship.reasons[-1] == "1 test had trouble on the way: see the notes"


NOT_FOR_IT = """
import pytest

pytestmark = pytest.mark.requires("vod")


def test_it(device):
    device.press("HOME")
"""


def test_a_plan_of_which_nothing_ran_is_no_pass(plans):
    ran = plans(
        {"test_box.py": NOT_FOR_IT, "devices/quiet.yaml": PROFILE}, "--device", "quiet", "test_box.py"
    )
    assert ran.case("test_it").outcome == "skipped"
    assert ran.status == 5, ran.said
