"""A control is chosen by its URI; a wrong one is told in words."""

import pytest

from harness.control import SCHEMES, open_control
from harness.control.protocol import Control
from harness.errors import ConfigError, InputError
from tests.control.conftest import KEYMAPS

ANDROID, REMOTE = KEYMAPS / "android.yaml", KEYMAPS / "virtual-remote.yaml"


@pytest.mark.parametrize(
    ("uri", "keys", "name"),
    [
        ("adb:127.0.0.1:45555", ANDROID, "adb"),
        ("adb:0123456789ABCDEF", ANDROID, "adb"),
        ("ir:/dev/ttyACM0", REMOTE, "ir"),
        ("ir:/dev/ttyACM0?protocol=nec", REMOTE, "ir"),
        ("itach:192.168.1.9:4998/1:3", REMOTE, "ir"),
        ("itach:blaster.lab", REMOTE, "ir"),
        ("arduino:/dev/ttyUSB0?baud=57600", REMOTE, "ir"),
        ("rc:/dev/lirc0", REMOTE, "ir"),
        ("cec:/dev/cec0", None, "cec"),
        ("cec:/dev/cec0?to=8", None, "cec"),
        ("roku:192.168.1.5", None, "roku"),
        ("roku:[fe80::1]:8060", None, "roku"),
        ("none:", None, "none"),
    ],
)
def test_a_uri_names_its_control(uri, keys, name):
    control = open_control(uri, keys)
    assert isinstance(control, Control)
    assert control.name == name
    assert uri.split(":")[0] in SCHEMES


@pytest.mark.parametrize(
    ("uri", "keys", "words"),
    [
        ("abd:1.2.3.4:5555", ANDROID, r"no such kind \(did you mean 'adb'\?\); known: adb:"),
        ("adb", ANDROID, "no such kind"),
        ("", ANDROID, "no such kind"),
        ("adb:", ANDROID, "no usable address"),
        ("adb:a b", ANDROID, "no usable address"),
        ("ir:/dev/ttyACM0?protcol=nec", REMOTE, "unknown option 'protcol' .did you mean 'protocol'"),
        ("adb:1.2.3.4:5555?x=1", ANDROID, "unknown option 'x'"),
        ("ir:/dev/ttyACM0", None, "needs a key map"),
        ("cec:/dev/cec0?to=15", None, "to: '15' is not a number from 0 to 14"),
        ("cec:/dev/cec0?too=4", None, "unknown option 'too' .did you mean 'to'"),
    ],
)
def test_a_wrong_uri_is_told_in_words(uri, keys, words):
    with pytest.raises(InputError, match=words):
        open_control(uri, keys)


def test_a_uri_and_its_key_map_must_agree():
    with pytest.raises(ConfigError, match="is for nec, not rc5"):
        open_control("ir:/dev/ttyACM0?protocol=rc5", REMOTE)
    with pytest.raises(ConfigError, match="unknown key 'protocol'"):
        open_control("adb:1.2.3.4:5555", REMOTE)
