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
