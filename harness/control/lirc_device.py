"""What the kernel's infrared devices take and give (source: `linux/lirc.h`, and its documentation).

Sending: a write of an odd number of 32-bit durations in microseconds, mark first, half a second at most.
Receiving (mode2): 32-bit words, the highest byte what it is, the rest a duration or a frequency.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from harness.control.infrared.burst import FRAME_GAP_US, Burst
from harness.control.ioctl import READ, WRITE, call, request
from harness.errors import InputError

PULSE, MODE2 = 0x02, 0x04
CAN_SEND = PULSE
CAN_RECEIVE = MODE2 << 16
CAN_SET_CARRIER = 0x100
GET_FEATURES = request(READ, "i", 0x00, 4)
SET_SEND_MODE = request(WRITE, "i", 0x11, 4)
SET_RECEIVE_MODE = request(WRITE, "i", 0x12, 4)
SET_CARRIER = request(WRITE, "i", 0x13, 4)

LONGEST_WRITE_US = 480_000
MOST_DURATIONS = 1023
IS_SPACE, IS_PULSE, IS_FREQUENCY, IS_TIMEOUT = range(4)


def features(descriptor: int) -> int:
    """Return the bits of what a device can do; raises OSError for what is no infrared device."""
    return int(struct.unpack("=I", call(descriptor, GET_FEATURES, bytes(4)))[0])


def set_value(descriptor: int, code: int, value: int) -> None:
    """Make a request that takes one number; raises OSError."""
    call(descriptor, code, struct.pack("=I", value))


def portions(timings_us: Sequence[float]) -> Iterator[tuple[list[int], float]]:
    """Yield what is written at once, marks at both ends, and the pause behind it (us).

    Raises InputError for a frame that the kernel does not take in one piece.
    """
    portion: list[int] = []
    last_us = 0.0
    for frame, pause_us in _frames(timings_us):
        if sum(frame) > LONGEST_WRITE_US or len(frame) > MOST_DURATIONS:
            raise InputError("an infrared frame of over half a second: the kernel cannot send it")
        joined = [*portion, round(last_us), *frame] if portion else frame
        if portion and (sum(joined) > LONGEST_WRITE_US or len(joined) > MOST_DURATIONS):
            yield portion, last_us
            joined = frame
        portion, last_us = joined, pause_us
    if portion:
        yield portion, last_us


def _frames(timings_us: Sequence[float]) -> Iterator[tuple[list[int], float]]:
    """Yield each frame in whole microseconds, and the pause behind it."""
    frame: list[int] = []
    for index, duration_us in enumerate(timings_us):
        if index % 2 and duration_us >= FRAME_GAP_US:
            yield frame, duration_us
            frame = []
        else:
            frame.append(max(1, round(duration_us)))
    if frame:
        yield (frame if len(frame) % 2 else frame[:-1]), 0.0


@dataclass
class Light:
    """What a receiver has reported, word by word."""

    timings_us: list[float] = field(default_factory=list)
    carrier_hz: float = 0.0

    def add(self, data: bytes) -> None:
        """Take what was read; spaces before the first mark are left out, runs of one kind are joined.

        A receiver that gives up waiting for light says how long it was dark by then; the space that it
        tells when the light comes back is what was dark since.
        """
        for (word,) in struct.iter_unpack("=I", data[: len(data) // 4 * 4]):
            kind, value = word >> 24, word & 0xFFFFFF
            if kind == IS_FREQUENCY:
                self.carrier_hz = float(value)
            elif kind in (IS_SPACE, IS_PULSE, IS_TIMEOUT):
                self._run(kind == IS_PULSE, value)

    def burst(self) -> Burst:
        """Return all of it."""
        return Burst(self.carrier_hz, tuple(self.timings_us))

    def _run(self, mark: bool, duration_us: int) -> None:
        expects_mark = len(self.timings_us) % 2 == 0
        if mark == expects_mark:
            self.timings_us.append(float(duration_us))
        elif self.timings_us:
            self.timings_us[-1] += duration_us
