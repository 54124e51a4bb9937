"""The Arduino driver against a peer that follows the protocol, and against our sketch, compiled here."""

import os
import pty
import shutil
import subprocess
import tty
from pathlib import Path

import pytest

from harness.control import open_control
from harness.control.arduino import ArduinoIr
from harness.control.infrared import Burst, Code, arduino, decode, encode
from harness.control.keymap import IrKeyMap
from harness.control.serial_ir import SerialIr
from harness.errors import ControlLost, InputError
from tests.control.conftest import KEYMAPS
from tests.support.peers.arduino import ArduinoPeer, checked

ROOT = Path(__file__).parents[2]
SKETCH = ROOT / "devices/firmware/ir_blaster/ir_blaster.ino"
SHIM = ROOT / "tests/support/peers/arduino_shim"
KEYS = IrKeyMap(protocol="rc5", address=5, keys={"SELECT": 53, "UP": 16})
CODES = [Code("nec", 4, 8), Code("rc5", 5, 53, 1), Code("rc6", 5, 12, 1), Code("sirc20", 1234, 21)]


@pytest.fixture
def plug():
    peers = []

    def plugged(**options):
        peers.append(ArduinoPeer(**options))
        return peers[-1], ArduinoIr(peers[-1].port, KEYS)

    yield plugged
    for peer in peers:
        peer.stop()


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.protocol)
@pytest.mark.parametrize("hold_s", [0.0, 5.0])
def test_a_line_holds_the_whole_burst(code, hold_s):
    burst = encode(code, hold_s)
    light = checked(arduino.send(burst, 400))
    assert decode(light.timings_us) == code
    assert light.timings_us == pytest.approx(burst.timings_us, abs=4)
    assert light.duration_us == pytest.approx(burst.duration_us, rel=0.001)


def test_what_has_no_room_is_told():
    with pytest.raises(InputError, match="has 600 durations, and the Arduino has room for 400"):
        arduino.send(Burst(38_000.0, tuple(500.0 + place for place in range(600))), 400)
    with pytest.raises(InputError, match="cannot send bare light"):
        arduino.send(Burst(0.0, (500.0, 500.0)), 400)
    with pytest.raises(InputError, match="longer than the Arduino's 262 ms"):
        arduino.send(Burst(38_000.0, (500.0, 300_000.0)), 400)


def test_presses_arrive_and_toggle(plug):
    peer, control = plug()
    assert control.version() == "sketch version 1, room for 400 durations"
    presses = [control.press("SELECT"), control.press("SELECT")]
    control.close()
    assert [decode(burst.timings_us) for burst in peer.bursts] == [
        Code("rc5", 5, 53, 0),
        Code("rc5", 5, 53, 1),
    ]
    assert presses[0].end_ns - presses[0].start_ns >= peer.bursts[0].duration_us * 1000


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (
            {"greeting": "READY capture-harness-ir 2 400"},
            "its sketch speaks version 2, and this harness 1: load",
        ),
        ({"greeting": "Marlin 2.1"}, "no Arduino with the sketch devices/firmware/ir_blaster answers"),
        ({"greeting": None}, "no Arduino with the sketch"),
        ({"says": "ERR sum differs"}, "it said 'ERR sum differs'"),
        ({"says": "READY capture-harness-ir 1 400 0"}, "restarted in the middle of a code; is its power"),
        ({"says": ""}, "it said ''"),
    ],
)
def test_one_that_misbehaves_is_lost_in_words(plug, answers, words, monkeypatch):
    monkeypatch.setattr("harness.control.arduino.START_S", 1.5)
    monkeypatch.setattr("harness.control.arduino.ASK_EVERY_S", 0.3)
    _, control = plug(**answers)
    with pytest.raises(ControlLost, match=words):
        control.press("SELECT")
    control.close()


def test_a_blaster_of_another_kind_behind_the_port_is_told(plug, monkeypatch):
    monkeypatch.setattr("harness.control.serial_ir.ANSWER_S", 0.3)
    peer, _ = plug()
    with pytest.raises(ControlLost, match=r"does not answer; is an IR Toy .firmware 20.. plugged in there"):
        SerialIr(peer.port, KEYS).open()


def test_its_port_is_opened_once(plug):
    peer, control = plug()
    control.open()
    with pytest.raises(ControlLost, match="another program has it open"):
        ArduinoIr(peer.port, KEYS).open()
    control.close()


def test_a_wrong_speed_is_told():
    with pytest.raises(InputError, match="baud: 'fast' is not a number"):
        open_control("arduino:/dev/ttyUSB0?baud=fast", KEYMAPS / "virtual-remote.yaml")


@pytest.fixture(scope="module")
def sketch(tmp_path_factory):
    """Return our sketch as a program of this machine."""
    if not shutil.which("g++"):
        pytest.skip("g++ is not installed")
    program = tmp_path_factory.mktemp("sketch") / "ir_blaster"
    define = f'-DSKETCH="{SKETCH}"'
    command = [
        "g++",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-O0",
        f"-I{SHIM}",
        define,
        SHIM / "main.cpp",
        "-o",
        program,
    ]
    subprocess.run(command, check=True)
    return program


class Board:
    """The sketch, running behind a pseudo-terminal; `light` is the burst of each SEND that it did."""

    def __init__(self, program, folder):
        self.log = folder / "light.txt"
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        self.slave = slave
        with self.log.open("w") as light:
            start = ["/bin/sh", "-c", f'exec "{program}" 3>&2']
            self.process = subprocess.Popen(start, stdin=self.master, stdout=self.master, stderr=light)

    def light(self):
        bursts = []
        for line in self.log.read_text().splitlines():
            what, number = line.split()
            if what == "carrier":
                bursts.append((int(number), []))
            elif len(bursts[-1][1]) % 2 == (what == "space"):
                bursts[-1][1].append(int(number))
            else:
                bursts[-1][1][-1] += int(number)
        return bursts

    def stop(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def board(sketch, tmp_path):
    board = Board(sketch, tmp_path)
    yield board
    board.stop()


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.protocol)
def test_our_sketch_makes_the_light_of_the_code(board, code):
    keys = IrKeyMap(
        protocol=code.protocol, address=code.address, keys={"UP": code.command, "X_DOWN": code.command + 1}
    )
    control = ArduinoIr(board.port, keys)
    control.press("X_DOWN")
    control.press("UP", hold_s=0.7)
    control.close()
    first, second = board.light()
    burst = encode(code, hold_s=0.7)
    assert second[0] == round(burst.carrier_hz / 1000)
    assert second[1] == pytest.approx(burst.timings_us, abs=4)
    assert decode(first[1]).command == code.command + 1


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("SEND 38000 1 0 2 100 100 38203", "OK"),
        ("SEND 38000 1 0 2 100 100 38204", "ERR sum differs"),
        ("SEND 38000 1 0 2 100 100 38203 1", "ERR too long"),
        ("SEND 38000 1 0 2 100 x 38203", "ERR bad duration"),
        ("SEND 38000 1 0 3 1 1 1 38007", "ERR bad numbers"),
        ("SEND 38000 0 0 2 100 100 38202", "ERR bad numbers"),
        ("SEND 38000 1 2 2 100 100 38205", "ERR bad numbers"),
        ("SEND 38000 1 0 402 1", "ERR too many durations"),
        ("SEND 0 1 0 2 100 100 203", "ERR no carrier"),
        ("SEND 99999999999 1", "ERR bad numbers"),
        ("HELLO", "ERR unknown"),
        ("SENT 1", "ERR unknown"),
        ("? 7", "READY capture-harness-ir 1 400 7"),
        ("?", "READY capture-harness-ir 1 400 0"),
        ("? x", "READY capture-harness-ir 1 400 0"),
    ],
)
def test_our_sketch_refuses_what_is_wrong_and_goes_on(board, line, answer):
    control = ArduinoIr(board.port, KEYS)
    control.open()
    control._say(line)
    assert control._line(5.0) == answer
    control._say("? 8")
    assert control._line(5.0) == "READY capture-harness-ir 1 400 8"
    control.close()
