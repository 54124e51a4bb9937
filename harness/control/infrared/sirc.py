"""SIRC (Sony): pulse width, 12, 15 or 20 bits, seven of command first, then the address.

Timings as published for Sony remote controls: unit 600 us, header 4 + 1 units, a 1 is a mark of 2
units, a 0 of 1; carrier 40 kHz; a frame every 45 ms, each press at least three frames.
"""

from collections.abc import Sequence

from harness.control.infrared.burst import Code
from harness.control.infrared.pulse import from_lsb_first, lsb_first, near

CARRIER_HZ = 40_000.0
UNIT_US = 600.0
HEADER_US = 4 * UNIT_US
PERIOD_US = 45_000.0
MARKS_US = (UNIT_US, 2 * UNIT_US)
SIZES = {"sirc12": 12, "sirc15": 15, "sirc20": 20}


def frame(code: Code) -> list[float]:
    """Return the timings of one frame, from its first mark to its last."""
    timings = [HEADER_US]
    for bit in lsb_first(code.command | code.address << 7, SIZES[code.protocol]):
        timings += [UNIT_US, MARKS_US[bit]]
    return timings


def read(frame_us: Sequence[float]) -> Code | None:
    """Return the code of one frame, or None."""
    name = next((name for name, size in SIZES.items() if len(frame_us) == 2 * size + 1), None)
    if name is None or not near(frame_us[0], HEADER_US):
        return None
    if not all(near(space, UNIT_US) for space in frame_us[1::2]):
        return None
    bits = [_bit(mark) for mark in frame_us[2::2]]
    if None in bits:
        return None
    value = from_lsb_first([bit or 0 for bit in bits])
    return Code(name, value >> 7, value & 0x7F)


def _bit(mark_us: float) -> int | None:
    """Return the bit of a mark: the marks of 0 and 1 stand far enough apart for 25 % each."""
    return next((bit for bit, nominal_us in enumerate(MARKS_US) if near(mark_us, nominal_us)), None)
