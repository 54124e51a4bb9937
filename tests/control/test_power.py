"""Power switches, each against a local server that follows its vendor's documentation."""

import base64
import hashlib
import json
import re
import socket
import threading

import pytest
from pydantic import ValidationError

from harness.control.power import PowerProfile, PowerSwitch
from harness.control.web import Site
from harness.errors import ConfigError, ControlLost
from tests.support.peers.http import HttpPeer

SECRET = "s3cret/&x"


class Outlet:
    """One outlet as each kind of switch tells of it; asks for a password if it has one."""

    def __init__(self, password=""):
        self.state, self.password, self.changes = True, password, []

    def turn(self, on):
        self.state = on
        self.changes.append(on)

    def shelly1(self, _, path, headers):
        login = "Basic " + base64.b64encode(f"admin:{self.password}".encode()).decode()
        if self.password and headers.get("Authorization") != login:
            return 401, "", {"WWW-Authenticate": 'Basic realm="shelly"'}
        found = re.fullmatch(r"/relay/0(?:\?turn=(on|off))?", path)
        if not found:
            return 404, "", {}
        if found[1]:
            self.turn(found[1] == "on")
        return 200, json.dumps({"ison": self.state, "has_timer": False}), {}

    def shelly2(self, method, path, headers):
        if self.password and not self.knows(method, headers.get("Authorization", "")):
            challenge = 'Digest qop="auth", realm="shellyplus", nonce="60dc2c69", algorithm=SHA-256'
            return 401, "", {"WWW-Authenticate": challenge}
        if path == "/rpc/Switch.GetStatus?id=0":
            return 200, json.dumps({"id": 0, "output": self.state}), {}
        found = re.fullmatch(r"/rpc/Switch\.Set\?id=0&on=(true|false)", path)
        if not found:
            return 404, '{"code": 404, "message": "No handler"}', {}
        was, _ = self.state, self.turn(found[1] == "true")
        return 200, json.dumps({"was_on": was}), {}

    def knows(self, method, login):
        fields = dict(re.findall(r'(\w+)="?([^",]*)"?', login))
        if not fields:
            return False

        def digest(*words):
            return hashlib.sha256(":".join(words).encode()).hexdigest()

        secret = digest("admin", "shellyplus", self.password)
        uri = digest(method, fields["uri"])
        expected = digest(secret, "60dc2c69", fields["nc"], fields["cnonce"], "auth", uri)
        return fields["response"] == expected

    def tasmota(self, _, path, __):
        login = (
            f"user=admin&password={SECRET.replace('/', '%2F').replace('&', '%26')}&" if self.password else ""
        )
        found = re.fullmatch(rf"/cm\?{re.escape(login)}cmnd=Power1(?:%20(On|Off))?", path)
        if not found:
            return 200, '{"WARNING":"Need user=<username>&password=<password>"}', {}
        if found[1]:
            self.turn(found[1] == "On")
        return 200, json.dumps({"POWER": "ON" if self.state else "OFF"}), {}

    def http(self, method, path, _):
        if method != "POST" or path not in ("/outlet?1", "/outlet?0"):
            return 400, "", {}
        self.turn(path.endswith("1"))
        return 204, "", {}


@pytest.fixture
def plug():
    peers = []

    def plugged(kind, answer, **profile):
        peers.append(HttpPeer(answer))
        url = f"http://127.0.0.1:{peers[-1].port}"
        return PowerSwitch(PowerProfile(kind=kind, url=url, **profile)), peers[-1]

    yield plugged
    for peer in peers:
        peer.stop()


@pytest.mark.parametrize("kind", ["shelly1", "shelly2", "tasmota", "http"])
def test_power_goes_off_and_on(plug, kind):
    outlet = Outlet()
    paths = {"on_path": "/outlet?1", "off_path": "/outlet?0", "method": "POST"} if kind == "http" else {}
    switch, _ = plug(kind, getattr(outlet, kind), off_s=0.01, **paths)
    switch.off()
    assert outlet.state is False
    switch.on()
    assert outlet.state is True
    assert switch.state() is (None if kind == "http" else True)
    switch.cycle()
    assert outlet.changes == [False, True, False, True]


@pytest.mark.parametrize("kind", ["shelly1", "shelly2", "tasmota"])
def test_a_password_is_used_and_told_nobody(plug, kind, monkeypatch):
    outlet = Outlet(SECRET)
    monkeypatch.setenv("LAB_SWITCH", SECRET)
    switch, peer = plug(kind, getattr(outlet, kind), user="admin", password_env="LAB_SWITCH")
    switch.off()
    assert outlet.state is False
    peer.stop()
    with pytest.raises(
        ControlLost, match=r"power switch http://127\.0\.0\.1:.* refuses the connection"
    ) as lost:
        switch.on()
    told = f"{lost.value!r} {lost.value.__cause__!r} {switch.profile!r} {switch._site!r}"
    assert SECRET not in told
    assert "s3cret" not in told


@pytest.mark.parametrize("kind", ["shelly1", "shelly2"])
def test_a_wrong_password_is_told(plug, kind):
    switch, _ = plug(kind, getattr(Outlet(SECRET), kind), user="admin", password="other")
    with pytest.raises(ControlLost, match="refuses the password; correct `user` and `password_env`") as lost:
        switch.off()
    assert "other" not in str(lost.value)


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("shelly1", (404, "", {}), "HTTP status 404; is it a shelly1"),
        ("shelly1", (200, '{"ison": true}', {}), "outlet 0 did not turn off; is it a shelly1"),
        ("shelly1", (200, "<html>", {}), "does not say whether outlet 0 is on; is it a shelly1"),
        ("shelly2", (200, "[1]", {}), "does not say whether"),
        ("shelly2", (200, '{"output": 1}', {}), "does not say whether"),
        ("tasmota", (200, '{"WARNING": "Need user=<username>&password=<password>"}', {}), "and are user and"),
        ("tasmota", (200, '{"POWER": "ON"}', {}), "did not turn off"),
        ("shelly1", (302, "", {"Location": "http://127.0.0.1:9/relay/0?turn=off"}), "HTTP status 302"),
    ],
)
def test_a_switch_that_does_not_switch_is_told(plug, kind, answer, words):
    switch, peer = plug(kind, lambda *_: answer)
    with pytest.raises(ControlLost, match=words):
        switch.off()
    assert len(peer.asked) <= 2


def test_power_comes_back_though_the_wait_is_cut_short(plug):
    outlet = Outlet()
    switch, _ = plug("shelly1", outlet.shelly1, off_s=100)

    class Impatient:
        def now_ns(self):
            return 0

        def sleep_s(self, seconds):
            raise KeyboardInterrupt

    switch._clock = Impatient()
    with pytest.raises(KeyboardInterrupt):
        switch.cycle()
    assert outlet.changes == [False, True]


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ({"kind": "shelly1", "url": "file:///etc/passwd"}, "is not http://HOST"),
        ({"kind": "shelly1", "url": "ftp://host"}, "is not http://HOST"),
        ({"kind": "shelly1", "url": "http://a:b@host"}, "leave user and password out"),
        ({"kind": "shelly1", "url": "http://host/path"}, "is not http://HOST"),
        ({"kind": "http", "url": "http://host"}, "needs `on_path` and `off_path`"),
        ({"kind": "http", "url": "http://host", "on_path": "/a b", "off_path": "/b"}, "is not a path"),
        ({"kind": "http", "url": "http://host", "on_path": "x", "off_path": "/b"}, "is not a path"),
        ({"kind": "tasmota", "url": "http://host", "on_path": "/a", "off_path": "/b"}, "the other kinds"),
        ({"kind": "shelly1", "url": "http://host", "outlet": -1}, "greater than or equal to 0"),
    ],
)
def test_a_broken_profile_is_told(profile, words):
    with pytest.raises(ValidationError, match=words):
        PowerProfile(**profile)


def test_a_password_that_is_not_in_the_environment_is_told():
    with pytest.raises(ConfigError, match=r"environment variable NO_SUCH_LAB_SWITCH .* is not set"):
        PowerSwitch(PowerProfile(kind="shelly1", url="http://host", password_env="NO_SUCH_LAB_SWITCH"))


@pytest.fixture
def raw():
    """Return the port of a server that sends bytes as a generator yields them."""
    servers = []

    def serve(chunks):
        listener = socket.create_server(("127.0.0.1", 0))
        stop = threading.Event()

        def run():
            connection, _ = listener.accept()
            with connection:
                try:
                    for chunk in chunks(stop):
                        connection.sendall(chunk)
                except OSError:
                    return

        servers.append((listener, stop, threading.Thread(target=run)))
        servers[-1][2].start()
        return listener.getsockname()[1]

    yield serve
    for listener, stop, thread in servers:
        stop.set()
        thread.join()
        listener.close()


def dripping(stop):
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    while not stop.wait(0.05):
        yield b"x"


def never(stop):
    stop.wait()
    yield b""


@pytest.mark.parametrize("answer", [dripping, never])
def test_a_box_that_drips_is_given_up(raw, answer):
    site = Site(f"http://127.0.0.1:{raw(answer)}", timeout_s=0.3)
    with pytest.raises(TimeoutError):
        site.ask("/")


def test_an_endless_body_is_cut(raw):
    def endless(_):
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b"x" * 65_536

    assert len(Site(f"http://127.0.0.1:{raw(endless)}").ask("/").text) == 65_536


@pytest.mark.parametrize("words", [b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 abc\r\n\r\n", b""])
def test_what_is_no_http_is_told(raw, words):
    with pytest.raises(OSError, match=r"not HTTP|closed|Connection"):
        Site(f"http://127.0.0.1:{raw(lambda _: [words])}").ask("/")
