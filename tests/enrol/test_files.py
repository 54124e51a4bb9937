"""Files of devices: whole or not at all, and nobody's change is lost."""

import subprocess
import sys

import pytest

from harness.cli import main
from harness.enrol.files import ChangedMeanwhile, create, edit, read, replace
from harness.enrol.patch import changed
from harness.errors import InputError
from harness.run.registry import load_profile

TEXT = '# mine\nname: Box # a comment\ncontrols: {none: {uri: "none:"}}\n'
EDIT = """
import sys
from pathlib import Path
from harness.enrol.files import edit
from harness.enrol.patch import changed
sys.stdin.readline()
for number in range(8):
    edit(Path(sys.argv[1]), lambda text: changed(text, {("screens", f"{sys.argv[2]}{number}"): "a.png"}))
"""


@pytest.fixture
def box(tmp_path):
    path = tmp_path / "box.yaml"
    create(path, TEXT)
    return path


def test_two_processes_edit_at_once_and_no_change_is_lost(box):
    editors = [
        subprocess.Popen([sys.executable, "-c", EDIT, box, name], stdin=subprocess.PIPE, text=True)
        for name in "ab"
    ]
    for editor in editors:
        editor.stdin.write("go\n")
        editor.stdin.flush()
    assert [editor.wait(60) for editor in editors] == [0, 0]
    for editor in editors:
        editor.stdin.close()
    text = read(box).text
    assert all(f"{name}{number}: a.png" in text for name in "ab" for number in range(8))
    assert text.startswith("# mine\nname: Box # a comment\n")


def test_what_somebody_changed_meanwhile_is_told_and_not_overwritten(box):
    mine = read(box)
    edit(box, lambda text: changed(text, {("app",): "their.app", ("model",): "Theirs"}))
    with pytest.raises(ChangedMeanwhile, match=r"app \(not there\) -> 'their.app'; model .* -> 'Theirs'"):
        replace(mine, changed(mine.text, {("app",): "my.app"}))
    assert "their.app" in read(box).text


def test_a_file_that_would_not_be_valid_is_not_written(box):
    with pytest.raises(InputError, match=r"box.yaml:4: unknown key 'nme' \(did you mean 'name'"):
        edit(box, lambda text: f"{text}nme: x\n")
    assert read(box).text == TEXT
    assert {path.name for path in box.parent.iterdir()} == {"box.yaml", ".lock"}


def test_the_mode_of_a_file_stays(box):
    box.chmod(0o664)
    edit(box, lambda text: changed(text, {("app",): "a.b"}))
    assert box.stat().st_mode & 0o777 == 0o664


def test_edit_sets_keys_and_says_what_was_there(box, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    edit_box = ["devices", "--folder", str(tmp_path), "edit", "box"]
    assert main([*edit_box, "app=com.example.tv", "features=[vod, live]", "name=3", "model=yes"]) == 0
    assert "name 'Box' -> '3'; app (not there) -> 'com.example.tv'" in capsys.readouterr().out
    assert "name: '3' # a comment" in box.read_text()
    assert main([*edit_box, "app="]) == 0
    assert "app 'com.example.tv' -> (not there)" in capsys.readouterr().out
    before = box.read_text()
    for wrong, says in [
        ("apps=x", "unknown key 'apps' (did you mean 'app'?)"),
        ("controls.none=3", "box.yaml:3: controls.none"),
        ("app", "write KEY=VALUE"),
        ("controls.x.keys=../../etc/passwd", "must be a path below the folder"),
    ]:
        assert main([*edit_box, wrong]) == 2
        assert says in capsys.readouterr().err
    assert box.read_text() == before


def test_edit_refuses_what_would_not_load_and_mends_what_does_not(box, tmp_path, capsys):
    edit_box = ["devices", "--folder", str(tmp_path), "edit", "box"]
    virtual = "name: Box\ncontrols:\n  adb: {uri: 'adb:{adb}', keys: keymaps/android.yaml}\nvirtual: {}\n"
    box.write_text(virtual)
    for wrong, says in [
        ("virtual=", "box.yaml:3: controls.adb.uri: only a device with a `virtual:` section"),
        ("name=", "name: is missing, and needed"),
        ("controls.adb.uri=", "box.yaml:3: controls.adb.uri: is missing, and needed"),
    ]:
        assert main([*edit_box, wrong]) == 2
        assert says in capsys.readouterr().err
        assert box.read_text() == virtual
    box.write_text(virtual.replace("virtual: {}\n", "modle: x\n"))
    assert main([*edit_box, "virtual.mode=720p50"]) == 2
    assert "did you mean 'model'?" in capsys.readouterr().err
    assert main([*edit_box, "virtual.mode=720p50", "modle="]) == 0
    assert load_profile(box).profile.virtual
    for broken, says in [
        ("name:x\nmodel: y\n", "box.yaml:1: not readable"),
        ("- x\n", "no keys in the file"),
    ]:
        box.write_text(broken)
        assert main([*edit_box, "model=x"]) == 2
        assert says in capsys.readouterr().err
