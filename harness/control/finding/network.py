"""Blasters and players that tell of themselves on the network; looked for only when somebody asks.

iTachs send a beacon every 10 to 60 s (Global Caché, "iTach API Specification", discovery); Rokus answer a
search (Roku, "External Control Protocol", SSDP). What comes is bounded, and only the sender's own address is
believed.
"""

import re
import socket
import struct
import time
from collections.abc import Iterator

from harness.control.infrared.itach import TCP_PORT
from harness.ports import Port

BEACONS = ("239.255.250.250", 9131)
SSDP = ("239.255.255.250", 1900)
ANYWHERE = "0.0.0.0"  # noqa: S104  multicast is received by whatever card it comes in on
SEARCH = 'M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nMan: "ssdp:discover"\r\nST: roku:ecp\r\n\r\n'
MOST_BYTES = 2048
MOST_DATAGRAMS = 256


def find(listen_s: float) -> list[Port]:
    """Return what was heard of in `listen_s` seconds each."""
    return [*itachs(listen_s), *rokus(min(listen_s, 3.0))]


def itachs(listen_s: float, interface: str = ANYWHERE, port: int = BEACONS[1]) -> list[Port]:
    """Return the Global Caché boxes whose beacon was heard; nothing where there is no network."""
    found: dict[str, Port] = {}
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((ANYWHERE, port))
            group = struct.pack("4s4s", socket.inet_aton(BEACONS[0]), socket.inet_aton(interface))
            listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
            for host, text in _heard(listener, listen_s):
                if text.startswith("AMXB") and "GlobalCache" in text:
                    found[host] = _itach(host, text)
    except OSError:
        return list(found.values())
    return list(found.values())


def rokus(listen_s: float, search: tuple[str, int] = SSDP) -> list[Port]:
    """Return the Rokus that answered a search."""
    found: dict[str, Port] = {}
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.sendto(SEARCH.encode(), search)
            for host, text in _heard(asker, listen_s):
                if re.search(r"^ST:\s*roku:ecp\s*$", text, re.I | re.M):
                    found[host] = _roku(host, text)
    except OSError:
        return list(found.values())
    return list(found.values())


def _heard(listener: socket.socket, listen_s: float) -> Iterator[tuple[str, str]]:
    """Yield the sender and the text of each datagram that comes in time."""
    end_s = time.monotonic() + listen_s
    for _ in range(MOST_DATAGRAMS):
        left_s = end_s - time.monotonic()
        if left_s <= 0:
            return
        listener.settimeout(left_s)
        try:
            data, (host, _) = listener.recvfrom(MOST_BYTES)
        except TimeoutError:
            return
        yield host, data.decode("latin-1")


def _itach(host: str, text: str) -> Port:
    fields = dict(re.findall(r"<-([\w-]+)=([^<>]*)>", text))
    name = _plain(fields.get("Model", "Global Caché"))
    sends = "IR" in name or "Flex" in name
    note = "" if sends else "sends infrared only with an IR module"
    return Port("infrared", f"itach:{host}:{TCP_PORT}/1:1", name, note)


def _roku(host: str, text: str) -> Port:
    port = re.search(r"^LOCATION:\s*http://[^/:\s]+:(\d{1,5})/", text, re.I | re.M)
    serial = re.search(r"^USN:\s*uuid:roku:ecp:(\w{1,32})", text, re.I | re.M)
    where = host if port is None or port[1] == "8060" else f"{host}:{port[1]}"
    return Port("network", f"roku:{where}", f"Roku {serial[1]}" if serial else "Roku")


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:60]
