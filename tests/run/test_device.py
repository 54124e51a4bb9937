"""A device as a plan drives it, over the virtual device's real ADB daemon; time is a fake clock's."""

from dataclasses import replace

import pytest

from harness.clock import NS_PER_S
from harness.control import open_control
from harness.control.none import NoControl
from harness.errors import ControlLost, DeviceError, PlanError, RigError
from harness.impair.base import FaultSpec
from harness.run.device import Device
from harness.run.registry import Profile, Registration, default_folders, find_profile
from harness.simulator.adb import AdbDaemon
from harness.simulator.api import MediaSession
from harness.timeline import Mark, Press
from tests.support.device_double import HOME, PLAYER, DeviceDouble

PLAYER_PACKAGE = "org.captureharness.player"
IDLE = MediaSession(PLAYER_PACKAGE, "NONE", "", 0)


class FakeClock:
    def __init__(self):
        self.t_ns = 0
        self.slept = []

    def now_ns(self):
        self.t_ns += 1000
        return self.t_ns

    def sleep_s(self, seconds):
        self.slept.append(seconds)
        self.t_ns += round(seconds * NS_PER_S)


class Box(DeviceDouble):
    """A double whose keys and starts change what is in front, as those of the virtual device do."""

    ignores: tuple[str, ...] = ()

    def key(self, key, t_ns):
        super().key(key, t_ns)
        if key == "HOME" and key not in self.ignores:
            self.front, self.session = HOME, IDLE

    def start_app(self, component, data, extras):
        known = "harness://title/bunny" if data and "nothing" not in data and " " not in data else data
        super().start_app(component, known, extras)
        self.session = replace(IDLE, state="PLAYING", title="bunny") if data else IDLE


@pytest.fixture
def box():
    box = Box()
    box.session = IDLE
    return box


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def registration():
    return find_profile("virtual-stb", default_folders())


@pytest.fixture
def device(box, clock, registration, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    daemon = AdbDaemon(box)
    adb = open_control(f"adb:127.0.0.1:{daemon.start()}", registration.keymap("adb"))
    device = Device(registration, {"adb": adb, "ir": NoControl(clock)}, clock=clock)
    device.open()
    device.told = []
    device.on_press.append(device.told.append)
    device.daemon = daemon
    yield device
    device.close()
    daemon.stop()


def test_a_press_goes_by_the_default_control_and_is_told(device, box):
    press = device.press("SELECT")
    assert box.keys == ["SELECT"]
    assert device.told == [press]
    assert press.via == "adb"
    assert device.press("SELECT", via="ir").via == "none"
    assert box.keys == ["SELECT"]


def test_an_unknown_control_names_the_nearest(device):
    with pytest.raises(PlanError, match=r"no control 'abd' \(did you mean 'adb'"):
        device.press("SELECT", via="abd")


def test_states_are_reached_by_way_of_those_before(device, box):
    device.reach("playing")
    assert box.keys == ["WAKEUP", "HOME"]
    assert box.started == [(PLAYER, None, {}), (None, "harness://title/bunny", {})]
    assert device.state() == "playing"


def test_a_state_that_is_proved_is_not_reached_again(device, box):
    device.reach("app")
    box.pressed.clear()
    box.started.clear()
    device.reach("app")
    assert (box.keys, box.started) == ([], [])
    device.reach("playing")
    assert box.keys == []
    assert len(box.started) == 1


def test_home_is_gone_to_even_when_it_seems_to_be_there(device, box):
    device.reach("home")
    device.reach("home")
    assert box.keys == ["WAKEUP", "HOME"] * 2


def test_a_state_that_is_not_reached_in_time_says_what_was_seen_last(device, box, clock):
    box.ignores, box.front = ("HOME",), PLAYER
    box.session = replace(IDLE, state="PLAYING", title="Big Buck Bunny")
    words = (
        r"virtual-stb: home not reached in 15 s: expected org.captureharness.home in front, signal present; "
        r"last seen: org.captureharness.player/.Player in front, media PLAYING 'Big Buck Bunny'"
    )
    with pytest.raises(DeviceError, match=words):
        device.reach("home")
    assert sum(clock.slept) == pytest.approx(15, abs=0.5)


def test_a_signal_proves_what_adb_cannot(device):
    with pytest.raises(RigError, match="nobody can tell whether off is reached"):
        device.reach("off")
    signal = [True, True, False]
    device.signal = lambda: signal.pop(0) if len(signal) > 1 else signal[0]
    device.reach("off")
    assert [press.key for press in device.told] == ["SLEEP"]
    assert device.state() == "off"
    with pytest.raises(DeviceError, match=r"last seen: .*no signal"):
        device.reach("home")


def test_an_unknown_state_names_the_nearest(device):
    with pytest.raises(PlanError, match=r"no state 'hom' \(did you mean 'home'\?\); known: off, home, app"):
        device.reach("hom")


def test_playing_is_marked_right_before_it_is_asked(device, box):
    before_ns = device.clock.now_ns()
    device.play("bunny")
    (mark,) = device.told
    assert (mark.kind, mark.detail) == ("play_asked", "bunny")
    assert mark.t_ns >= before_ns
    assert box.started == [(None, "harness://title/bunny", {})]


def test_a_script_of_keys_marks_its_last_step(box, clock, device):
    profile = Profile.model_validate(
        {
            "name": "Box",
            "controls": {"adb": {"uri": "adb:x"}},
            "live": [{"press": "GUIDE"}, {"digits": "{channel}"}, {"wait_s": 1}, {"press": "SELECT"}],
        }
    )
    keys = Device(
        Registration("box", device.registration.path, profile), {"adb": NoControl(clock)}, clock=clock
    )
    keys.on_press.append(device.told.append)
    keys.live(42)
    told = [event.key if isinstance(event, Press) else event.detail for event in device.told]
    assert told == ["GUIDE", "NUMBER_4", "NUMBER_2", "channel 42", "SELECT"]
    assert isinstance(device.told[3], Mark)
    assert clock.slept == [1]
    with pytest.raises(PlanError, match="no script `play`"):
        keys.play("x")
    with pytest.raises(PlanError, match="no script `stop`"):
        keys.stop()


def test_a_title_that_is_not_there_is_the_devices_error(device):
    with pytest.raises(DeviceError, match=r"failed: .*no title harness://title/nothing"):
        device.play("nothing")


@pytest.mark.parametrize(
    "title", ["a; reboot", "nothing$(reboot)", "nothing`reboot`", "x' && reboot '", "nothing{app}"]
)
def test_a_title_never_reaches_the_shell(device, box, title):
    with pytest.raises(DeviceError):
        device.play(title)
    assert box.reboots == 0


def test_stop_ends_the_playback(device, box):
    device.play("bunny")
    device.stop()
    assert box.front == HOME


def test_faults_are_planted_listed_and_cleared(device, box):
    device.plant("freeze_frame:start_s=2,duration_s=1")
    assert box.faults == [FaultSpec("freeze_frame", 2.0, 1.0)]
    assert [fault["defect"] for fault in device.planted()] == ["freeze_frame"]
    device.clear_faults()
    assert device.planted() == []
    with pytest.raises(PlanError, match=r"did you mean 'freeze_frame'"):
        device.plant(FaultSpec("freze"))


def test_no_fault_is_planted_in_a_real_device(device, registration, box):
    real = registration.profile.model_copy(update={"virtual": None})
    device.profile = real
    for act in (lambda: device.plant("freeze_frame"), device.clear_faults, device.planted):
        with pytest.raises(PlanError, match="real device"):
            act()
    assert box.faults == []


def test_the_record_says_what_was_tested(device):
    record = device.record()
    assert (record.id, record.name, record.model) == ("virtual-stb", "Virtual set-top box", "Virtual STB")
    assert record.virtual
    assert record.properties["ro.build.version.release"] == "13"
    assert record.app_build


def test_without_adb_what_needs_it_is_a_plan_error(registration, clock):
    device = Device(registration, {"ir": NoControl(clock)}, clock=clock)
    for act in (lambda: device.shell(["ls"]), lambda: device.play("x"), lambda: device.text("x")):
        with pytest.raises(PlanError, match=r"(?i)adb"):
            act()
    assert (device.properties(), device.app_version(), str(device.seen())) == (
        {},
        "",
        "unknown app in front, media unknown",
    )


def test_adb_that_goes_away_is_lost(device):
    device.daemon.stop()
    for act in (lambda: device.reach("home"), lambda: device.play("bunny"), device.state):
        with pytest.raises(ControlLost, match="is the device on"):
            act()
