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


BOX = 'name: x\ncontrols: {none: {uri: "none:"}}\n'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{BOX}model:Virtual\n", "3: not readable as YAML: `model:Virtual` has no blank after the colon"),
        (f"model:Virtual\n{BOX}", "1: not readable as YAML: `model:Virtual` has no blank after the colon"),
        ("name: x\n\tmodel: y\n", "2: not readable as YAML: a tab stands here: write blanks instead"),
        ("name: x\nfeatures: [a, b]]\n", "2: not readable as YAML: unexpected `]`"),
        (f"name: x\nfeatures: [a, b\n{BOX}", "2: not readable as YAML: a bracket is opened here"),
        (f"name: 'x\n{BOX}", "1: not readable as YAML: a quote is opened here and never closed"),
        ("name: x\n  y: z\n", "2: not readable as YAML: a `:` that cannot stand here"),
        ("a:\n  b: 1\n c: 2\n", "3: not readable as YAML: this line does not fit what is above it"),
        ("name: %x\n", "1: not readable as YAML: `%` cannot stand at the beginning of a value"),
        ("name: x\nq: \x07\n", "2: not readable as YAML: a character that cannot be in YAML (U+0007)"),
    ],
)
def test_what_is_no_yaml_is_told_in_plain_words_with_its_line(tmp_path, text, line):
    (said,) = told(tmp_path, text)
    assert said.startswith(line)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{BOX}features: vod\n", "3: features: write a list, such as [vod, live]"),
        (f"{BOX}virtual: {{clock_ppm: x}}\n", "3: virtual.clock_ppm: write a number"),
        (f"{BOX}virtual: {{adb_auth: 5}}\n", "3: virtual.adb_auth: write true or false"),
        (f"{BOX}states: 5\n", "3: states: write keys and values below it, such as `key: value`"),
        (f"{BOX}model: 5\n", "3: model: write text; in quotes, where it looks like a number"),
        ('controls: {none: {uri: "none:"}}\n', "1: name: is missing, and needed"),
        (BOX.replace("x", "''"), "1: name: write at least one character"),
        (f"{BOX}play: [{{wait_s: -1}}]\n", "3: play.0.wait_s: must be greater than 0"),
        (f"{BOX}modle: x\n", "3: unknown key 'modle' (did you mean 'model'?)"),
    ],
)
def test_a_mistake_is_told_without_pythons_words(tmp_path, text, said):
    assert told(tmp_path, text) == [said]


def test_what_only_a_virtual_device_fills_in_is_told_with_its_line(tmp_path):
    text = "name: x\ncontrols:\n  adb: {uri: 'adb:{adb}'}\ncapture: 'virtual:{hdmi}'\n"
    lines = told(tmp_path, text)
    assert [line.partition(": only")[0] for line in lines] == ["3: controls.adb.uri", "4: capture"]
    (tmp_path / "box.yaml").write_text(f"{text}virtual: {{}}\n")
    assert load(tmp_path / "box.yaml", Profile).virtual
