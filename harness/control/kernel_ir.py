"""Infrared through a transmitter that the Linux kernel drives: `rc:/dev/lirc0`."""

import os
import select
import struct

from harness.clock import NS_PER_S, Clock
from harness.control import lirc_device
from harness.control.blaster import Blaster
from harness.control.faults import Refused, told
from harness.control.infrared import Burst, pronto
from harness.control.infrared.learning import tidied
from harness.control.keymap import IrKeyMap, load_ir_keys
from harness.control.uri import Wanted

DARK_S = 0.3
"""So long without light behind a press, and it has ended."""


def make(wanted: Wanted) -> "KernelIr":
    """Return the control of `rc:DEVICE`."""
    path, _ = wanted.parts()
    return KernelIr(path, load_ir_keys(wanted.keys()), wanted.clock)


class KernelIr(Blaster):
    """Sends by a `/dev/lircN`; the kernel returns from each write when its light is out.

    The kernel takes half a second of light at a time: a long hold goes in several writes, parted between
    frames.
    """

    def __init__(self, path: str, keys: IrKeyMap, clock: Clock | None = None) -> None:
        super().__init__(path, keys, clock)
        self._descriptor: int | None = None
        self._features = 0
        self._dark_until_ns = 0
        """When the pause behind the last frame is over: a receiver needs it to tell two presses apart."""

    def learn(self, timeout_s: float) -> str:
        """Wait for a press of the real remote control before this receiver; return it as Pronto hex.

        Raises ControlLost when none comes in time, or when it cannot receive.
        """
        with told(f"{self.what} {self.port}", lambda: None, self.port):
            descriptor = os.open(self.port, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                if not lirc_device.features(descriptor) & lirc_device.CAN_RECEIVE:
                    raise Refused("it can only send; learn by another one")
                lirc_device.set_value(descriptor, lirc_device.SET_RECEIVE_MODE, lirc_device.MODE2)
                seen = self._receive(descriptor, timeout_s)
            finally:
                os.close(descriptor)
        return pronto.write(tidied(seen))

    def _is_open(self) -> bool:
        return self._descriptor is not None

    def _connect(self) -> None:
        self._descriptor = os.open(self.port, os.O_RDWR | os.O_CLOEXEC)
        self._features = lirc_device.features(self._descriptor)
        if not self._features & lirc_device.CAN_SEND:
            raise Refused("it can only receive; a blaster's driver offers another /dev/lirc")
        lirc_device.set_value(self._descriptor, lirc_device.SET_SEND_MODE, lirc_device.PULSE)

    def _send(self, burst: Burst) -> tuple[int, int]:
        descriptor = self._opened()
        if self._features & lirc_device.CAN_SET_CARRIER:
            lirc_device.set_value(descriptor, lirc_device.SET_CARRIER, round(burst.carrier_hz))
        self._stay_dark()
        start_ns = self._dark_until_ns = self._clock.now_ns()
        for timings, pause_us in lirc_device.portions(burst.timings_us):
            self._stay_dark()
            os.write(descriptor, struct.pack(f"={len(timings)}I", *timings))
            # By the clock: pauses that are slept one by one would add up.
            self._dark_until_ns += round((sum(timings) + pause_us) * 1000)
        return start_ns, self._clock.now_ns()

    def _stay_dark(self) -> None:
        left_ns = self._dark_until_ns - self._clock.now_ns()
        if left_ns > 0:
            self._clock.sleep_s(left_ns / NS_PER_S)

    def _receive(self, descriptor: int, timeout_s: float) -> Burst:
        """Return the light of one press: from its first mark until it stays dark."""
        light = lirc_device.Light()
        end_ns = self._clock.now_ns() + round(timeout_s * NS_PER_S)
        while True:
            left_s = (end_ns - self._clock.now_ns()) / NS_PER_S
            wait_s = min(DARK_S, left_s) if light.timings_us else left_s
            readable, _, _ = select.select([descriptor], [], [], max(0.0, wait_s))
            if readable:
                light.add(os.read(descriptor, 4096))
            if light.timings_us and not readable:
                return light.burst()
            if left_s <= 0:
                raise Refused(
                    f"no key was seen in {timeout_s:g} s; hold the remote a hand's breadth before it"
                )

    def _opened(self) -> int:
        if self._descriptor is None:
            raise Refused("it is closed")
        return self._descriptor

    def _disconnect(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
