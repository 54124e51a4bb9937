"""What every control must do, done with each of them against the real other end of its wire."""

import itertools
import os
import time
from contextlib import contextmanager

import pytest

from harness.control import SCHEMES, open_control
from harness.control.infrared import Code, decode
from harness.control.keymap import load_ir_keys
from harness.control.protocol import Control, Shell
from harness.control.roku import ROKU_KEYS
from harness.errors import ControlLost, PlanError
from harness.simulator.adb import AdbDaemon
from harness.simulator.infrared import InfraredReceiver
from tests.control.conftest import KEYMAPS
from tests.support.device_double import DeviceDouble
from tests.support.peers.arduino import ArduinoPeer
from tests.support.peers.itach import ItachPeer
from tests.support.peers.roku import RokuPeer

KEYS = [
    "SELECT",
    "UP",
    "DOWN",
    "LEFT",
    "RIGHT",
    "HOME",
    "BACK",
    "PLAY",
    "REWIND",
    "CHANNEL_UP",
    "NUMBER_0",
    "POWER",
]
ROUNDS = 8
SHIPPED = {
    key: Code("nec", 4, keys) for key, keys in load_ir_keys(KEYMAPS / "virtual-remote.yaml").keys.items()
}


@contextmanager
def over_adb(device):
    daemon = AdbDaemon(device)
    port = daemon.start()
    yield f"adb:127.0.0.1:{port}", KEYMAPS / "android.yaml", daemon.stop
    daemon.stop()


@contextmanager
def over_infrared(device):
    receiver = InfraredReceiver(device)
    port = receiver.start()
    yield f"ir:{port}", KEYMAPS / "virtual-remote.yaml", receiver.stop
    receiver.stop()


@contextmanager
def over_a_blaster(device, peer, uri):
    """Let a device feel what a blaster that is no IR Toy sends."""
    remote = {code: key for key, code in SHIPPED.items()}
    other_end = peer(lambda burst: device.key(remote[decode(burst.timings_us)], time.monotonic_ns()))
    yield uri.format(other_end.port), KEYMAPS / "virtual-remote.yaml", other_end.stop
    other_end.stop()


@contextmanager
def over_roku(device):
    names = {name: key for key, name in reversed(ROKU_KEYS.items())} | {"Play": "PLAY"}
    peer = RokuPeer(lambda name: device.key(names[name], time.monotonic_ns()))
    yield f"roku:127.0.0.1:{peer.port}", None, peer.stop
    peer.stop()


WIRES = {
    "adb": over_adb,
    "ir": over_infrared,
    "itach": lambda device: over_a_blaster(device, ItachPeer, "itach:127.0.0.1:{}/1:1"),
    "arduino": lambda device: over_a_blaster(device, ArduinoPeer, "arduino:{}"),
    "roku": over_roku,
}
ELSEWHERE = {
    "none": "has no wire",
    "lirc": "tests/control/test_lirc.py, with a real lircd",
    "rc": "tests/rig_vm, with the kernel's own driver",
    "cec": "tests/rig_vm, with the kernel's own driver",
}
"""Schemes whose other end does not feel keys the moment they are sent."""


@pytest.fixture
def device():
    return DeviceDouble()


@pytest.fixture(params=sorted(WIRES))
def wire(request, device):
    """Yield a control that is not opened, and what cuts its wire."""
    with WIRES[request.param](device) as (uri, keys, cut):
        control = open_control(uri, keys)
        yield control, cut
        control.close()


def test_every_kind_of_control_is_tried():
    assert set(WIRES) == set(SCHEMES) - set(ELSEWHERE)


def test_it_is_a_control(wire):
    control, _ = wire
    assert isinstance(control, Control)
    assert isinstance(control, Shell) == (control.name == "adb")


def test_every_key_arrives_in_order_within_its_press(wire, device):
    control, _ = wire
    control.open()
    presses = [control.press(key) for key in KEYS]
    assert device.wait_for(lambda: len(device.pressed) == len(KEYS))
    assert device.keys == KEYS
    assert [press.key for press in presses] == KEYS
    for press, (_, felt_ns) in zip(presses, device.pressed, strict=True):
        assert press.via == control.name
        assert press.start_ns < press.end_ns
        assert press.start_ns <= felt_ns
    for before, after in itertools.pairwise(presses):
        assert before.end_ns <= after.start_ns


def test_a_held_key_is_felt_once(wire, device):
    control, _ = wire
    control.press("UP", hold_s=0.6)
    control.press("DOWN")
    assert device.wait_for(lambda: "DOWN" in device.keys)
    assert device.keys == ["UP", "DOWN"]


def test_opening_and_closing_twice_is_one(wire, device):
    control, _ = wire
    control.open()
    control.open()
    control.press("UP")
    control.close()
    control.close()
    control.press("DOWN")
    assert device.wait_for(lambda: len(device.pressed) == 2)
    assert device.keys == ["UP", "DOWN"]


def test_an_unknown_key_is_a_plan_error_and_sends_nothing(wire, device):
    control, _ = wire
    with pytest.raises(PlanError, match=r"did you mean 'CHANNEL_UP'"):
        control.press("CHANEL_UP")
    control.press("UP")
    assert device.wait_for(lambda: device.pressed)
    assert device.keys == ["UP"]


def test_a_cut_wire_is_lost_in_one_line(wire):
    control, cut = wire
    control.press("UP")
    cut()
    with pytest.raises(ControlLost) as lost:
        control.press("UP")
    assert "\n" not in str(lost.value)
    assert len(str(lost.value)) > 20
    control.close()


def test_no_descriptor_is_left_open(wire):
    control, _ = wire
    control.press("UP")
    control.close()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(ROUNDS):
        control.press("UP")
        control.close()
    # The other end, in this process too, may take a moment to close its own.
    assert len(os.listdir("/proc/self/fd")) - before < ROUNDS
