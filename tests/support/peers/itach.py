"""An iTach IP2IR as Global Caché's "iTach API Specification" 1.5 describes it, every sendir checked."""

import re
import time

from harness.control.infrared import Burst, decode_all
from tests.support.peers.server import OneAtATime

MODULES = ("device,0,0 ETHERNET", "device,1,3 IR", "endlistdevices")
SENDIR = re.compile(r"sendir,(\d+):(\d+),(\d+),(\d+),(\d+),(\d+),([\d,]+)")


def checked(line):
    """Return connector, ID and the light of a sendir request; the ERR_ code of what is wrong with it."""
    found = SENDIR.fullmatch(line)
    if not found:
        return "ERR_1:1,017"
    module, port, number, hertz, repeat, offset = (int(word) for word in found.groups()[:6])
    counts = [int(word) for word in found[7].split(",")]
    rules = (
        (module == 1, 2),
        (1 <= port <= 3, 3),
        (number <= 65_535, 4),
        (15_000 <= hertz <= 500_000, 5),
        (1 <= repeat <= 50, 6),
        (offset % 2 == 1 and offset <= len(counts), 7),
        (all(1 <= count <= 50_000 for count in counts), 8),
        (len(counts) % 2 == 0, 10),
        (len(counts) < 520, 20),
    )
    wrong = next((code for right, code in rules if not right), None)
    if wrong:
        return f"ERR_{module}:{port},{wrong:03}"
    whole = counts + counts[offset - 1 :] * (repeat - 1)
    return f"{module}:{port}", number, Burst(float(hertz), tuple(count * 1e6 / hertz for count in whole))


class ItachPeer(OneAtATime):
    """`says` overrides the answer to a command: {"sendir": "busyIR,1:1,{id}"}; a learner sees `captured`."""

    def __init__(self, on_burst=lambda burst: None, modules=MODULES, says=None, captured=()):
        self.on_burst = on_burst
        self.modules = modules
        self.says = dict(says or {})
        self.captured = captured
        self.bursts = []
        self.requests = []
        super().__init__()

    def serve(self, connection):
        data = b""
        while chunk := connection.recv(4096):
            data += chunk
            while b"\r" in data:
                line, _, data = data.partition(b"\r")
                for answer in self.answers(line.decode()):
                    connection.sendall(answer.encode() + b"\r")

    def answers(self, line):
        self.requests.append(line)
        command = line.partition(",")[0]
        if said := self.says.get(command):
            number = line.split(",")[2] if command == "sendir" else ""
            said = said.pop(0) if isinstance(said, list) else said
            if said:
                return [said.replace("{id}", number)]
        if command == "getversion":
            return ["710-1005-05"]
        if command == "getdevices":
            return self.modules
        if command == "get_IRL":
            return ["IR Learner Enabled", *self.captured]
        if command == "stop_IRL":
            return ["IR Learner Disabled"]
        return [self.sendir(line)] if command == "sendir" else ["ERR_1:1,001"]

    def sendir(self, line):
        found = checked(line)
        if isinstance(found, str):
            return found
        connector, number, burst = found
        self.bursts.append(burst)
        self.on_burst(burst)
        time.sleep(burst.duration_us / 1e6)
        return f"completeir,{connector},{number}"


def codes(peer):
    return [decode_all(burst.timings_us) for burst in peer.bursts]
