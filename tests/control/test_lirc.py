"""The LIRC driver against a real lircd: what comes out is the light that our own encoder makes."""

import contextlib
import socket
import threading

import pytest

from harness.control import open_control
from harness.control.infrared import Code, decode_all, encode
from harness.control.lirc import LircControl
from harness.errors import ConfigError, ControlLost, InputError, PlanError
from tests.support.peers.lircd import Lircd, needs_lircd

KEYS = {"SELECT": "KEY_OK", "UP": "KEY_UP"}
MAP = "lirc:\n  remote: BOX_NEC\n  keys: {SELECT: KEY_OK, UP: KEY_UP, DOWN: KEY_DOWN}\n"


@pytest.fixture
def lircd(tmp_path):
    needs_lircd()
    daemon = Lircd(tmp_path)
    yield daemon
    daemon.stop()


@pytest.fixture
def keymap(tmp_path):
    path = tmp_path / "keys.yaml"
    path.write_text(MAP)
    return path


@pytest.mark.parametrize(
    ("remote", "key", "code"),
    [
        ("BOX_NEC", "KEY_OK", Code("nec", 4, 0x44)),
        ("BOX_SIRC", "KEY_POWER", Code("sirc12", 1, 21)),
        ("BOX_RC5", "KEY_OK", Code("rc5", 5, 53)),
    ],
)
def test_the_light_is_that_of_our_own_encoder(lircd, remote, key, code):
    control = LircControl(str(lircd.socket), remote, {"SELECT": key})
    press = control.press("SELECT")
    control.close()
    (first, *_) = decode_all(lircd.light())
    expected = encode(Code(code.protocol, code.address, code.command, first.toggle)).timings_us
    assert (first.protocol, first.address, first.command) == (code.protocol, code.address, code.command)
    # lircd leaves the last pause to its clock.
    assert lircd.light()[: len(expected) - 1] == pytest.approx(expected[:-1], abs=40)
    assert press.start_ns < press.end_ns
    assert press.via == "lirc"


def test_a_held_key_is_sent_until_it_is_let_go(lircd):
    control = LircControl(str(lircd.socket), "BOX_NEC", KEYS)
    control.press("UP", hold_s=0.5)
    control.press("SELECT")
    control.close()
    codes = decode_all(lircd.light())
    assert codes[0] == Code("nec", 4, 0x40)
    assert codes[-1] == Code("nec", 4, 0x44)
    assert sum(code.repeat for code in codes) >= 3


def test_a_uri_names_the_remote(lircd, keymap):
    control = open_control(f"lirc:{lircd.socket}?remote=BOX_RC5", keymap)
    with pytest.raises(InputError, match=r"no key 'KEY_UP' .did you mean 'KEY_OK'"):
        control.open()
    control = open_control(f"lirc:{lircd.socket}", keymap)
    control.press("SELECT")
    with pytest.raises(PlanError, match="did you mean 'DOWN'"):
        control.press("DWN")
    control.close()
    assert decode_all(lircd.light()) == [Code("nec", 4, 0x44)]


def test_names_that_lircd_does_not_know_come_with_the_nearest(lircd):
    with pytest.raises(InputError, match=r"no remote control 'BOX_NEK' .did you mean 'BOX_NEC'"):
        LircControl(str(lircd.socket), "BOX_NEK", KEYS).open()
    with pytest.raises(InputError, match=r"no key 'KEY_OKK' .did you mean 'KEY_OK'"):
        LircControl(str(lircd.socket), "BOX_NEC", {"SELECT": "KEY_OKK"}).open()


def test_a_lircd_that_goes_away_is_lost_and_found_again(lircd, tmp_path):
    control = LircControl(str(lircd.socket), "BOX_NEC", KEYS)
    control.press("UP")
    lircd.stop()
    with pytest.raises(ControlLost, match=r"no lircd listens there; start it \(sudo systemctl start lircd\)"):
        control.press("UP")
    (tmp_path / "new").mkdir()
    again = Lircd(tmp_path / "new")
    control.path = str(again.socket)
    control.press("UP")
    control.close()
    again.stop()
    assert len(decode_all(lircd.light())) == 1
    assert decode_all(again.light()) == [Code("nec", 4, 0x40)]


@pytest.fixture
def answering(tmp_path):
    """Return a socket whose owner answers every line with one text."""
    path, servers = tmp_path / "socket", []

    def answer(text):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen()

        def serve():
            connection, _ = listener.accept()
            with connection, contextlib.suppress(ConnectionError):
                while (line := connection.recv(4096)) and text is not None:
                    connection.sendall(text.replace("{line}", line.decode().strip()).encode())

        servers.append((listener, threading.Thread(target=serve)))
        servers[-1][1].start()
        return str(path)

    yield answer
    for listener, thread in servers:
        thread.join()
        listener.close()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            "BEGIN\n{line}\nERROR\nDATA\n1\nhardware does not support sending\nEND\n",
            "hardware does not support",
        ),
        ("BEGIN\n{line}\nERROR\nEND\n", "no reason given"),
        ("hello\n" * 5000, "does not answer as lircd does"),
        ("x" * 9000, "talks without an end"),
        (None, "closed the connection"),
        ("BEGIN\nSIGHUP\nEND\n", "does not answer; is it on"),
    ],
)
def test_an_answer_that_is_none_is_told(answering, answer, words, monkeypatch):
    monkeypatch.setattr("harness.control.lirc.ANSWER_S", 1.0)
    control = LircControl(answering(answer), "BOX_NEC", KEYS)
    with pytest.raises(ControlLost, match=words):
        control.open()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lirc: {remote: 'a b', keys: {}}", "'a b' is not a name of lircd's"),
        ('lirc: {remote: "a\\nSEND_ONCE", keys: {}}', "is not a name of lircd's"),
        ("lirc: {remote: a, keys: {SELCT: KEY_OK}}", "no HDMI-CEC key 'SELCT'"),
        ("lirc: {remot: a, keys: {}}", "did you mean 'remote'"),
    ],
)
def test_a_broken_key_map_is_told(keymap, text, words):
    keymap.write_text(text)
    with pytest.raises(ConfigError, match=words):
        open_control("lirc:/run/lirc/lircd", keymap)


def test_a_uri_cannot_bring_a_second_line(keymap):
    with pytest.raises(InputError, match="is not a name of lircd's"):
        open_control("lirc:/run/lirc/lircd?remote=a%0ASEND_ONCE", keymap)
