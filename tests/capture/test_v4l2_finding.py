"""Cards are named by what stays over unplugging."""

import pytest

from harness.capture.v4l2 import finding
from harness.capture.v4l2.finding import namesakes, nodes, stable_path


@pytest.fixture
def dev(tmp_path, monkeypatch):
    monkeypatch.setattr(finding, "DEVICES", tmp_path)
    for number in (0, 1, 2, 10):
        (tmp_path / f"video{number}").touch()
    for folder in ("by-id", "by-path"):
        (tmp_path / "v4l" / folder).mkdir(parents=True)
    return tmp_path


def test_a_card_goes_by_maker_and_serial_number_or_else_by_its_port(dev):
    by_id, by_path = dev / "v4l/by-id/usb-Example-video-index0", dev / "v4l/by-path/pci-0000:00-video-index0"
    by_path.symlink_to("../../video2")
    assert stable_path(dev / "video2") == by_path
    by_id.symlink_to("../../video2")
    assert stable_path(dev / "video2") == by_id
    assert stable_path(by_path) == by_path
    assert stable_path(dev / "video1") == dev / "video1"


def test_nodes_come_in_the_order_of_their_numbers(dev):
    assert [node.name for node in nodes()] == ["video0", "video1", "video2", "video10"]


def test_a_card_with_a_stable_name_is_looked_for_there_alone(dev):
    name = dev / "v4l/by-id/usb-Example-video-index0"
    name.symlink_to("../../video2")
    assert list(namesakes(name, "Example", "usb-1")) == [name]
    # None of these files is a video device.
    assert list(namesakes(dev / "video0", "Example", "usb-1")) == []
