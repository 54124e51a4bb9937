"""What is found on this machine: each way of looking, against the real thing or a made-up list of it."""

import os
import pty
import socket
import subprocess
import threading
from types import SimpleNamespace

import pytest

from harness.control.adb_server import adb_path
from harness.control.discovery import control_ports
from harness.control.finding import adb_devices, device_files, lircd_remotes, network, serial_ports
from harness.ports import Port
from tests.support.peers.lircd import Lircd, needs_lircd

BEACON = (
    "AMXB<-UUID=GlobalCache_000C1E024239><-SDKClass=Utility><-Make=GlobalCache><-Model={}>"
    "<-Revision=710-1001-05><-Pkg_Level=GCPK001><-Config-URL=http://10.9.9.9><-Status=Ready>\r"
)


def test_looking_around_here_hangs_on_nothing(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(taken.getsockname()[1]))
    found = control_ports()
    assert all(isinstance(port, Port) for port in found)
    assert [port.uri for port in found] == sorted(port.uri for port in found)


@pytest.fixture
def port():
    master, slave = pty.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def usb(device, vid=None, pid=None, product=None):
    return SimpleNamespace(device=device, vid=vid, pid=pid, product=product)


def test_blasters_are_known_by_their_usb_numbers(port, tmp_path):
    (tmp_path / "usb-Toy-if00").symlink_to(port)
    lasting = tmp_path / "usb-Toy-if00"
    found = serial_ports.find([usb(port, 0x04D8, 0xFD08)], tmp_path)
    assert found == [Port("infrared", f"ir:{lasting}", "USB IR Toy")]
    (uno,) = serial_ports.find([usb(port, 0x2341, 0x43, "Arduino Uno")], tmp_path / "none")
    assert (uno.uri, uno.name) == (f"arduino:{port}", "Arduino Uno")
    assert "devices/firmware/ir_blaster" in uno.note
    (clone,) = serial_ports.find([usb(port, 0x1A86, 0x7523)], tmp_path / "none")
    assert (clone.uri, clone.name) == (f"arduino:{port}", "CH340")
    assert serial_ports.find([usb("/dev/ttyS0"), usb(port, 0x1234, 1)], tmp_path) == []


def test_what_keeps_a_port_from_being_used_is_its_note(tmp_path):
    (gone,) = serial_ports.find([usb("/dev/no-such-port", 0x04D8, 0xFD08)], tmp_path)
    assert gone.note.startswith("there is no such port")


def test_a_device_file_that_is_no_such_device_says_so(tmp_path):
    (tmp_path / "lirc0").touch()
    (tmp_path / "cec1").touch()
    (tmp_path / "cecil").touch()
    infrared, cec = device_files.find(tmp_path)
    assert (infrared.kind, infrared.uri) == ("infrared", f"rc:{tmp_path}/lirc0")
    assert (cec.kind, cec.uri) == ("cec", f"cec:{tmp_path}/cec1")
    assert "not such a port" in infrared.note
    assert "not such a port" in cec.note


def test_the_remotes_of_a_running_lircd_are_found(tmp_path):
    needs_lircd()
    daemon = Lircd(tmp_path)
    try:
        found = lircd_remotes.find([str(daemon.socket), str(tmp_path / "none")])
    finally:
        daemon.stop()
    names = ("BOX_NEC", "BOX_SIRC", "BOX_RC5")
    assert {port.uri for port in found} == {f"lirc:{daemon.socket}?remote={name}" for name in names}
    (dead,) = lircd_remotes.find([str(daemon.socket)]) or [None]
    assert "no lircd listens there" in dead.note


def test_devices_of_the_users_own_adb_server_are_found(user_server, daemon):
    adb = [adb_path(), "-P", str(user_server)]
    subprocess.run([*adb, "connect", f"127.0.0.1:{daemon.port}"], check=True, capture_output=True)
    subprocess.run([*adb, "-s", f"127.0.0.1:{daemon.port}", "wait-for-device"], check=True, timeout=60)
    (found,) = adb_devices.find(user_server)
    assert found == Port("adb", f"adb:127.0.0.1:{daemon.port}", "Virtual STB")


@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        ("0123ABC unauthorized usb:1-1 transport_id:1", "0123ABC", "accept the dialog on its screen"),
        ("0123ABC offline usb:1-1", "0123ABC", "starting, or hangs"),
        ("0123ABC no permissions (missing udev rules?); see [http://x]", "0123ABC", "udev rules"),
        ("0123ABC device usb:1-1 product:p model:Living_Room device:d", "Living Room", ""),
        ("0123ABC sideload", "0123ABC", "its state is sideload"),
    ],
)
def test_the_state_of_a_device_is_told_in_words(line, name, words):
    text = f"{line}\n".encode()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"OKAY%04x%s" % (len(text), text))

        thread = threading.Thread(target=serve)
        thread.start()
        (found,) = adb_devices.find(listener.getsockname()[1])
        thread.join()
    assert (found.uri, found.name) == ("adb:0123ABC", name)
    assert words in found.note


@pytest.mark.parametrize("answer", [b"", b"FAIL0003bad", b"OKAYzzzz", b"OKAY00", b"HTTP/1.1 400"])
def test_what_is_no_adb_server_is_passed_over(answer):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(100)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        assert adb_devices.find(listener.getsockname()[1]) == []
        thread.join()


def test_beacons_of_itachs_are_heard():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stop = threading.Event()

    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            while not stop.wait(0.02):
                sender.sendto(b"nonsense", (network.BEACONS[0], port))
                sender.sendto(BEACON.format("iTachIP2IR").encode(), (network.BEACONS[0], port))

    thread = threading.Thread(target=send)
    thread.start()
    try:
        found = network.itachs(0.6, "127.0.0.1", port)
    finally:
        stop.set()
        thread.join()
    # Only the sender's address is believed, not the one in the beacon.
    (itach,) = found
    assert itach.uri.endswith(":4998/1:1")
    assert "10.9.9.9" not in itach.uri
    assert (itach.kind, itach.name) == ("infrared", "iTachIP2IR")


@pytest.mark.parametrize(
    ("location", "uri"),
    [("http://10.9.9.9:8060/", "roku:127.0.0.1"), ("http://10.9.9.9:8061/", "roku:127.0.0.1:8061")],
)
def test_rokus_answer_a_search(location, uri):
    answers = [
        f"HTTP/1.1 200 OK\r\nST: roku:ecp\r\nLocation: {location}\r\nUSN: uuid:roku:ecp:P0A070000007\r\n\r\n",
        "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\n\r\n",
    ]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as roku:
        roku.bind(("127.0.0.1", 0))

        def serve():
            asked, sender = roku.recvfrom(2048)
            assert b"ST: roku:ecp\r\n" in asked
            for answer in answers:
                roku.sendto(answer.encode(), sender)

        thread = threading.Thread(target=serve)
        thread.start()
        found = network.rokus(0.6, roku.getsockname())
        thread.join()
    assert found == [Port("network", uri, "Roku P0A070000007")]
