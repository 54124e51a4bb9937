"""The rig: the ports of a device's own profile, or those that a file of this machine names."""

import pytest

from harness.errors import InputError
from harness.run.qualify.ports import ports_of
from harness.run.registry import default_folders, find_profile
from harness.run.rig import rig_for

STB = find_profile("virtual-stb", default_folders())


def named(tmp_path, text, name="left"):
    (tmp_path / "rigs").mkdir(exist_ok=True)
    (tmp_path / "rigs" / f"{name}.yaml").write_text(text)
    return rig_for(STB.id, STB.profile, name, [tmp_path])


def test_without_a_name_the_profile_says_all():
    rig = rig_for(STB.id, STB.profile, None, [])
    assert rig.capture == "virtual:{hdmi}"
    assert rig.controls == {"adb": "adb:{adb}", "ir": "ir:{ir}"}
    record = rig.record()
    assert (record.capture, record.control) == ("virtual", "adb (adb), ir (ir)")
    assert not record.qualified


def test_a_file_replaces_what_it_names(tmp_path):
    text = (
        'name: Left bench\ncapture: "file:/dev/null"\ncontrols: {ir: "ir:/dev/ttyACM3"}\nnote: second shelf\n'
    )
    rig = named(tmp_path, text)
    assert rig.capture == "file:/dev/null"
    assert rig.controls == {"adb": "adb:{adb}", "ir": "ir:/dev/ttyACM3"}
    record = rig.record()
    assert (record.id, record.name, record.note) == ("left", "Left bench", "second shelf")
    assert record.control == "adb (adb), ir (ir:/dev/ttyACM3)"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: x\ncontrols: {adbb: 'none:'}\n", "has no control 'adbb' (did you mean 'adb'?)"),
        ("name: x\ncaptur: 'file:a'\n", "left.yaml:2: unknown key 'captur' (did you mean 'capture'?)"),
    ],
)
def test_mistakes_are_told_with_the_nearest_name(tmp_path, text, says):
    with pytest.raises(InputError) as told:
        named(tmp_path, text)
    assert says in str(told.value)


@pytest.mark.parametrize("name", ["lefft", "../left", "/etc/passwd"])
def test_an_unknown_rig_names_those_that_are_known(tmp_path, name):
    named(tmp_path, "name: x\n")
    with pytest.raises(InputError, match=r"no rig .* known: left"):
        rig_for(STB.id, STB.profile, name, [tmp_path])


def test_a_password_in_a_uri_reaches_neither_record_nor_certificate(tmp_path):
    rig = named(tmp_path, 'name: x\ncapture: "rtsp://lab:s3cret@192.168.1.30/live"\n')
    for told in (rig.record().capture, ports_of(rig, STB.profile)["capture"]):
        assert told == "rtsp://lab:***@192.168.1.30/live"
