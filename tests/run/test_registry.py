"""Device profiles: strict, told in words; those that ship load."""

import pytest

from harness.control.keymap import load_adb_keys, load_ir_keys
from harness.errors import ConfigError, InputError
from harness.run.registry import default_folders, filled, find_profile, known_ids, load_profile

GOOD = """
name: Living room box
controls:
  adb: {uri: "adb:192.168.1.7:5555", keys: keymaps/android.yaml}
  ir: {uri: "ir:/dev/ttyACM0", keys: keymaps/remote.yaml}
states:
  home: {steps: [{press: HOME}], expect: {foreground: com.example.home}}
  app: {after: home, steps: [{shell: [am, start, com.example]}], expect: {media: [NONE]}}
"""


@pytest.fixture
def written(tmp_path):
    def write(text, name="box.yaml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("device_id", known_ids(default_folders()))
def test_every_device_that_ships_loads_with_its_key_maps(device_id):
    found = find_profile(device_id, default_folders())
    for name, control in found.profile.controls.items():
        load = load_adb_keys if control.uri.startswith("adb:") else load_ir_keys
        assert load(found.keymap(name))
    assert all(path.is_file() for path in found.screens().values())


def test_two_virtual_devices_ship_for_two_workers():
    one, two = (find_profile(name, default_folders()).profile for name in ("virtual-stb", "virtual-stb-2"))
    assert one.model_dump(exclude={"name"}) == two.model_dump(exclude={"name"})


def test_a_profile_is_read(written):
    found = load_profile(written(GOOD))
    assert found.id == "box"
    assert found.profile.default == "adb"
    assert found.profile.path_to("app") == ["home", "app"]
    assert found.keymap("ir") == found.path.parent / "keymaps/remote.yaml"


def test_the_nearest_device_is_named(written):
    folder = written(GOOD).parent
    with pytest.raises(InputError, match=r"no device 'bux' \(did you mean 'box'\?\); known: box"):
        find_profile("bux", [folder])
    with pytest.raises(InputError, match=r"no device '\.\./box'"):
        find_profile("../box", [folder])


def test_the_first_folder_wins(written, tmp_path):
    written(GOOD)
    (tmp_path / "own").mkdir()
    own = written(GOOD.replace("Living", "Bed"), "own/box.yaml")
    assert find_profile("box", [own.parent, tmp_path]).profile.name == "Bed room box"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("name: Living", "nme: Living", r"unknown key 'nme' \(did you mean 'name'"),
        ("press: HOME", "pres: HOME", r"box\.yaml:7: unknown key .*did you mean 'press'"),
        ("{press: HOME}", "{press: HOME, text: x}", "a step is one of press"),
        ("{press: HOME}", "{press: HOME, via: irr}", r"via: there is no 'irr' \(did you mean 'ir'"),
        ("after: home", "after: hom", r"after: there is no 'hom' \(did you mean 'home'"),
        ("{steps: [{press: HOME}]", "{after: app, steps: []", "comes after itself: home -> app -> home"),
        ("{foreground: com.example.home}", "{}", "a state without proof is a guess"),
        ("media: [NONE]", "media: [PLAYNG]", "states.app.expect.media"),
        ("keymaps/remote.yaml", "../remote.yaml", "must be a path below the folder"),
        ("keymaps/remote.yaml", "/etc/passwd", "must be a path below the folder"),
        ("192.168.1.7:5555", "{adb}", "only a device with a `virtual:` section"),
        ("controls:", "default_control: lirc\ncontrols:", "default_control: there is no 'lirc'"),
    ],
)
def test_a_broken_profile_is_told_in_words(written, old, new, words):
    assert old in GOOD
    with pytest.raises(ConfigError, match=words):
        load_profile(written(GOOD.replace(old, new)))


def test_an_id_is_a_plain_word(written):
    with pytest.raises(ConfigError, match="a device's id has small letters"):
        load_profile(written(GOOD, "My Box.yaml"))


def test_placeholders_are_filled_by_name_alone():
    assert filled("harness://title/{title}", {"title": "{app} $x"}) == "harness://title/{app} $x"
    with pytest.raises(InputError, match=r"nothing is known for \{titel\} .did you mean 'title'"):
        filled("{titel}", {"title": "x"})
    assert filled("{x.__class__}", {"x": "y"}) == "{x.__class__}"
