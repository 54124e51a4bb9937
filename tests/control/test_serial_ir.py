"""The IR Toy driver against toys that misbehave; one that behaves is in test_conformance.py."""

import os
import pty
import threading
import tty

import pytest

from harness.control.infrared import Code, decode, decode_all, encode, irtoy
from harness.control.keymap import IrKeyMap
from harness.control.serial_ir import SerialIr
from harness.errors import ControlLost, InputError, PlanError

KEYS = IrKeyMap(protocol="rc5", address=5, keys={"SELECT": 53})
ENDS = 0xFF


class ScriptedToy:
    """Answers on a pseudo-terminal: for each expected request, what is to be said to it."""

    def __init__(self, version=b"V222", sampling=b"S01", ready=b"\x3e", completion=b"C", count=None):
        self.version, self.sampling, self.ready = version, sampling, ready
        self.completion, self.count = completion, count
        self.bursts, self.carriers, self.chunks = [], [], []
        self.master, self.slave = pty.openpty()
        tty.setraw(self.master)
        self.port = os.ttyname(self.slave)
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self):
        while (byte := self._read()) is not None and byte != ENDS:
            if byte == irtoy.VERSION[0]:
                self._say(self.version)
            elif byte == irtoy.SAMPLING_MODE[0]:
                self._say(self.sampling)
            elif byte == irtoy.SET_CARRIER:
                self.carriers.append(irtoy.carrier_of(self._read()))
                self._read()
            elif byte == irtoy.START:
                self._transmit()

    def _transmit(self):
        data = b""
        self._say(self.ready)
        while self.ready == b"\x3e" and not data.endswith(irtoy.END):
            chunk = os.read(self.master, 4096)
            self.chunks.append(len(chunk))
            data += chunk
            if data.endswith(irtoy.END) or len(data) % irtoy.READY == 0:
                self._say(self.ready)
        self.bursts.append(irtoy.from_bytes(data))
        count = len(data) if self.count is None else self.count
        self._say(irtoy.COUNT + count.to_bytes(2, "big") + self.completion)

    def _read(self):
        return os.read(self.master, 1)[0]

    def _say(self, data):
        os.write(self.master, data)

    def stop(self):
        os.write(self.slave, bytes((ENDS,)))
        self.thread.join()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def plug():
    toys = []

    def plugged(**answers):
        toys.append(ScriptedToy(**answers))
        return toys[-1]

    yield plugged
    for toy in toys:
        toy.stop()


def test_a_press_is_sent_in_the_room_there_is_and_toggles(plug):
    toy = plug()
    control = SerialIr(toy.port, KEYS)
    presses = [control.press("SELECT"), control.press("SELECT")]
    control.close()
    assert [decode(burst) for burst in toy.bursts] == [Code("rc5", 5, 53, 0), Code("rc5", 5, 53, 1)]
    assert toy.carriers == pytest.approx([36_000, 36_000], rel=0.01)
    assert max(toy.chunks) <= irtoy.READY
    assert presses[0].start_ns <= presses[0].end_ns <= presses[1].start_ns
    assert presses[0].via == "ir"


def test_a_long_hold_goes_in_several_chunks(plug):
    toy = plug()
    control = SerialIr(toy.port, IrKeyMap(protocol="nec", address=4, keys={"UP": 8}))
    control.press("UP", hold_s=1.0)
    control.close()
    assert len(toy.chunks) > 2
    assert sum(toy.bursts[0]) >= 1e6


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"version": b""}, "does not answer; is an IR Toy"),
        ({"version": b"OK\r\n"}, "which is not an IR Toy's version"),
        ({"version": b"V219"}, "firmware 19 is too old"),
        ({"sampling": b"X01"}, "instead of entering its sampling mode"),
        ({"ready": b"\x00"}, "has no room"),
        ({"ready": b""}, "did not send|does not answer"),
        ({"completion": b"F"}, "did not send the burst whole"),
        ({"completion": b""}, "does not answer"),
        ({"count": 7}, "did not send the burst whole"),
    ],
)
def test_a_toy_that_misbehaves_is_lost_in_words(plug, answers, words, monkeypatch):
    monkeypatch.setattr("harness.control.serial_ir.ANSWER_S", 0.5)
    control = SerialIr(plug(**answers).port, KEYS)
    with pytest.raises(ControlLost, match=words):
        control.press("SELECT")
    control.close()


def test_a_port_is_opened_once(plug):
    toy = plug()
    control = SerialIr(toy.port, KEYS)
    control.open()
    with pytest.raises(ControlLost, match="another program has it open"):
        SerialIr(toy.port, KEYS).open()
    assert control.version() == "V222"
    control.close()
    control.close()


def test_a_key_is_learned_from_what_the_toy_saw(plug, monkeypatch):
    toy = plug()
    control = SerialIr(toy.port, KEYS)
    control.open()
    drain = control._drain

    def seen(port):
        drain(port)
        os.write(toy.master, irtoy.to_bytes(encode(Code("nec", 4, 8), hold_s=0.3).timings_us))

    monkeypatch.setattr(control, "_drain", seen)
    learned = IrKeyMap(keys={"UP": {"pronto": control.learn(5.0)}})
    control.close()
    assert decode_all(learned.burst("UP").timings_us) == [Code("nec", 4, 8)]
    assert len(decode_all(learned.burst("UP", hold_s=1.0).timings_us)) == 10


def test_learning_that_sees_nothing_or_a_lamp_ends_in_words(plug, monkeypatch):
    toy = plug()
    control = SerialIr(toy.port, KEYS)
    with pytest.raises(ControlLost, match=r"no key was seen in 0\.1 s; hold the remote"):
        control.learn(0.1)
    control.open()
    drain = control._drain
    monkeypatch.setattr(
        control, "_drain", lambda port: drain(port) or os.write(toy.master, b"\0\1" + irtoy.END)
    )
    with pytest.raises(InputError, match="that was no remote control"):
        control.learn(5.0)
    control.close()


def test_one_that_is_unplugged_in_the_middle_is_told(plug):
    master, slave = pty.openpty()
    control = SerialIr(os.ttyname(slave), KEYS)

    def answer():
        tty.setraw(master)
        while byte := os.read(master, 1):
            if byte == irtoy.VERSION:
                os.write(master, b"V222")
            elif byte == irtoy.SAMPLING_MODE:
                os.write(master, b"S01")
            elif byte[0] == irtoy.START:
                break
        os.close(master)

    toy = threading.Thread(target=answer)
    toy.start()
    with pytest.raises(ControlLost, match="it went away; was it unplugged"):
        control.press("SELECT")
    toy.join()
    os.close(slave)


@pytest.mark.parametrize(
    ("port", "words"), [("nothing", "there is no such port"), ("file", "not a serial port")]
)
def test_what_is_no_port_is_told_in_words(tmp_path, port, words):
    (tmp_path / "file").touch()
    with pytest.raises(ControlLost, match=words):
        SerialIr(str(tmp_path / port), KEYS).open()


def test_an_unknown_key_does_not_touch_the_port():
    with pytest.raises(PlanError, match="did you mean 'SELECT'"):
        SerialIr("/dev/does-not-exist", KEYS).press("SELCT")
