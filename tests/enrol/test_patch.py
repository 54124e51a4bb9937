"""A value changes; every other byte of the file stays."""

import difflib

import pytest
import yaml

from harness.enrol.patch import changed, values
from harness.errors import InputError
from harness.run.registry import default_folders

SHIPPED = (default_folders()[-1] / "virtual-stb.yaml").read_text()
BLOCK = """\
name: x # hi
features:
  # one
  - adb   # two
  - vod
# before controls
controls:
  adb:
    uri: x
  # about ir
  ir:
    uri: |
      hey

# tail
"""


def differing(before, after):
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


@pytest.mark.parametrize(
    ("text", "keys", "value", "lines"),
    [
        (SHIPPED, ("name",), "X: y # z", ["- name: Virtual set-top box", "+ name: 'X: y # z'"]),
        (SHIPPED, ("model",), None, ["- model: Virtual STB"]),
        (SHIPPED, ("default_control",), "ir", ["- default_control: adb", "+ default_control: ir"]),
        (SHIPPED, ("controls", "cec"), {"uri": "cec:/dev/cec0"}, ["+   cec: {uri: 'cec:/dev/cec0'}"]),
        (
            SHIPPED,
            ("virtual", "clock_ppm"),
            3.0,
            ["- virtual: {mode: 720p50}", "+ virtual: {mode: 720p50, clock_ppm: 3.0}"],
        ),
        (BLOCK, ("features",), ["yes"], ["+   - 'yes'", "-   - adb   # two", "-   - vod"]),
        (BLOCK, ("features",), ["vod", "ir"], ["-   - adb   # two", "+   - ir"]),
        (BLOCK, ("features",), ["adb", "vod", "a: b"], ["+   - 'a: b'"]),
        ("a:\n- x: 1\n  y: 2\n- z # z\nb: 1\n", ("a",), ["z", "q"], ["- - x: 1", "-   y: 2", "+ - q"]),
        ("a:\n- x\n- y\n# tail\nb: 1\n", ("a",), [], ["+ a: []", "- a:", "- - x", "- - y"]),
        ("a:\n  x: 1\nb: 1\n", ("a",), {"y": 2}, ["+ a: {y: 2}", "- a:", "-   x: 1"]),
        (BLOCK, ("controls", "ir"), None, ["-   ir:", "-     uri: |", "-       hey"]),
        (BLOCK, ("controls", "ir", "keys"), "k.yaml", ["+     keys: k.yaml"]),
        (BLOCK, ("app",), "a.b", ["+ app: a.b"]),
        ("name: x\napp:\n", ("app",), "a.b", ["- app:", "+ app: a.b"]),
        ("# only a comment\n", ("app",), "a.b", ["+ app: a.b"]),
        ("name: x", ("app",), "a.b", ["+ app: a.b"]),
        ("a: 3\n", ("a", "b"), "c", ["- a: 3", "+ a: {b: c}"]),
    ],
)
def test_one_value_changes_and_nothing_else(text, keys, value, lines):
    after = changed(text, {keys: value})
    assert [line for line in differing(text, after) if line[0] != "?"] == lines
    found = yaml.safe_load(after)
    for key in keys:
        found = found.get(key) if found else None
    assert found == value


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a: &x {k: 1}\nb: *x\n", ("a", "k")),  # what b is would change, too
        ("off: 1\n", ("off",)),  # YAML reads the key as false
    ],
)
def test_what_cannot_be_changed_alone_is_refused(text, keys):
    with pytest.raises(InputError, match="edit the file by hand"):
        changed(text, {keys: 2})


def test_a_removed_key_that_is_not_there_changes_nothing():
    assert changed(BLOCK, {("app",): None, ("states", "x", "y"): None}) == BLOCK


def test_values_are_told_flat():
    assert values("a: {b: 1}\nc: [2]\n") == {"a.b": 1, "c": [2]}
