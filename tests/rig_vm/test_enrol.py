"""A device is registered on real drivers: what is found, learned, seen, and checked afterwards."""

import pytest
import yaml

pytestmark = pytest.mark.rig_vm("enrol")


def test_the_ports_of_the_machine_are_found(results):
    found = results["discovered"]
    blaster = f"rc:/dev/{results['load']}"
    assert ["infrared", blaster] in found
    assert "capture" in [kind for kind, _ in found]
    assert found[-1] == ["virtual", "virtual:"]


def test_a_device_is_registered_with_a_learned_key_and_its_card(results):
    made = results["registered"]
    assert "learned HOME" in made["said"]
    assert "capture: 1280x720 at 24 fps" in made["said"]
    assert "picture.png" in made["said"]
    assert "HOME was sent by ir, but the picture moves by itself" in made["said"]
    assert made["code"] == ["nec", 0x04, 0x40]
    profile = yaml.safe_load(made["file"])
    assert profile["controls"] == {"ir": {"uri": f"rc:/dev/{results['load']}", "keys": "keymaps/box-ir.yaml"}}
    assert profile["capture"].startswith("v4l2:/dev/")
    assert profile["features"] == ["ir", "vod"]


def test_what_was_registered_answers_the_check(results):
    assert [(part, answered) for part, answered, _ in results["checked"]] == [
        ("ir", True),
        ("capture", True),
    ]
