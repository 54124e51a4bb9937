"""What is wrong with a draft is told at once, in words; what it makes loads."""

import pytest

from harness.enrol.draft import Choice, Draft, control_name, draft_of, problems
from harness.enrol.files import ChangedMeanwhile, edit, read
from harness.enrol.keymaps import suiting_maps
from harness.enrol.patch import changed
from harness.enrol.saving import save, text_of
from harness.errors import InputError
from harness.run.registry import load_profile

HOSTILE = 'x\nvirtual: {mode: 720p50}\n"{}<script>\u2028: &a *b'
CODE = "0000 006D 0000 0003 0157 00AC 0015 0015 0015 0689"


def drafted(**other):
    fields = {"id": "box", "controls": {"adb": Choice("adb:192.168.1.7:5555", "keymaps/android.yaml")}}
    return Draft(**{**fields, **other})


@pytest.mark.parametrize(
    ("other", "field", "words"),
    [
        ({"id": ""}, "id", "give the device a short name"),
        ({"id": "Living Room"}, "id", "did you mean 'living-room'?"),
        ({"id": "../../x"}, "id", "cannot be a device's id"),
        ({"id": "x" * 65}, "id", "cannot be a device's id"),
        ({"controls": {}}, "controls", "name at least one control"),
        ({"controls": {"adb": Choice("abd:1")}}, "controls", "did you mean 'adb'?"),
        ({"controls": {"adb": Choice("adb:1")}}, "controls", "needs a key map"),
        ({"controls": {"adb": Choice("adb:1", "../../../etc/passwd")}}, "controls", "path below the folder"),
        ({"controls": {"adb": Choice("adb:1", "keymaps/virtual-remote.yaml")}}, "controls", "unknown key"),
        ({"controls": {"ir": Choice("ir:/dev/x", learning=True)}}, "controls", "learn at least one key"),
        ({"controls": {"ir": Choice("ir:/dev/x", learned={"UP": "0000"})}}, "controls", "learned keys"),
        ({"capture": "vitrual:/x"}, "capture", "did you mean 'virtual'?"),
        ({"app": "my app"}, "app", "is not an app's package"),
        ({"features": ["VOD"]}, "features", "did you mean"),
        ({"name": "x" * 200}, "name", "letters at most"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(tmp_path, other, field, words):
    found = problems(drafted(**other), tmp_path)
    assert [problem.field for problem in found] == [field]
    assert words in found[0].words
    with pytest.raises(InputError):
        save(drafted(**other), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_draft_becomes_a_device(tmp_path):
    stored = save(drafted(name="Box", app="com.example.tv", features=["vod"]), tmp_path)
    found = load_profile(stored.path)
    assert found.profile.features == ("adb", "vod")
    assert found.profile.states["app"].expect.foreground == "com.example.tv"
    assert found.keymap("adb").is_file()
    assert problems(drafted(), tmp_path)[0].words.endswith(
        "is there already; edit it, or choose another name"
    )


def test_text_in_a_name_stays_text(tmp_path):
    found = load_profile(save(drafted(name=HOSTILE, model=HOSTILE), tmp_path).path)
    assert (found.profile.name, found.profile.model, found.profile.virtual) == (HOSTILE, HOSTILE, None)
    virtual = load_profile(save(Draft(id="v", name=HOSTILE, virtual=True), tmp_path).path)
    assert virtual.profile.name == HOSTILE


def test_a_virtual_device_is_the_one_that_ships_under_another_name(tmp_path):
    found = load_profile(save(Draft(id="mine", name="Mine", virtual=True), tmp_path).path)
    found.require_files()
    assert found.profile.name == "Mine"
    assert set(found.profile.states) == {"off", "home", "app", "live", "playing"}


def test_learned_keys_become_a_key_map_of_their_own(tmp_path):
    draft = drafted(controls={"ir": Choice("ir:/dev/ttyACM0", learned={"HOME": CODE})})
    found = load_profile(save(draft, tmp_path).path)
    assert found.profile.controls["ir"].keys == "keymaps/box-ir.yaml"
    assert CODE in found.keymap("ir").read_text()


def test_learned_keys_are_added_to_a_copy_of_a_map(tmp_path):
    choice = Choice("ir:/dev/ttyACM0", "keymaps/virtual-remote.yaml", {"X_NETFLIX": CODE, "UP": CODE})
    text = load_profile(save(drafted(controls={"ir": choice}), tmp_path).path).keymap("ir").read_text()
    assert text.startswith("# The infrared remote control of the virtual set-top box.\nprotocol: nec\n")
    assert f"X_NETFLIX: {{pronto: {CODE}}}" in text
    assert "UP: 0x40" not in text


def test_keys_learned_later_are_added_to_the_devices_own_map(tmp_path):
    draft = drafted(controls={"ir": Choice("ir:/dev/ttyACM0", learned={"HOME": CODE})})
    stored = save(draft, tmp_path)
    with pytest.raises(InputError, match=r"box-ir\.yaml is there already"):
        stored.path.unlink()
        save(draft, tmp_path)
    (tmp_path / "keymaps/box-ir.yaml").unlink()
    stored = save(draft, tmp_path)
    later = draft_of("box", load_profile(stored.path).profile)
    later.controls["ir"].learned = {"UP": CODE}
    keys = load_profile(save(later, tmp_path, stored).path).keymap("ir").read_text()
    assert f"HOME: {{pronto: {CODE}}}" in keys
    assert f"UP: {{pronto: {CODE}}}" in keys


def test_saving_again_changes_only_what_was_changed(tmp_path):
    stored = save(drafted(app="a.b"), tmp_path)
    edit(stored.path, lambda text: f"{text}# by hand\ndefault_control: adb\n")
    before = read(stored.path)
    draft = draft_of("box", load_profile(stored.path).profile)
    draft.model = "New"
    draft.controls["none"] = Choice("none:")
    after = save(draft, tmp_path, before)
    keys = "    keys: keymaps/android.yaml\n"
    assert after.text == before.text.replace(keys, f"{keys}  none: {{uri: 'none:'}}\n") + "model: New\n"


def test_a_conflict_is_told_and_can_be_put_on_top(tmp_path):
    before = save(drafted(app="a.b"), tmp_path)
    draft = draft_of("box", load_profile(before.path).profile)
    draft.model = "Mine"
    edit(before.path, lambda text: changed(text, {("app",): "their.app"}))
    with pytest.raises(ChangedMeanwhile, match=r"app 'a.b' -> 'their.app'"):
        save(draft, tmp_path, before)
    text = save(draft, tmp_path, before, force=True).text
    assert "app: their.app" in text
    assert "model: Mine" in text


def test_what_could_not_be_saved_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "harness.enrol.saving.create", lambda path, text: (_ for _ in ()).throw(InputError("full"))
    )
    with pytest.raises(InputError, match="full"):
        save(drafted(), tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("uri", "name"),
    [("adb:1", "adb"), ("rc:/dev/lirc0", "ir"), ("itach:192.0.2.9/1:1", "ir"), ("cec:/dev/cec0", "cec")],
)
def test_a_control_has_the_name_that_plans_know_it_by(uri, name):
    assert control_name(uri) == name


def test_only_key_maps_that_a_control_can_use_are_offered(tmp_path):
    (tmp_path / "keymaps").mkdir()
    (tmp_path / "keymaps/mine.yaml").write_text("keys: {UP: 1}\n")
    assert suiting_maps("ir:/dev/ttyACM0", tmp_path) == ["keymaps/mine.yaml", "keymaps/virtual-remote.yaml"]
    assert suiting_maps("adb:1", tmp_path) == ["keymaps/android.yaml"]
    assert suiting_maps("none:", tmp_path) == []


def test_the_text_is_what_is_written(tmp_path):
    assert save(drafted(), tmp_path).text == text_of(drafted()) == (tmp_path / "box.yaml").read_text()


def test_a_file_that_was_written_can_be_changed_in_every_way(tmp_path):
    made = save(drafted(app="com.example.tv", features=["vod"]), tmp_path)
    assert "features: [adb, vod]\n" in made.text
    assert "model" not in made.text
    draft = draft_of("box", load_profile(made.path).profile)
    draft.features = ["vod", "live", "ir"]
    assert save(draft, tmp_path, made).text == made.text.replace("[adb, vod]", "[vod, live, ir]")
    older = made.path.read_text().replace("[vod, live, ir]", "\n- adb # usb\n- vod")
    made.path.write_text(older)
    save(draft, tmp_path, read(made.path))
    assert load_profile(made.path).profile.features == ("vod", "live", "ir")
