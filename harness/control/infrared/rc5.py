"""RC5: Manchester, 14 bits: two start bits, a toggle, five of address, six of command.

Timings from Philips' RC-5 description: half a bit is 32 cycles of 36 kHz, 889 us; a frame every 64
bits. A 1 is a space, then a mark. Commands from 64 on clear the second start bit (RC5X).
"""

from collections.abc import Sequence

from harness.control.infrared.burst import Code
from harness.control.infrared.pulse import (
    from_msb_first,
    manchester_levels,
    msb_first,
    read_manchester,
    run_lengths,
)

CARRIER_HZ = 36_000.0
UNIT_US = 32e6 / CARRIER_HZ
PERIOD_US = 64 * 2 * UNIT_US
WIDTHS = (1,) * 14
ONE = (0, 1)


def frame(code: Code) -> list[float]:
    """Return the timings of one frame, from its first mark to its last."""
    field = int(code.command < 64)
    bits = [1, field, code.toggle, *msb_first(code.address, 5), *msb_first(code.command & 63, 6)]
    seen = manchester_levels(bits, WIDTHS, ONE)[1:]
    runs = run_lengths(seen, UNIT_US)
    return runs if len(runs) % 2 else runs[:-1]


def read(frame_us: Sequence[float]) -> Code | None:
    """Return the code of one frame, or None."""
    bits = read_manchester(frame_us, UNIT_US, WIDTHS, ONE)
    if bits is None or bits[0] != 1:
        return None
    command = from_msb_first(bits[8:]) + (0 if bits[1] else 64)
    return Code("rc5", from_msb_first(bits[3:8]), command, toggle=bits[2])
