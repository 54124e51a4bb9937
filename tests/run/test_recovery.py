"""A device that hangs gets its power cycled once, by a real switch, and the run says so."""

import json
from pathlib import Path

import pytest

from harness.clock import NS_PER_S
from harness.control import open_control
from harness.control.none import NoControl
from harness.control.power import PowerProfile, PowerSwitch
from harness.errors import ControlLost, DeviceError, PlanError
from harness.run.device import Device
from harness.run.opening import opened
from harness.run.registry import Profile, Registration, load_profile
from harness.run.rig import rig_for
from harness.simulator.adb import AdbDaemon
from harness.timeline import Mark
from tests.support.device_double import HOME, DeviceDouble
from tests.support.peers.http import HttpPeer

ALWAYS = {"always": True, "within_s": 2}
KEYMAP = Path(__file__).parents[2] / "devices/keymaps/android.yaml"


class Clock:
    """Real time for what is measured; nobody waits."""

    def __init__(self):
        self.t_ns, self.slept = 0, []

    def now_ns(self):
        self.t_ns += 1_000_000
        return self.t_ns

    def sleep_s(self, seconds):
        self.slept.append(seconds)
        self.t_ns += round(seconds * NS_PER_S)


class Mains:
    """A Shelly whose outlet feeds the device: without power its daemon is gone, with it the device boots."""

    def __init__(self, daemon, boots=True):
        self.daemon, self.boots, self.turns = daemon, boots, []
        self.peer = HttpPeer(self.answer)

    def answer(self, _, path, __):
        if "turn" not in path:
            return 200, json.dumps({"ison": self.turns[-1:] != ["off"]}), {}
        on = path.endswith("turn=on")
        self.turns.append("on" if on else "off")
        if on and self.boots:
            self.daemon.come_back()
        elif not on:
            self.daemon.go_away()
        return 200, json.dumps({"ison": on}), {}

    def profile(self, **fields):
        return {"kind": "shelly1", "url": f"http://127.0.0.1:{self.peer.port}", "boot_s": 30.0, **fields}


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def daemon():
    double = DeviceDouble()
    daemon = AdbDaemon(double)
    daemon.double, daemon.port = double, daemon.start()
    yield daemon
    daemon.stop()


@pytest.fixture
def mains(daemon):
    mains = Mains(daemon)
    yield mains
    mains.peer.stop()


def device_of(daemon, mains, clock, **controls):
    profile = Profile.model_validate(
        {
            "name": "Box",
            "controls": {"adb": {"uri": "adb:x"}},
            "states": {"home": {"steps": [{"press": "HOME"}], "expect": {"foreground": HOME}, **ALWAYS}},
        }
    )
    adb = open_control(f"adb:127.0.0.1:{daemon.port}", KEYMAP)
    switch = PowerSwitch(PowerProfile(**mains.profile()), clock) if mains else None
    device = Device(
        Registration("box", Path("box.yaml"), profile), {"adb": adb, **controls}, None, clock, switch
    )
    device.told = []
    device.on_press.append(device.told.append)
    return device


def test_a_device_that_hangs_is_power_cycled_once_and_the_run_goes_on(daemon, mains):
    clock = Clock()
    device = device_of(daemon, mains, clock)
    device.open()
    daemon.go_away()
    device.reach("home")
    device.close()
    assert mains.turns == ["off", "on"]
    assert daemon.double.keys == ["HOME"]
    assert [event.kind for event in device.told if isinstance(event, Mark)] == ["power_cycled"]
    (note,) = device.notes
    assert note.startswith("the device did not answer, so its power was cycled: adb 127.0.0.1:")
    assert 10.0 in clock.slept


def test_one_that_does_not_come_back_is_lost_in_words(daemon, mains):
    mains.boots = False
    device = device_of(daemon, mains, Clock())
    device.open()
    daemon.go_away()
    with pytest.raises(ControlLost, match=r"box: does not answer 30 s after its power was cycled: adb 127"):
        device.reach("home")
    device.close()
    assert mains.turns == ["off", "on"]


def test_a_switch_that_does_not_answer_either_is_told_beside_the_device(daemon, mains):
    device = device_of(daemon, mains, Clock())
    device.open()
    daemon.go_away()
    mains.peer.stop()
    with pytest.raises(ControlLost, match=r"^adb 127.*; and its power could not be cycled: power"):
        device.reach("home")
    device.close()
    assert device.notes == []


def test_without_a_switch_it_is_just_lost(daemon):
    device = device_of(daemon, None, Clock())
    device.open()
    daemon.go_away()
    with pytest.raises(ControlLost, match="is the device on"):
        device.reach("home")
    device.close()
    assert device.notes == []


def test_a_lost_blaster_is_no_reason_to_cut_the_power(daemon, mains):
    class Unplugged(NoControl):
        def press(self, key, *, hold_s=0.0):
            raise ControlLost("infrared port /dev/ttyACM0: it went away; was it unplugged?")

    device = device_of(daemon, mains, Clock(), ir=Unplugged())
    device.open()
    with pytest.raises(ControlLost, match="was it unplugged"):
        device.controls["adb"].open()
        device.profile = device.profile.model_copy(update={"default_control": "ir"})
        device.reach("home")
    device.close()
    assert mains.turns == []


def test_a_state_that_is_not_reached_is_no_reason_either(daemon, mains):
    daemon.double.front = "org.other/.App"
    device = device_of(daemon, mains, Clock())
    with pytest.raises(DeviceError, match="home not reached"):
        device.reach("home")
    device.close()
    assert mains.turns == []


def test_a_plan_may_cut_the_power(daemon, mains):
    device = device_of(daemon, mains, Clock())
    device.power("off")
    device.power("on")
    device.power("cycle")
    assert mains.turns == ["off", "on", "off", "on"]
    assert [mark.kind for mark in device.told] == ["power_off", "power_on", "power_cycled"]
    assert device.notes == []
    with pytest.raises(PlanError, match=r"no power 'cicle' .did you mean 'cycle'"):
        device.power("cicle")
    device.power_switch = None
    with pytest.raises(PlanError, match="neither its file nor the rig's has a `power:` section"):
        device.power("off")


def write(path, daemon, power=""):
    path.parent.mkdir(exist_ok=True)
    (path.parent / "android.yaml").write_text(KEYMAP.read_text())
    path.write_text(
        f"name: Box\ncontrols: {{adb: {{uri: 'adb:127.0.0.1:{daemon.port}', keys: android.yaml}}}}\n{power}"
    )
    return load_profile(path)


def test_a_device_that_does_not_answer_at_the_start_is_power_cycled_too(daemon, mains, tmp_path):
    registration = write(
        tmp_path / "devices/box.yaml", daemon, f"power: {json.dumps(mains.profile(off_s=0.01))}\n"
    )
    daemon.go_away()
    with opened(registration) as device:
        assert len(device.notes) == 1
        device.press("HOME")
    assert mains.turns == ["off", "on"]


def test_the_rig_says_which_switch_it_is_here(daemon, mains, tmp_path):
    registration = write(tmp_path / "devices/box.yaml", daemon)
    rigs = tmp_path / "devices/rigs"
    rigs.mkdir()
    fields = mains.profile(off_s=0.01, user="admin", password="s3cret")
    (rigs / "shelf.yaml").write_text(f"name: Shelf\npower: {json.dumps(fields)}\n")
    rig = rig_for("box", registration.profile, "shelf", [tmp_path / "devices"])
    assert "s3cret" not in repr(rig)
    assert "s3cret" not in rig.record().model_dump_json()
    assert rig.record().control.endswith(", power (shelly1)")
    with opened(registration, rig=rig) as device:
        device.power("cycle")
    assert mains.turns == ["off", "on"]


def test_a_profile_keeps_its_password_to_itself(daemon, tmp_path):
    power = "power: {kind: shelly1, url: 'http://host', user: admin, password: s3cret}\n"
    profile = write(tmp_path / "devices/box.yaml", daemon, power).profile
    assert "s3cret" not in f"{profile!r}{profile.model_dump(mode='json')}{profile.model_dump_json()}"
