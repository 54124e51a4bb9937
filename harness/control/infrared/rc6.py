"""RC6 mode 0: a header, then Manchester: a start bit, three of mode, a toggle of double width, 8 + 8 bits.

Timings from Philips' RC-6 description: unit 16 cycles of 36 kHz, 444 us; header 6 + 2 units, 6 units of
silence behind a frame. A 1 is a mark, then a space: the reverse of RC5.
"""

from collections.abc import Sequence

from harness.control.infrared.burst import Code
from harness.control.infrared.pulse import (
    from_msb_first,
    manchester_levels,
    msb_first,
    near,
    read_manchester,
    run_lengths,
)

CARRIER_HZ = 36_000.0
UNIT_US = 16e6 / CARRIER_HZ
HEADER_US = (6 * UNIT_US, 2 * UNIT_US)
PERIOD_US = 240 * UNIT_US
WIDTHS = (1,) * 4 + (2,) + (1,) * 16
ONE = (1, 0)


def frame(code: Code) -> list[float]:
    """Return the timings of one frame, from its first mark to its last."""
    bits = [1, 0, 0, 0, code.toggle, *msb_first(code.address, 8), *msb_first(code.command, 8)]
    runs = run_lengths(manchester_levels(bits, WIDTHS, ONE), UNIT_US)
    return [*HEADER_US, *(runs if len(runs) % 2 else runs[:-1])]


def read(frame_us: Sequence[float]) -> Code | None:
    """Return the code of one frame, or None."""
    if len(frame_us) < 3 or not all(map(near, frame_us, HEADER_US)):
        return None
    bits = read_manchester(frame_us[2:], UNIT_US, WIDTHS, ONE)
    if bits is None or bits[:4] != [1, 0, 0, 0]:
        return None
    return Code("rc6", from_msb_first(bits[5:13]), from_msb_first(bits[13:]), toggle=bits[4])
