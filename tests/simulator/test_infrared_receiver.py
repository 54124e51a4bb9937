"""The infrared receiver feels its own remote control's keys, when their light is out, and nobody else's."""

import pytest
import serial

from harness.control.infrared import Code, encode, irtoy, pronto
from harness.control.keymap import IrKeyMap
from harness.control.serial_ir import SerialIr
from harness.simulator.infrared import InfraredReceiver
from tests.support.device_double import DeviceDouble

OWN = {"protocol": "nec", "address": 4}
SELECT = 0x44


@pytest.fixture
def device():
    return DeviceDouble()


@pytest.fixture
def press(device):
    receiver = InfraredReceiver(device)
    port = str(receiver.start())

    def pressed(keys, hold_s=0.0):
        blaster = SerialIr(port, IrKeyMap.model_validate(keys))
        told = blaster.press("SELECT", hold_s=hold_s)
        blaster.close()
        return told

    yield pressed
    receiver.stop()


def test_a_key_is_felt_when_its_first_frame_has_ended(press, device):
    told = press({**OWN, "keys": {"SELECT": SELECT}}, hold_s=0.3)
    ((key, felt_ns),) = device.pressed
    burst = encode(Code("nec", 4, SELECT), hold_s=0.3)
    frame_ns = sum(burst.timings_us[:67]) * 1000
    assert key == "SELECT"
    assert felt_ns >= told.start_ns + frame_ns - irtoy.TICK_US * 1000
    assert told.end_ns >= told.start_ns + burst.duration_us * 1000 - irtoy.TICK_US * 1000
    assert felt_ns < told.end_ns


@pytest.mark.parametrize(
    "foreign",
    [
        {"protocol": "nec", "address": 5},
        {"protocol": "rc5", "address": 4},
        {"protocol": "necx", "address": 0x1204},
    ],
)
def test_another_remote_control_is_not_felt(press, device, foreign):
    press({**foreign, "keys": {"SELECT": SELECT}})
    press({**OWN, "keys": {"SELECT": 0x40}})
    assert device.keys == ["UP"]


@pytest.mark.parametrize(
    ("carrier_hz", "felt"), [(36_000, True), (40_000, True), (56_000, False), (30_000, False)]
)
def test_a_receiver_sees_its_own_carrier(press, device, carrier_hz, felt):
    learned = pronto.write(pronto.Pronto(carrier_hz, encode(Code("nec", 4, SELECT)).timings_us))
    press({"keys": {"SELECT": {"pronto": learned}}})
    assert (device.keys == ["SELECT"]) is felt


def test_a_blaster_may_be_plugged_in_again(device):
    receiver = InfraredReceiver(device)
    for _ in range(2):
        port = str(receiver.start())
        assert str(receiver.start()) == port
        blaster = SerialIr(port, IrKeyMap.model_validate({**OWN, "keys": {"SELECT": SELECT}}))
        blaster.press("SELECT")
        blaster.close()
        receiver.stop()
        receiver.stop()
    assert device.keys == ["SELECT", "SELECT"]


@pytest.mark.parametrize(
    "noise", [irtoy.TRANSMIT, irtoy.TRANSMIT + b"\x01" * 61, bytes(range(7, 36)), b"\xff" * 999]
)
def test_a_host_that_leaves_in_the_middle_does_not_stop_the_next(device, noise):
    receiver = InfraredReceiver(device)
    port = str(receiver.start())
    with serial.Serial(port, timeout=20) as host:
        host.write(noise)
        if noise.startswith(irtoy.TRANSMIT):
            host.read_until(irtoy.UNDERRUN)
    blaster = SerialIr(port, IrKeyMap.model_validate({**OWN, "keys": {"SELECT": SELECT}}))
    blaster.press("SELECT")
    blaster.close()
    receiver.stop()
    assert device.keys == ["SELECT"]
