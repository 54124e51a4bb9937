"""The Roku driver against a local server that follows ECP."""

import pytest

from harness.control import open_control
from harness.control.keymap import KEYS
from harness.control.roku import ROKU_KEYS, RokuControl
from harness.errors import ControlLost, DeviceError, InputError, PlanError
from tests.support.peers.http import HttpPeer
from tests.support.peers.roku import RokuPeer


@pytest.fixture
def plug():
    peers = []

    def plugged(**options):
        peers.append(RokuPeer(**options))
        return peers[-1], RokuControl("127.0.0.1", peers[-1].port)

    yield plugged
    for peer in peers:
        peer.stop()


def test_keys_go_by_their_roku_names(plug):
    peer, control = plug()
    presses = [control.press("SELECT"), control.press("BACK", hold_s=0.05), control.press("NUMBER_7")]
    assert peer.asked[1:] == [
        *("POST /keypress/Select", "POST /keydown/Back", "POST /keyup/Back", "POST /keypress/Lit_7")
    ]
    assert presses[1].end_ns - presses[1].start_ns >= 0.05e9
    assert presses[0].end_ns <= presses[1].start_ns


def test_every_key_has_a_name_that_plans_may_use():
    assert all(key in KEYS or key.startswith("X_") for key in ROKU_KEYS)


def test_text_is_typed_letter_by_letter(plug):
    typed = []
    peer, control = plug(on_key=typed.append)
    control.text("a/é ?&")
    assert typed == [f"Lit_{letter}" for letter in "a/é ?&"]
    assert peer.asked[2] == "POST /keypress/Lit_%2F"


def test_apps_are_launched_by_id(plug):
    peer, control = plug()
    control.launch("12")
    assert peer.asked[-1] == "POST /launch/12"
    with pytest.raises(DeviceError, match="it has no app 837"):
        control.launch("837")
    for nonsense in ("12?contentID=x", "../keypress/Home", "", "1 2"):
        with pytest.raises(PlanError, match="is not an app's id"):
            control.launch(nonsense)


def test_it_tells_what_it_is(plug):
    _, control = plug()
    assert control.power_status() == "PowerOn"
    assert control.version() == "Roku Ultra Lab & Co"


def test_a_forbidden_network_is_told(plug):
    _, control = plug(limited=True)
    with pytest.raises(ControlLost, match="Control by mobile apps > Network access to Enabled") as lost:
        control.press("HOME")
    assert "\n" not in str(lost.value)


def test_something_else_at_the_address_is_told(plug):
    _, control = plug(info="<html>a router</html>")
    with pytest.raises(ControlLost, match="is not a Roku; correct the URI"):
        control.open()


def test_a_key_that_roku_does_not_have_is_a_plan_error(plug):
    peer, control = plug()
    with pytest.raises(PlanError, match="no key 'GUIDE'"):
        control.press("GUIDE")
    assert peer.asked == []


def test_one_that_was_switched_off_is_lost(plug):
    peer, control = plug()
    control.press("HOME")
    peer.stop()
    with pytest.raises(ControlLost, match="refuses the connection"):
        control.press("HOME")


def test_a_status_that_means_no_is_told():
    peer = HttpPeer(lambda *_: (500, "", {}))
    with pytest.raises(ControlLost, match="HTTP status 500; is this a Roku"):
        RokuControl("127.0.0.1", peer.port).open()
    peer.stop()


@pytest.mark.parametrize("uri", ["roku:a/b", "roku:host:x", "roku:host?x=1", "roku:"])
def test_a_wrong_uri_is_told(uri):
    with pytest.raises(InputError, match="control 'roku:"):
        open_control(uri)
