"""Who may talk to the page, and what hostile requests come to."""

import http.client
import re
import socket
import threading
from email.message import Message
from urllib.parse import urlencode

import pytest

from harness.enrol.found import Found
from harness.enrol.web.addresses import address_problem
from harness.enrol.web.guard import HEADER, Guard
from harness.enrol.web.server import MOST_AT_ONCE, MOST_BODY, Server
from harness.enrol.web.session import Session
from harness.errors import InputError
from harness.ports import Port

SCRIPT = "<script>alert(1)</script>"
FOUND = Found(
    [Port("capture", "v4l2:/dev/video9", f"{SCRIPT} card", SCRIPT)],
    [Port("infrared", f"ir:/dev/{SCRIPT}", f'"><img src=x onerror=alert(1)> {SCRIPT}')],
)


class Client:
    """Asks one server as a browser would, or not quite."""

    def __init__(self, server):
        self.server, self.port = server, server.server_port
        self.host = f"127.0.0.1:{self.port}"

    def ask(self, method, path, headers=(), body=None, host=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True)
            sent = {"Host": host or self.host, **dict(headers)}
            if body is not None and "Content-Length" not in sent:
                sent["Content-Length"] = str(len(body))
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def known(self, **other):
        return {"Cookie": f"{self.server.guard.cookie_name}={self.server.guard.token}", **other}

    def page(self):
        status, _, text = self.ask("GET", "/", self.known())
        assert status == 200
        return text

    def do(self, action, headers=(), **form):
        sent = {
            "Origin": f"http://{self.host}",
            "Content-Type": "application/x-www-form-urlencoded",
            **self.known(),
            **dict(headers),
        }
        body = urlencode({"csrf": self.server.guard.csrf, **form}).encode()
        return self.ask("POST", f"/do/{action}", sent, body)


@pytest.fixture
def client(tmp_path):
    session = Session(tmp_path / "devices", finder=lambda: FOUND)
    with Server(session) as server:
        session.start()
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield Client(server)
        server.shutdown()
        thread.join()


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_token_becomes_a_cookie_and_leaves_the_address(client):
    status, headers, _ = client.ask("GET", f"/?token={client.server.guard.token}")
    assert (status, headers["Location"]) == (303, "/")
    assert headers["Set-Cookie"].endswith("Path=/; HttpOnly; SameSite=Lax")
    assert client.ask("GET", "/", {"Cookie": headers["Set-Cookie"].partition(";")[0]})[0] == 200
    assert client.ask("GET", "/", {HEADER: client.server.guard.token})[0] == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"Cookie": "{name}=guess"}, {"Cookie": ";;;=\x01"}, {HEADER: "é"}, {"Cookie": "{name}="}],
)
def test_without_the_token_there_is_nothing(client, headers):
    name = client.server.guard.cookie_name
    headers = {key: value.replace("{name}", name) for key, value in headers.items()}
    for path in ("/", "/picture.jpg", "/enrol.js", "/?token=guess", "/?token="):
        assert client.ask("GET", path, headers)[0] == 403
    assert client.ask("POST", "/do/look", headers, b"")[0] == 403


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "a@127.0.0.1:{port}", "[::1", ""],
)
def test_a_name_that_is_not_ours_is_refused(client, host):
    host = host.format(port=client.port) or " "
    assert client.ask("GET", "/", client.known(), host=host)[0] == 421
    assert client.ask("POST", "/do/look", client.known(), b"", host=host)[0] == 421


def test_two_hosts_are_refused(client):
    host, token = f"Host: {client.host}\r\n", f"{HEADER}: {client.server.guard.token}\r\n"
    sent = f"GET / HTTP/1.0\r\n{host}{host}{token}\r\n"
    with socket.create_connection(("127.0.0.1", client.port), 20) as connection:
        connection.sendall(sent.encode())
        assert b" 421 " in connection.recv(100)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Origin": "https://127.0.0.1"}],
)
def test_a_post_from_another_page_changes_nothing(client, headers):
    assert client.do("name", headers, id="box")[0] == 403
    assert client.server.session.draft.id == ""


def test_a_post_without_the_pages_own_secret_changes_nothing(client):
    assert client.do("name", csrf="guess", id="box")[0] == 403
    assert client.do("name", csrf="é", id="box")[0] == 403
    assert client.server.session.draft.id == ""
    assert client.do("name", id="box")[0] == 303
    assert client.server.session.draft.id == "box"


def test_every_answer_forbids_what_the_page_does_not_need(client):
    for path, headers in [
        ("/", client.known()),
        ("/", {}),
        ("/picture.jpg", client.known()),
        ("/x", client.known()),
    ]:
        answer = client.ask("GET", path, headers)[1]
        assert answer["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"
    assert "http://" not in client.page().replace("http://www.w3.org", "")


def test_a_huge_or_odd_body_is_refused_unread(client):
    sent = {"Origin": f"http://{client.host}", "Content-Type": "application/x-www-form-urlencoded"}
    ask = lambda **other: client.ask("POST", "/do/name", client.known(**sent) | other, b"")[0]  # noqa: E731
    assert ask(**{"Content-Length": str(MOST_BODY + 1)}) == 413
    assert ask(**{"Content-Length": "9" * 30}) == 413
    assert ask(**{"Content-Length": "-1"}) == 411
    assert ask(**{"Content-Length": "x"}) == 411
    assert ask(**{"Transfer-Encoding": "chunked"}) == 411
    assert ask(**{"Content-Type": "application/json"}) == 415
    many = {f"x{number}": "" for number in range(30)}
    assert client.do("name", **many)[0] == 400


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/static/../server.py", "/enrol.css/..", "/%2e%2e/x", "//x/y"]
)
def test_no_path_leads_to_a_file(client, path):
    assert client.ask("GET", path, client.known())[0] == 404
    assert client.ask("POST", path, client.known(), b"")[0] in (411, 415)
    assert client.do("../save")[0] == 404


def test_markup_in_names_stays_text(client):
    client.do("name", id=SCRIPT, name=f'"{SCRIPT}', model="{{ 7 * 7 }}")
    client.do("about", app=SCRIPT, features=f"{SCRIPT} x")
    client.do("control", uri=SCRIPT)
    client.do("capture", uri=f"virtual:{SCRIPT}")
    page = client.page()
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/enrol.js" defer>']
    assert "<img src=x" not in page
    assert "{{ 7 * 7 }}" in page
    assert page.count("&lt;script&gt;") >= 8


@pytest.mark.parametrize("bad", ["../../x", "/etc/x", "..", "x/y", "x\x00", "a" * 65, "Ä", ""])
def test_an_id_that_leads_elsewhere_is_never_written(client, tmp_path, bad):
    client.do("name", id=bad)
    client.do("control", uri="none:")
    client.do("save")
    assert client.server.session.known.said["save"].tone == "bad"
    assert files(tmp_path) == []


def test_yaml_in_a_name_stays_text(client, tmp_path):
    client.do("name", id="box", name="x\ncapture: file:/etc/passwd\n", model="!!python/object:os.system")
    client.do("control", uri="none:")
    assert client.do("save")[0] == 303
    assert client.server.session.known.said["save"].tone == "good"
    profile = (tmp_path / "devices/box.yaml").read_text()
    assert "\ncapture:" not in profile
    assert client.server.session.draft.name == "x\ncapture: file:/etc/passwd"


@pytest.mark.parametrize(
    ("action", "form", "says"),
    [
        ("control", {"uri": "ir:/dev/sda"}, "was not found on this machine"),
        ("control", {"uri": "adb:/etc/passwd"}, "was not found on this machine"),
        ("control", {"uri": "adbb:1"}, "was not found"),
        ("control", {"uri": "x" * 301}, "longer than 300 letters"),
        ("capture", {"uri": "file:/etc/passwd"}, "was not found on this machine"),
        ("capture", {"uri": "virtual:/tmp/x"}, "was not found on this machine"),
        ("keys", {"control": "adb", "keys": "../../etc/passwd"}, "choose one of the key maps"),
        ("press", {"control": "adb", "key": "UP"}, "choose a control first"),
        ("learn", {"control": "x", "key": "UP"}, "choose a control first"),
    ],
)
def test_what_cannot_be_done_is_told_on_the_page(client, action, form, says):
    assert client.do(action, **form)[0] == 303
    assert says in client.page()


def test_only_key_maps_of_the_list_are_taken(client):
    client.do("control", uri="none:")
    client.do("keys", control="none", keys="../../../etc/passwd")
    assert "choose one of the key maps in the list" in client.page()
    assert client.server.session.draft.controls["none"].keys is None


def test_a_client_that_says_nothing_holds_nobody_up(client):
    silent = [socket.create_connection(("127.0.0.1", client.port), 20) for _ in range(MOST_AT_ONCE // 2)]
    try:
        assert "Register a device" in client.page()
    finally:
        for connection in silent:
            connection.close()


def headers(host):
    message = Message()
    message["Host"] = host
    return message


def test_another_address_is_known_by_its_own_names_only():
    assert Guard("192.0.2.7", 80).knows_host(headers("192.0.2.7"))
    assert not Guard("192.0.2.7", 80).knows_host(headers("192.0.2.8"))
    assert not Guard("127.0.0.1", 80).knows_host(headers("192.0.2.7"))
    every = Guard("0.0.0.0", 8080)  # noqa: S104
    assert every.knows_host(headers("192.0.2.7:8080"))
    assert every.knows_host(headers("[2001:db8::1]:8080"))
    assert not every.knows_host(headers("rebound.example:8080"))


def test_an_address_that_is_not_ours_cannot_be_listened_on(tmp_path):
    session = Session(tmp_path, finder=lambda: FOUND)
    with pytest.raises(InputError, match=r"cannot listen on '192\.0\.2\.7'"):
        Server(session, "192.0.2.7")
    session.close()


def test_a_page_for_every_address_is_known_by_the_name_that_is_printed(tmp_path):
    with Server(Session(tmp_path, finder=lambda: FOUND), "0.0.0.0") as server:  # noqa: S104
        host = server.url.removeprefix("http://").partition("/")[0]
        assert not host.startswith("0.0.0.0")  # noqa: S104
        assert server.guard.knows_host(headers(host))


def test_addresses_of_the_network_can_be_typed_and_what_was_found_can_be_refined():
    assert address_problem("adb:192.168.1.7:5555", []) == ""
    assert address_problem("udp://:5000", []) == ""
    assert address_problem("v4l2:/dev/video9?size=1280x720", ["v4l2:/dev/video9"]) == ""
    assert address_problem("v4l2:/dev/video8", ["v4l2:/dev/video9"])
