"""Key maps: strict, in HDMI-CEC names, and those that ship are right."""

import pytest
import yaml

from harness.config import load
from harness.control.infrared import Code, decode
from harness.control.keymap import KEYS, AdbKeyMap, IrKeyMap, load_adb_keys, load_ir_keys
from harness.errors import ConfigError, PlanError
from tests.control.conftest import KEYMAPS
from tests.control.test_pronto import SONY_POWER


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "keys.yaml"
        path.write_text(text)
        return path

    return written


def test_the_android_map_has_every_key():
    assert set(load_adb_keys(KEYMAPS / "android.yaml").keycodes) == set(KEYS)


def test_the_virtual_remote_sends_what_the_virtual_device_reads():
    shipped = load_ir_keys(KEYMAPS / "virtual-remote.yaml")
    device = yaml.safe_load((KEYMAPS.parents[1] / "harness/simulator/remote.yaml").read_text())
    assert {key: shipped.code(key) for key in shipped.keys} == {
        key: Code(device["protocol"], device["address"], command) for key, command in device["keys"].items()
    }


@pytest.mark.parametrize("path", sorted(KEYMAPS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_map_that_ships_loads(path):
    model = AdbKeyMap if "keycodes" in yaml.safe_load(path.read_text()) else IrKeyMap
    assert load(path, model)


def test_a_key_may_differ_from_its_map(write):
    keys = load_ir_keys(
        write(
            "protocol: rc5\naddress: 5\nkeys:\n  SELECT: 53\n  UP: {protocol: nec, address: 4, command: 8}\n"
            f"  POWER: {{pronto: {SONY_POWER}}}\n"
        )
    )
    assert decode(keys.burst("SELECT", toggle=1).timings_us) == Code("rc5", 5, 53, toggle=1)
    assert decode(keys.burst("UP", toggle=1).timings_us) == Code("nec", 4, 8)
    assert decode(keys.burst("POWER").timings_us) == Code("sirc12", 1, 21)


@pytest.mark.parametrize(
    ("key", "words"), [("SELCT", "did you mean 'SELECT'"), ("XYZZY", "it has SELECT, UP")]
)
def test_an_unknown_key_names_the_nearest(write, key, words):
    keys = load_adb_keys(write("keycodes: {SELECT: KEYCODE_DPAD_CENTER, UP: '19'}"))
    with pytest.raises(PlanError, match=words):
        keys.keycode(key)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("keycodes: {SELCT: KEYCODE_DPAD_CENTER}", "no HDMI-CEC key 'SELCT' .did you mean 'SELECT'"),
        ("keycodes: {SELECT: '23; reboot'}", "'23; reboot' is not an Android key code"),
        ("keycode: {SELECT: '23'}", "unknown key 'keycode' .did you mean 'keycodes'"),
    ],
)
def test_a_broken_android_map_is_told_in_words(write, text, words):
    with pytest.raises(ConfigError, match=words):
        load_adb_keys(write(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("protocol: nek\nkeys: {}", "no protocol 'nek' .did you mean 'nec'"),
        ("protocol: nec\naddress: 256\nkeys: {UP: 1}", "UP: nec address 256 is not in 0..255"),
        ("protocol: rc5\nkeys: {UP: 128}", "UP: rc5 command 128"),
        ("keys: {UP: {}}", "give either `command` or `pronto`"),
        ("keys: {UP: {command: 1, pronto: '0000'}}", "give either `command` or `pronto`"),
        ("keys: {UP: {pronto: '0000 0067'}}", "UP: Pronto code: too short"),
        ("keys: {UP: {pronto: '0000', address: 1}}", "leave out protocol and address"),
    ],
)
def test_a_broken_infrared_map_is_told_in_words(write, text, words):
    with pytest.raises(ConfigError, match=words):
        load_ir_keys(write(text))


def test_a_key_of_ones_own_begins_with_x(write):
    assert load_ir_keys(write("keys: {X_NETFLIX: 7}")).code("X_NETFLIX") == Code("nec", 0, 7)
