"""The iTach driver against a peer that follows the vendor's specification, and against ones that do not."""

import socket

import pytest

from harness.control import open_control
from harness.control.infrared import Burst, Code, decode, encode, itach, pronto, split_frames
from harness.control.infrared.looped import looped
from harness.control.itach import ItachControl
from harness.control.keymap import IrKeyMap
from harness.errors import ConfigError, ControlLost, InputError
from tests.control.conftest import KEYMAPS
from tests.support.peers.itach import ItachPeer, checked, codes

NEC = IrKeyMap(protocol="nec", address=4, keys={"SELECT": 0x44, "UP": 0x40})
CODES = [
    *(Code("nec", 4, 8), Code("necx", 0x1234, 8), Code("rc5", 5, 53, 1), Code("rc6", 5, 12, 1)),
    *(Code("sirc12", 1, 21), Code("sirc15", 84, 21), Code("sirc20", 1234, 21)),
]
LEARNED = "0000 006D 0022 0002 0157 00AC " + "0015 0015 " * 32 + "0015 0689 0157 0056 0015 0E94"


@pytest.fixture
def plug():
    peers = []

    def plugged(keys=NEC, connector="1:1", **options):
        peers.append(ItachPeer(**options))
        return peers[-1], ItachControl(("127.0.0.1", peers[-1].port), connector, keys)

    yield plugged
    for peer in peers:
        peer.stop()


def test_what_is_sent_is_the_code_of_the_key(plug):
    peer, control = plug()
    presses = [control.press("SELECT"), control.press("UP")]
    control.close()
    assert codes(peer) == [[Code("nec", 4, 0x44)], [Code("nec", 4, 0x40)]]
    assert peer.bursts[0].carrier_hz == 38_000
    assert presses[0].start_ns + peer.bursts[0].duration_us * 1000 <= presses[0].end_ns
    assert presses[0].end_ns <= presses[1].start_ns
    ids = [line.split(",")[2] for line in peer.requests if line.startswith("sendir")]
    assert len(set(ids)) == 2


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.protocol)
@pytest.mark.parametrize("hold_s", [0.0, 0.5, 12.0])
def test_every_protocol_fits_into_a_request_however_long_it_is_held(code, hold_s):
    burst = encode(code, hold_s)
    connector, number, light = checked(itach.sendir("1:2", 7, burst))
    assert (connector, number) == ("1:2", 7)
    assert decode(light.timings_us) == code
    assert len(light.timings_us) >= len(burst.timings_us)
    (frame, *_), (wanted, *_) = split_frames(light.timings_us), split_frames(burst.timings_us)
    assert sum(frame) == pytest.approx(sum(wanted), abs=1.01e6 / light.carrier_hz)
    assert light.duration_us == pytest.approx(burst.duration_us, rel=0.06)
    for sent_us, wanted_us in zip(light.timings_us, burst.timings_us, strict=False):
        assert abs(sent_us - wanted_us) <= 1e6 / light.carrier_hz


def test_a_learned_code_is_sent_as_it_was_learned():
    burst = pronto.read(LEARNED).burst()
    _, _, light = checked(itach.sendir("1:1", 1, burst))
    assert light.timings_us == pytest.approx(burst.timings_us, abs=14)


def test_a_loop_is_the_burst_again():
    burst = encode(Code("nec", 4, 8), hold_s=3.0)
    loop = looped(burst)
    assert loop.head_us + loop.tail_us * loop.times == burst.timings_us
    assert (len(loop.head_us), len(loop.tail_us), loop.times) == (68, 4, 27)
    short = loop.at_most(20)
    assert short.times <= 20
    assert len(short.tail_us) * short.times >= len(loop.tail_us) * loop.times


def test_a_code_that_it_cannot_send_is_told_before_anything_is_sent():
    with pytest.raises(InputError, match="cannot make a carrier of 0 Hz"):
        itach.sendir("1:1", 1, Burst(0.0, (500.0, 500.0)))
    with pytest.raises(InputError, match="259 pulses at once, and this code has 300"):
        itach.sendir("1:1", 1, Burst(38_000.0, tuple(500.0 + place for place in range(600))))
    with pytest.raises(InputError, match="longer than an iTach can send"):
        itach.sendir("1:1", 1, Burst(38_000.0, (500.0, 2e6)))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("ERR_1:1,003", "there is no such port; correct MODULE:PORT"),
        ("ERR_1:1,013", "this port is an input; set it to IR out"),
        ("ERR_1:1,077", "refuses with code 77"),
        ("ERR IR003", "the repeat count is not valid"),
        ("ERR 005", "Flex Link port is set to something else"),
        ("ERR RO001", "refuses with code RO001"),
        ("ERR", "it refuses: ERR"),
        ("unknowncommand 3", "there is no such module"),
        ("unknowncommand,ERR_02", "code 2"),
        ("stopir,1:1", "somebody else stopped it"),
        ("busyIR,1:1,{id}", "connector 1:1 is busy"),
    ],
)
def test_a_refusal_is_told_in_words(plug, answer, words, monkeypatch):
    monkeypatch.setattr("harness.control.itach.BUSY_S", 0.0)
    _, control = plug(says={"sendir": answer})
    with pytest.raises(ControlLost, match=f"iTach 127.0.0.1:.*{words}") as lost:
        control.press("UP")
    assert "\n" not in str(lost.value)
    control.close()


def test_it_tells_its_firmware(plug):
    _, control = plug()
    assert control.version() == "710-1005-05"
    control.close()


def test_a_busy_connector_is_waited_for(plug):
    peer, control = plug(says={"sendir": ["busyIR,1:1,{id}", "busyIR,1:1,{id}", ""]})
    control.press("UP")
    assert codes(peer) == [[Code("nec", 4, 0x40)]]
    control.close()


@pytest.mark.parametrize(
    ("modules", "words"),
    [
        (("device,1,1 SERIAL", "endlistdevices"), r"module 1 does not send infrared; it has 1 \(1 SERIAL\)"),
        (("device,0,0 ETHERNET", "endlistdevices"), "module 1 does not send infrared"),
        (("HTTP/1.1 400 Bad Request",), "does not answer as an iTach does"),
        ((), "does not answer as an iTach does"),
        (("x" * 20_000,), "talks without an end|does not answer as an iTach"),
    ],
)
def test_something_else_at_the_address_is_told(plug, modules, words, monkeypatch):
    monkeypatch.setattr("harness.control.itach.ANSWER_S", 1.0)
    _, control = plug(modules=modules)
    with pytest.raises(ControlLost, match=words):
        control.open()


def test_nobody_at_the_address_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ControlLost, match="refuses the connection; is this the right address"):
        ItachControl(("127.0.0.1", port), "1:1", NEC).open()
    with pytest.raises(ControlLost, match="no host of this name"):
        ItachControl(("no-such-host.invalid", 4998), "1:1", NEC).open()


def test_one_that_never_answers_is_given_up(plug, monkeypatch):
    monkeypatch.setattr("harness.control.itach.ANSWER_S", 1.0)
    _, control = plug(says={"sendir": "news,1"})
    with pytest.raises(ControlLost, match="it does not answer; is it on"):
        control.press("UP")


def test_a_connection_that_was_hung_up_meanwhile_is_made_anew(plug):
    peer, control = plug()
    control.press("UP")
    peer.hang_up()
    control.press("SELECT")
    control.close()
    assert codes(peer) == [[Code("nec", 4, 0x40)], [Code("nec", 4, 0x44)]]


def test_a_key_is_learned_as_pronto_and_is_the_same_key(plug):
    held = itach.sendir("1:1", 1, encode(Code("nec", 4, 0x40), hold_s=0.3))
    _, control = plug(captured=[held])
    code = control.learn(5.0)
    control.close()
    learned = IrKeyMap(keys={"UP": {"pronto": code}})
    assert decode(learned.burst("UP").timings_us) == Code("nec", 4, 0x40)
    assert learned.burst("UP", hold_s=1.0).duration_us >= 1e6


def test_learning_that_sees_nothing_ends_in_words(plug):
    _, control = plug()
    with pytest.raises(ControlLost, match=r"no key was seen in 0\.1 s; hold the remote"):
        control.learn(0.1)


@pytest.mark.parametrize(
    ("answer", "words"), [("IR Learner Unavailable", "LED lighting"), ("ERR_1:1,001", "does not know this")]
)
def test_a_learner_that_is_not_there_is_told(plug, answer, words):
    _, control = plug(says={"get_IRL": answer})
    with pytest.raises(ControlLost, match=words):
        control.learn(5.0)


@pytest.mark.parametrize(
    "line", ["sendir,1:1,1,38000,1,1,20", "sendir,1:1,1,38000,1,1,a,b", "noise", "sendir"]
)
def test_a_learner_that_says_nonsense_is_told(plug, line):
    _, control = plug(captured=[line])
    with pytest.raises(InputError, match="which is not a code"):
        control.learn(5.0)
    control.close()


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("itach:host:port/1:1", "not HOST or HOST:PORT"),
        ("itach:192.168.1.9/1", "'1' is not MODULE:PORT"),
        ("itach:192.168.1.9:70000", "not HOST or HOST:PORT"),
        ("itach:a;b", "not HOST or HOST:PORT"),
        ("itach:192.168.1.9?x=1", "unknown option"),
    ],
)
def test_a_wrong_uri_is_told(uri, words):
    with pytest.raises(InputError, match=words):
        open_control(uri, KEYMAPS / "virtual-remote.yaml")


def test_a_key_map_of_another_kind_is_told():
    with pytest.raises(ConfigError, match="unknown key 'keycodes'"):
        open_control("itach:192.168.1.9", KEYMAPS / "android.yaml")
