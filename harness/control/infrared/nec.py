"""NEC: pulse distance, 32 bits, a complement behind every byte (extended: none behind the address).

Timings from NEC's uPD6121 data sheet: unit 562.5 us, header 16 + 8 units, frames every 192 units;
a held button sends the header 16 + 4 units and one mark.
"""

from collections.abc import Sequence

from harness.control.infrared.burst import Code
from harness.control.infrared.pulse import from_lsb_first, lsb_first, near

CARRIER_HZ = 38_000.0
UNIT_US = 562.5
HEADER_US = (16 * UNIT_US, 8 * UNIT_US)
REPEAT_US = (16 * UNIT_US, 4 * UNIT_US, UNIT_US)
PERIOD_US = 192 * UNIT_US
SPACES_US = (UNIT_US, 3 * UNIT_US)


def frame(code: Code) -> list[float]:
    """Return the timings of one frame, from its first mark to its last."""
    if code.repeat:
        return list(REPEAT_US)
    high = code.address >> 8 if code.protocol == "necx" else ~code.address & 0xFF
    value = code.address & 0xFF | high << 8 | code.command << 16 | (~code.command & 0xFF) << 24
    timings = list(HEADER_US)
    for bit in lsb_first(value, 32):
        timings += [UNIT_US, SPACES_US[bit]]
    return [*timings, UNIT_US]


def read(frame_us: Sequence[float]) -> Code | None:
    """Return the code of one frame, or None; a repeat frame has no address, so `nec` 0 0 stands for it."""
    if len(frame_us) == 3 and all(map(near, frame_us, REPEAT_US)):
        return Code("nec", 0, 0, repeat=True)
    if len(frame_us) != 67 or not all(map(near, frame_us, HEADER_US)):
        return None
    bits = [_bit(mark, space) for mark, space in zip(frame_us[2:66:2], frame_us[3:66:2], strict=True)]
    if None in bits or not near(frame_us[66], UNIT_US):
        return None
    low, high, command, complement = (
        from_lsb_first([bit or 0 for bit in bits[start : start + 8]]) for start in (0, 8, 16, 24)
    )
    if command ^ complement != 0xFF:
        return None
    if low ^ high == 0xFF:
        return Code("nec", low, command)
    return Code("necx", low | high << 8, command)


def _bit(mark_us: float, space_us: float) -> int | None:
    if not near(mark_us, UNIT_US):
        return None
    return next((bit for bit, nominal_us in enumerate(SPACES_US) if near(space_us, nominal_us)), None)
