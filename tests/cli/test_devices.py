"""`harness devices` as a technician types it."""

import socket
import threading

import pytest

from harness.cli import main
from harness.cli.device_check import check_devices
from harness.enrol.files import create
from harness.errors import InputError
from harness.run.lease import lease
from harness.run.registry import load_profile
from harness.simulator.adb import AdbDaemon
from tests.support.device_double import DeviceDouble
from tests.support.peers.http import HttpPeer

ADD = [
    "devices",
    "add",
    "living-room",
    "--adb",
    "192.168.1.7:5555",
    "--model",
    "TV 4K",
    "--app",
    "com.example.tv",
]
REMOTE = "keymaps/virtual-remote.yaml"
HAND_MADE = 'name: Hand made\ncontrols: {none: {uri: "none:"}}\n'


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


def test_the_list_is_plain_where_no_terminal_is(capsys):
    assert main(["devices", "list"]) == 0
    out = capsys.readouterr().out
    header, *rows = out.splitlines()
    assert header.split() == ["device", "name", "model", "controls", "features"]
    assert [row.split()[0] for row in rows] == ["virtual-stb", "virtual-stb-2"]
    assert out.isascii()


def test_a_broken_file_does_not_hide_the_others(elsewhere, capsys):
    (elsewhere / "devices").mkdir()
    (elsewhere / "devices/broken.yaml").write_text("nme: x\n")
    assert main(["devices", "list"]) == 2
    said = capsys.readouterr()
    assert "virtual-stb" in said.out
    assert "unknown key 'nme' (did you mean 'name'?)" in said.err


def test_a_profile_is_shown(capsys):
    assert main(["devices", "show", "virtual-stb"]) == 0
    out = capsys.readouterr().out
    assert "name: Virtual set-top box" in out
    assert "after: home" in out


def test_a_device_that_is_not_there_names_the_nearest(capsys):
    assert main(["devices", "show", "virtual-sbt"]) == 2
    assert "did you mean 'virtual-stb'?" in capsys.readouterr().err


def test_what_was_added_is_listed_and_loads(elsewhere, capsys):
    assert main(ADD) == 0
    assert "registered living-room in devices/living-room.yaml" in capsys.readouterr().out
    found = load_profile(elsewhere / "devices/living-room.yaml")
    assert found.profile.controls["adb"].uri == "adb:192.168.1.7:5555"
    assert found.keymap("adb").is_file()
    assert list(found.profile.states) == ["app"]
    assert main(["devices", "list"]) == 0
    assert "TV 4K" in capsys.readouterr().out


def test_an_existing_file_is_not_overwritten(elsewhere, capsys):
    assert main(ADD) == 0
    path = elsewhere / "devices/living-room.yaml"
    path.write_text(HAND_MADE)
    assert main(ADD) == 2
    assert "is there already" in capsys.readouterr().err
    assert path.read_text() == HAND_MADE


def test_two_who_add_at_once_do_not_overwrite_each_other(elsewhere):
    won = []

    def write(text):
        try:
            create(elsewhere / "box.yaml", text)
            won.append(text)
        except InputError:
            pass

    texts = [HAND_MADE.replace("Hand", f"Hand {number}") for number in range(8)]
    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(elsewhere / "box.yaml").read_text()] == won
    assert [path.name for path in elsewhere.iterdir()] == ["box.yaml"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Living Room", "--adb", "x:5555"], "cannot be a device's id"),
        (["../box", "--adb", "x:5555"], "cannot be a device's id"),
        (["box"], "name at least one control"),
        (["box", "--ir", "/dev/ttyACM0"], "--ir needs --ir-keys"),
        (
            ["box", "--ir", "/dev/ttyACM0", "--ir-keys", "keymaps/none.yaml"],
            "keymaps/none.yaml: No such file",
        ),
        (["box", "--adb", "x:5555", "--adb-keys", "../../etc/passwd"], "passwd"),
        (["box", "--adb", "x:5555", "--capture", "vrtual:/x"], "capture source 'vrtual:/x'"),
        (["box", "--adb", "a b"], "no usable address"),
        (["box", "--adb", "none:"], "`none:` is not for --adb; no option takes it"),
        (["box", "--adb", "itach:192.168.1.9:4998/1:1"], "`itach:` is not for --adb; give it to --ir"),
        (["box", "--ir", "adb:1", "--ir-keys", REMOTE], "`adb:` is not for --ir; give it to --adb"),
        (["box", "--adb", "v4l2:/dev/video0"], "`v4l2:` is not for --adb; give it to --capture"),
    ],
)
def test_what_cannot_be_added_leaves_nothing_behind(elsewhere, capsys, words, said):
    assert main(["devices", "add", *words]) == 2
    assert said in capsys.readouterr().err
    assert not list(elsewhere.rglob("*box*"))


def test_check_says_what_answers_and_what_does_not(elsewhere, capsys):
    daemon = AdbDaemon(DeviceDouble())
    port = daemon.start()
    (elsewhere / "remote.yaml").write_text("keys: {UP: 1}\n")
    keys = ["--ir-keys", "../remote.yaml"]
    assert main(["devices", "add", "box", "--adb", f"127.0.0.1:{port}", "--ir", "/dev/nothing", *keys]) == 2
    (elsewhere / "devices").mkdir()
    (elsewhere / "devices/remote.yaml").write_text("keys: {UP: 1}\n")
    keys = ["--ir-keys", "remote.yaml"]
    assert main(["devices", "add", "box", "--adb", f"127.0.0.1:{port}", "--ir", "/dev/nothing", *keys]) == 0
    assert main(["devices", "check", "box"]) == 1
    daemon.stop()
    rows = [line.split(maxsplit=3) for line in capsys.readouterr().out.splitlines()[2:]]
    found = {part: (answers, says) for _, part, answers, says in rows[-3:]}
    assert found["adb"][0] == "yes"
    assert "Virtual STB, Android 13" in found["adb"][1]
    assert found["ir"][0] == "NO"
    assert "there is no such port" in found["ir"][1]
    assert found["capture"][0] == "-"


def test_every_blaster_is_given_to_the_same_option(elsewhere):
    itach = ["--ir", "itach:192.168.1.9:4998/1:1", "--ir-keys", REMOTE]
    assert main(["devices", "add", "box", *itach]) == 0
    assert load_profile(elsewhere / "devices/box.yaml").profile.controls["ir"].uri == itach[1]


def test_keys_of_scripts_that_no_control_has_are_told_with_their_line(elsewhere, capsys):
    (elsewhere / "devices").mkdir()
    (elsewhere / "devices/keys.yaml").write_text("keys: {WAKEUP: 1, HOME: 2}\n")
    (elsewhere / "devices/box.yaml").write_text(
        "name: Box\n"
        "controls: {none: {uri: 'none:'}, ir: {uri: 'ir:/dev/nothing', keys: keys.yaml}}\n"
        "states:\n"
        "  home:\n"
        "    steps: [{press: HOME, via: ir},\n"
        "            {press: WAKUP, via: ir}]\n"
        "    expect: {signal: true}\n"
        "stop: [{press: X_OWN}, {press: HOEM}]\n"
    )
    assert main(["devices", "check", "box"]) == 1
    lines = capsys.readouterr().out.splitlines()
    stop, home = (line for line in lines if line.split()[1] == "keys")
    assert "box.yaml:6: states.home.steps.1: ir: no key 'WAKUP' (did you mean 'WAKEUP'?)" in home
    assert "box.yaml:8: stop.1: none: no key 'HOEM' (did you mean 'HOME'?)" in stop


def test_what_does_not_answer_in_time_says_so_and_the_check_ends(elsewhere, capsys):
    """A port that takes connections and never says a word, as a device that hangs does."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        assert main(["devices", "add", "box", "--adb", address]) == 0
        assert main(["devices", "check", "box", "--within", "1.5"]) == 1
    rows = [line.split(maxsplit=3) for line in capsys.readouterr().out.splitlines()[-2:]]
    assert [row[1:3] for row in rows] == [["adb", "NO"], ["capture", "-"]]
    assert "did not answer in time" in rows[0][3]


@pytest.mark.parametrize(
    ("answer", "row"),
    [
        ((200, '{"ison": true}', {}), ("yes", "outlet 0: on")),
        ((401, "", {}), ("NO", "refuses the password; correct `user` and `password_env`")),
    ],
)
def test_a_power_switch_is_asked_and_nothing_is_turned(elsewhere, capsys, answer, row):
    switch = HttpPeer(lambda *_: answer)
    (elsewhere / "devices").mkdir(exist_ok=True)
    (elsewhere / "devices/box.yaml").write_text(
        f"name: Box\ncontrols: {{remote: {{uri: 'none:'}}}}\n"
        f"power: {{kind: shelly1, url: 'http://127.0.0.1:{switch.port}', password: s3cret}}\n"
    )
    try:
        assert main(["devices", "check", "box"]) == (0 if row[0] == "yes" else 1)
        assert main(["devices", "show", "box"]) == 0
    finally:
        switch.stop()
    said = capsys.readouterr().out
    (line,) = (line for line in said.splitlines() if line.split()[1:2] == ["power"])
    assert line.split()[2] == row[0]
    assert row[1] in line
    assert "s3cret" not in said
    assert switch.asked == ["GET /relay/0"] * len(switch.asked)


def test_devices_are_checked_side_by_side(elsewhere, capsys):
    for name in "abc":
        assert main(["devices", "add", name, "--ir", "/dev/nothing", "--ir-keys", REMOTE]) == 0
    found = [load_profile(elsewhere / f"devices/{name}.yaml") for name in "abc"]
    meeting = threading.Barrier(3)

    def meet(device, control):
        meeting.wait(30)
        return f"{device.id} answered"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.cli.device_check.say_control", meet)
        told = {one.id: parts[0] for one, parts in check_devices(found, 30)}
    assert told == {name: ("ir", True, f"{name} answered") for name in "abc"}


def test_a_virtual_device_that_is_late_is_told_and_ends(elsewhere, capsys):
    assert main(["devices", "add", "box", "--virtual"]) == 0
    assert main(["devices", "check", "box", "--within", "1.1"]) == 1
    assert "was not ready in time" in capsys.readouterr().out
    for thread in threading.enumerate():
        if thread.name == "virtual device":
            thread.join(60)


def test_a_device_in_use_is_not_disturbed(elsewhere, capsys):
    assert main(ADD) == 0
    with lease(["living-room"], 0):
        assert main(["devices", "check", "living-room"]) == 1
    assert "living-room is held by process" in capsys.readouterr().out


def test_help_has_examples(capsys):
    with pytest.raises(SystemExit):
        main(["devices", "--help"])
    assert "harness devices add living-room" in capsys.readouterr().out
