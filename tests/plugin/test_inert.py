"""Without a plan and without an option of its own, the plugin does and says nothing."""

import pytest

ORDINARY = """
import sys

def test_ordinary():
    loaded = {name for name in sys.modules if name.startswith("harness.")}
    heavy = {"harness.run.analyze", "harness.analysis", "harness.simulator", "harness.record"}
    assert not loaded & heavy, loaded & heavy
    assert not {"numpy", "cv2", "av", "torch", "sounddevice", "pydantic"} & set(sys.modules)
"""


def test_an_ordinary_test_run_is_left_alone(plans):
    ran = plans({"test_ordinary.py": ORDINARY, "data.yaml": "cases: [1, 2]\n"})
    assert ran.status == 0, ran.said
    assert "1 passed" in ran.said
    assert "device:" not in ran.said
    assert "report:" not in ran.said
    assert not (ran.folder / "reports").exists()


@pytest.mark.fuller
def test_what_failed_or_was_skipped_elsewhere_keeps_its_outcome(plans):
    text = "import pytest\n\ndef test_a():\n    assert 0\n\n@pytest.mark.skip\ndef test_b():\n    pass\n"
    ran = plans({"test_ordinary.py": text})
    assert ran.status == 1
    assert "1 failed, 1 skipped" in ran.said


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("--device=virtual-stv", "no device 'virtual-stv' (did you mean 'virtual-stb'?)"),
        ("--criteria=boardcast", "no criteria 'boardcast' (did you mean 'broadcast'?)"),
        pytest.param("--rig=left", "no rig 'left'", marks=pytest.mark.fuller),
        pytest.param(
            "--fault=freeze",
            "there is no fault 'freeze' (did you mean 'freeze_frame'?)",
            marks=pytest.mark.fuller,
        ),
        ("--fault=freeze_frame:start=1", "freeze_frame takes start_s, duration_s"),
        pytest.param("--recordings=maybe", "invalid choice: 'maybe'", marks=pytest.mark.fuller),
    ],
)
def test_an_option_that_cannot_be_is_told_in_one_line_before_anything_starts(plans, option, says):
    ran = plans({"test_plan.py": "def test_plan(device):\n    pass\n"}, option)
    assert ran.status == 4
    assert says in ran.said
    assert "Traceback" not in ran.said
    assert not (ran.folder / "reports").exists()


def test_a_fault_for_a_real_device_is_refused(plans):
    device = "name: Real\ncontrols: {nobody: {uri: 'none:'}}\n"
    ran = plans(
        {"test_plan.py": "def test_plan(device):\n    pass\n", "devices/real.yaml": device},
        "--device=real",
        "--fault=freeze_frame",
    )
    assert ran.status == 4
    assert "real is a real device" in ran.said
