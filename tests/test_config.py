"""All that is wrong with a file is told, each on its line."""

import pytest

from harness.config import load
from harness.errors import ConfigError
from harness.run.registry import Profile

WRONG = """\
nme: Box
features: 3
controls:
  adb:
    uri: "adb:1"
    kes: keymaps/android.yaml
  ir: {uri: 5}
states:
  home:
    steps: [{pres: HOME}]
    expect: {media: [PLAYNG]}
"""


def told(tmp_path, text):
    path = tmp_path / "box.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        load(path, Profile)
    return str(error.value).replace(f"{path}:", "").splitlines()


def test_every_mistake_is_told_once_with_its_line(tmp_path):
    lines = told(tmp_path, WRONG)
    assert sorted(int(line.partition(":")[0]) for line in lines) == [1, 2, 6, 7, 10, 11]
    assert "1: unknown key 'nme' (did you mean 'name'?)" in lines
    assert "6: unknown key 'controls.adb.kes' (did you mean 'keys'?)" in lines
    assert "10: unknown key 'states.home.steps.0.pres' (did you mean 'press'?)" in lines


def test_names_that_lead_nowhere_are_all_told(tmp_path):
    lines = told(
        tmp_path,
        "name: x\ncontrols: {adb: {uri: 'adb:1'}}\ndefault_control: abd\n"
        "states:\n  home:\n    after: hom\n    expect: {signal: true}\n"
        "play: [{press: UP},\n  {press: UP, via: irr}]\n",
    )
    assert lines == [
        "3: default_control: there is no 'abd' (did you mean 'adb'?); known: adb",
        "6: states.home.after: there is no 'hom' (did you mean 'home'?); known: home",
        "9: play.1.via: there is no 'irr'; known: adb",
    ]


def test_a_key_that_stands_twice_is_an_error(tmp_path):
    lines = told(tmp_path, "name: x\ncontrols:\n  a: {uri: 'none:'}\n  a: {uri: 'none:', uri: x}\nname: y\n")
    assert lines == [
        "4: the key 'a' is there already, on line 3: keep one",
        "4: the key 'uri' is there already, on line 4: keep one",
        "5: the key 'name' is there already, on line 1: keep one",
    ]


@pytest.mark.parametrize("text", ["a: [", "a: &x [*x]\nb: *y", "\x00", "[" * 600, "a: 2026-99-99"])
def test_what_is_no_yaml_is_told_in_one_line(tmp_path, text):
    assert len(told(tmp_path, text)) == 1
