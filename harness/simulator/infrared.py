"""The virtual device's infrared receiver, behind an emulated USB IR Toy on a pseudo-terminal.

What the toy is told to send lights up for as long as it really would; the receiver decodes the timings, and
the device feels the key when its first frame has ended. The bytes are those of `control.infrared.irtoy`.
"""

import logging
import os
import pty
import select
import threading
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import yaml

from harness.clock import Clock, MonotonicClock
from harness.control.infrared import Code, decode, irtoy, split_frames
from harness.simulator.api import DeviceApi

log = logging.getLogger(__name__)

VERSION = b"V222"
PASS_BAND_HZ = (34_000.0, 42_000.0)
"""A receiver tuned to 38 kHz does not see other carriers."""
RUNS_DRY_S = 1.0
"""A transmission whose host falls silent ends; far longer than any host needs between two chunks."""
SILENCE = -1
"""Stands among the bytes of a transmission for a host that fell silent."""


@dataclass(slots=True)
class _Asked:
    """What the host asked to be told of a transmission."""

    count: bool = False
    complete: bool = False
    handshake: bool = False


class InfraredReceiver:
    """Presses keys on the device behind `device` as its remote control's codes arrive.

    `start` returns the serial port of the blaster; `stop` unplugs it.
    """

    def __init__(self, device: DeviceApi, clock: Clock | None = None) -> None:
        self._device = device
        self._clock = clock or MonotonicClock()
        self._keys = _remote()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._master = self._slave = -1
        self._wake: tuple[int, int] = (-1, -1)
        self._carrier_hz = 38_000.0
        self._quiet_s: float | None = None

    def start(self) -> Path:
        """Plug the blaster in; return its port, `/dev/pts/N`. Idempotent."""
        if self._thread is None:
            # Our own end of the port stays open, so that a host may come and go.
            self._master, self._slave = pty.openpty()
            tty.setraw(self._slave)
            self._wake = os.pipe()
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="infrared", daemon=True)
            self._thread.start()
        return Path(os.ttyname(self._slave))

    def stop(self) -> None:
        """Unplug the blaster; idempotent."""
        if self._thread is None:
            return
        self._stopping.set()
        os.write(self._wake[1], b"x")
        self._thread.join()
        self._thread = None
        for descriptor in (self._master, self._slave, *self._wake):
            os.close(descriptor)

    def _run(self) -> None:
        asked, data = _Asked(), self._bytes()
        for byte in data:
            self._command(byte, asked, data)

    def _command(self, byte: int, asked: _Asked, data: Iterator[int]) -> None:
        """Do as one byte says; bytes that mean nothing here are ignored, as the toy ignores them."""
        if byte == irtoy.VERSION[0]:
            self._say(VERSION)
        elif byte in irtoy.SAMPLING_MODE + irtoy.SAMPLING_MODE.lower():
            self._say(irtoy.SAMPLING_PROTOCOL)
        elif byte == irtoy.SET_CARRIER:
            self._carrier_hz = irtoy.carrier_of(next(data, 0))
            next(data, 0)
        elif byte == irtoy.REPORT_COUNT:
            asked.count = True
        elif byte == irtoy.REPORT_COMPLETE:
            asked.complete = True
        elif byte == irtoy.HANDSHAKE:
            asked.handshake = True
        elif byte == irtoy.START:
            self._transmit(asked, data)

    def _transmit(self, asked: _Asked, data: Iterator[int]) -> None:
        ticks = bytearray()
        self._ready(asked)
        self._quiet_s = RUNS_DRY_S
        for byte in data:
            if byte == SILENCE:
                log.warning("infrared: the host left a transmission after %d bytes", len(ticks))
                self._quiet_s = None
                self._say(irtoy.UNDERRUN)
                return
            ticks.append(byte)
            ended = len(ticks) % 2 == 0 and ticks.endswith(irtoy.END)
            if ended or len(ticks) % irtoy.READY == 0:
                self._ready(asked)
            if ended:
                break
        self._quiet_s = None
        self._light(irtoy.from_bytes(bytes(ticks)))
        if asked.count:
            self._say(irtoy.COUNT + (len(ticks) & 0xFFFF).to_bytes(2, "big"))
        if asked.complete:
            self._say(irtoy.COMPLETE)

    def _light(self, timings_us: tuple[float, ...]) -> None:
        """Shine for as long as the burst takes, and let the device feel the key on the way."""
        start_ns = self._clock.now_ns()
        first_us = sum(next(iter(split_frames(timings_us)), ()))
        self._wait_until(start_ns + round(first_us * 1000))
        low_hz, high_hz = PASS_BAND_HZ
        code = decode(timings_us) if low_hz <= self._carrier_hz <= high_hz else None
        if code in self._keys and not self._stopping.is_set():
            self._device.key(self._keys[code], self._clock.now_ns())
        self._wait_until(start_ns + round(sum(timings_us) * 1000))

    def _wait_until(self, t_ns: int) -> None:
        self._stopping.wait(max(0, t_ns - self._clock.now_ns()) / 1e9)

    def _ready(self, asked: _Asked) -> None:
        if asked.handshake:
            self._say(bytes((irtoy.READY,)))

    def _bytes(self) -> Iterator[int]:
        """Yield what the host sends, until the blaster is unplugged; SILENCE where it stops sending."""
        while True:
            readable, _, _ = select.select([self._master, self._wake[0]], [], [], self._quiet_s)
            if self._wake[0] in readable:
                return
            yield from os.read(self._master, 4096) if readable else (SILENCE,)

    def _say(self, data: bytes) -> None:
        """Answer the host; what it does not read in time is lost, as on a serial line."""
        _, writable, _ = select.select([], [self._master], [], 0)
        if writable:
            os.write(self._master, data)


def _remote() -> dict[Code | None, str]:
    """Return the keys of the device's own remote control by their codes."""
    text = resources.files("harness.simulator").joinpath("remote.yaml").read_text(encoding="utf-8")
    remote = yaml.safe_load(text)
    return {Code(remote["protocol"], remote["address"], code): key for key, code in remote["keys"].items()}
