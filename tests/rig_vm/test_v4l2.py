"""A capture card behind video4linux2, on a real driver: what was captured, what was lost, what was said."""

import pytest

pytestmark = pytest.mark.rig_vm("v4l2")


def test_pictures_come_with_the_count_and_the_clock_of_the_driver(results):
    captured = results["capture"]
    assert captured["format"] == [1280, 720, "60"]
