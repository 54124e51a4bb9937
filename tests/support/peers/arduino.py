"""An Arduino that follows the protocol in `devices/firmware/ir_blaster`, on a pseudo-terminal."""

import os
import pty
import select
import threading
import time
import tty

from harness.control.infrared import Burst

READY = "READY capture-harness-ir 1 400"


def checked(line):
    """Return the light of a SEND line, or what is wrong with it."""
    hertz, times, offset, count, *rest = (int(word) for word in line.split()[1:])
    *ticks, total = rest
    if (
        len(ticks) != count
        or count % 2
        or not 0 <= offset < count
        or not all(0 < one < 65_536 for one in ticks)
    ):
        return "ERR bad numbers"
    if count > 400:
        return "ERR too many durations"
    if (hertz + times + offset + count + sum(ticks)) % 65_536 != total:
        return "ERR sum differs"
    whole = ticks[:offset] + ticks[offset:] * times
    return Burst(float(hertz), tuple(4.0 * one for one in whole))


class ArduinoPeer:
    """`greeting` is what it says of itself, `says` what it says to a SEND instead of doing it."""

    def __init__(self, on_burst=lambda burst: None, greeting=READY, says=None):
        self.on_burst, self.greeting, self.says = on_burst, greeting, says
        self.bursts = []
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.port = os.ttyname(self.slave)
        self._wake = os.pipe()
        self._thread = threading.Thread(target=self._run, name="arduino")
        self._thread.start()

    def _run(self):
        data = b""
        while True:
            readable, _, _ = select.select([self.master, self._wake[0]], [], [])
            if self._wake[0] in readable:
                return
            data += os.read(self.master, 4096)
            while b"\n" in data:
                line, _, data = data.partition(b"\n")
                answer = self._answer(line.decode())
                if answer is not None:
                    os.write(self.master, answer.encode() + b"\r\n")

    def _answer(self, line):
        if line.startswith("? "):
            return self.greeting and f"{self.greeting} {line[2:]}"
        if self.says is not None:
            return self.says
        found = checked(line)
        if isinstance(found, str):
            return found
        self.bursts.append(found)
        self.on_burst(found)
        time.sleep(found.duration_us / 1e6)
        return "OK"

    def stop(self):
        if self._thread is None:
            return
        os.write(self._wake[1], b"x")
        self._thread.join()
        self._thread = None
        for descriptor in (self.master, self.slave, *self._wake):
            os.close(descriptor)
