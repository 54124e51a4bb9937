"""The daemon and clients that speak ADB badly, or not at all, byte by byte."""

import random
import socket
import struct

import pytest

from harness.simulator.adb.message import HEADER, MAX_PAYLOAD, VERSION, Command, Header, pack

OLD_VERSION = 0x01000000


class Client:
    """One raw connection."""

    def __init__(self, port, version=VERSION):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.version = version

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, command, first=0, second=0, payload=b""):
        self.socket.sendall(pack(command, first, second, payload, with_checksum=self.version < VERSION))

    def receive(self):
        header = Header.unpack(self.exactly(HEADER.size), MAX_PAYLOAD)
        return header, self.exactly(header.length)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def greet(self, max_payload=MAX_PAYLOAD):
        self.send(Command.CNXN, self.version, max_payload, b"host::\0")
        return self.receive()

    def is_closed(self):
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass
        return True


@pytest.fixture
def client(daemon):
    with Client(daemon.port) as client:
        yield client


@pytest.fixture
def friend(client):
    client.greet()
    return client


def lives(daemon):
    with Client(daemon.port) as client:
        client.greet()
        client.send(Command.OPEN, 7, 0, b"shell:echo alive\0")
        client.receive()
        return client.receive()[1] == b"alive\n"


def test_the_banner_announces_only_what_is_there(client):
    header, banner = client.greet()
    assert (header.command, header.first) == (Command.CNXN, VERSION)
    assert banner.endswith(b";features=shell_v2,stat_v2,ls_v2,fixed_push_mkdir")


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<6I", Command.CNXN, VERSION, 4096, 0, 0, 0x12345678),
        pack(Command.CNXN, VERSION, 4096, b"host::", with_checksum=True)[:-1] + b"!",
        pack(Command.CNXN, OLD_VERSION, 4096, b"host::", with_checksum=False),
        struct.pack("<6I", Command.CNXN, VERSION, 4096, 4097, 0, Command.CNXN ^ 0xFFFFFFFF),
        struct.pack("<6I", 0x58585858, 0, 0, 0, 0, 0x58585858 ^ 0xFFFFFFFF),
        pack(Command.OPEN, 1, 0, b"shell:true\0", with_checksum=True),
        pack(Command.AUTH, 3, 0, b"AAAA me\0", with_checksum=True),
    ],
    ids=["magic", "checksum", "no checksum", "oversized", "unknown", "open too soon", "auth unasked"],
)
def test_a_malformed_greeting_ends_the_connection_alone(daemon, client, data):
    client.socket.sendall(data)
    assert client.is_closed()
    assert lives(daemon)


def test_an_oversized_write_ends_the_connection_alone(daemon, friend):
    length = MAX_PAYLOAD + 1
    friend.socket.sendall(struct.pack("<6I", Command.WRTE, 1, 1, length, 0, Command.WRTE ^ 0xFFFFFFFF))
    assert friend.is_closed()
    assert lives(daemon)


def test_a_client_of_the_old_version_gets_checksums(daemon):
    with Client(daemon.port, OLD_VERSION) as client:
        client.greet()
        client.send(Command.OPEN, 7, 0, b"shell:echo old\0")
        client.receive()
        header, payload = client.receive()
        assert (payload, header.checksum) == (b"old\n", sum(payload))


def test_nothing_is_sent_before_the_last_was_taken(friend):
    friend.greet(max_payload=4)
    friend.send(Command.OPEN, 7, 0, b"shell:echo 12345678\0")
    opened, _ = friend.receive()
    assert friend.receive()[1] == b"1234"
    friend.socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        friend.socket.recv(1)
    friend.socket.settimeout(20)
    friend.send(Command.OKAY, 7, opened.first)
    assert friend.receive()[1] == b"5678"


def test_a_stream_belongs_to_its_opener(friend):
    friend.send(Command.OPEN, 7, 0, b"shell:cat\0")
    opened, _ = friend.receive()
    friend.send(Command.WRTE, 8, opened.first, b"not mine")
    friend.send(Command.WRTE, 7, opened.first, b"mine")
    assert friend.receive()[0].command == Command.OKAY
    assert friend.receive()[1] == b"mine"


def test_writing_before_okay_ends_the_connection(daemon, friend):
    friend.send(Command.OPEN, 7, 0, b"shell:logcat\0")
    opened, _ = friend.receive()
    friend.send(Command.WRTE, 7, opened.first, b"one")
    friend.send(Command.WRTE, 7, opened.first, b"two")
    assert friend.is_closed()
    assert lives(daemon)


def test_a_close_is_answered_by_a_close(friend):
    friend.send(Command.OPEN, 7, 0, b"shell:logcat\0")
    opened, _ = friend.receive()
    friend.send(Command.CLSE, 7, opened.first)
    header, _ = friend.receive()
    assert (header.command, header.first, header.second) == (Command.CLSE, opened.first, 7)


@pytest.mark.parametrize("service", [b"jdwp:1", b"tcp:80", b"nothing", b"", b"\xff\xfe:\0", b"shellx:ls"])
def test_an_unknown_service_is_closed_at_once(friend, service):
    friend.send(Command.OPEN, 7, 0, service + b"\0")
    header, _ = friend.receive()
    assert (header.command, header.first, header.second) == (Command.CLSE, 0, 7)


@pytest.mark.logs_errors
def test_a_service_that_breaks_is_closed_too(friend, double, caplog):
    def broken():
        raise RuntimeError("broken")

    double.reboot = broken
    friend.send(Command.OPEN, 7, 0, b"reboot:\0")
    assert [friend.receive()[0].command for _ in range(2)] == [Command.OKAY, Command.CLSE]
    assert "broken" in caplog.text


@pytest.mark.logs_errors
def test_a_command_that_breaks_tells_its_status(friend, double):
    def broken(key, t_ns):
        raise RuntimeError("broken")

    double.key = broken
    friend.send(Command.OPEN, 7, 0, b"shell:input keyevent 4; echo $?\0")
    opened, _ = friend.receive()
    assert friend.receive()[1] == b"input: internal error\n"
    friend.send(Command.OKAY, 7, opened.first)
    assert friend.receive()[1] == b"1\n"


def test_three_hundred_random_byte_strings_harm_nobody(daemon):
    source = random.Random(7)
    greeting = pack(Command.CNXN, VERSION, 65536, b"host::\0", with_checksum=True)
    for number in range(300):
        noise = source.randbytes(source.choice([1, 23, 24, 25, 100, 3000]))
        with Client(daemon.port) as client:
            client.socket.sendall(greeting * (number % 2) + noise)
    assert lives(daemon)


def test_three_hundred_random_messages_harm_nobody(daemon):
    source = random.Random(8)
    services = [b"shell:", b"sync:", b"shell,v2,raw:", b"exec:", b"", b"reboot:x"]
    for _ in range(30):
        with Client(daemon.port) as client:
            client.greet()
            for _ in range(10):
                noise = source.choice(services) + source.randbytes(source.randrange(60))
                try:
                    client.send(
                        source.choice(list(Command)[2:]), source.randrange(4), source.randrange(4), noise
                    )
                except ConnectionError:
                    break
    assert lives(daemon)


def test_many_clients_at_once(daemon):
    clients = [Client(daemon.port) for _ in range(50)]
    for client in clients:
        client.greet()
        client.send(Command.OPEN, 1, 0, b"shell:logcat\0")
    for client in clients:
        assert client.receive()[0].command == Command.OKAY
        client.socket.close()
    assert lives(daemon)


def test_going_away_drops_those_who_are_there(daemon, friend):
    friend.send(Command.OPEN, 7, 0, b"shell:logcat\0")
    friend.receive()
    daemon.go_away(None)
    assert friend.is_closed()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", daemon.port))
    daemon.come_back()
    assert lives(daemon)


def test_starting_and_stopping_twice_is_harmless(serve):
    daemon = serve()
    assert daemon.start() == daemon.port
    daemon.stop()
    daemon.stop()
    daemon.go_away(1)
