r"""The line protocol of our Arduino sketch, `devices/firmware/ir_blaster`, version 1.

ASCII lines that end in a line feed; numbers are decimal, words are parted by one space::

    host                                            board
    ? TOKEN                                         READY capture-harness-ir 1 MOST TOKEN
    SEND HZ TIMES OFFSET COUNT t1 t2 ... tn SUM     OK when the light is out, else ERR and what is wrong

READY is also said after a reset, with 0 as its token; a host chooses another number up to 65535, and so
knows the answer to itself. MOST is the number of durations the board has room for. HZ is the carrier, 0 for
bare light. The durations are in ticks of 4 us, mark first, 1..65535; an even number of them. The first
OFFSET are sent once, the others TIMES times. SUM is the sum of all numbers before it, modulo 65536: a byte
that was lost on the way is found.
"""

import re

from harness.control.infrared.burst import Burst
from harness.control.infrared.looped import looped
from harness.errors import InputError

END = b"\n"
DONE = "OK"
GREETING = re.compile(r"READY capture-harness-ir (\d{1,3}) (\d{1,5}) (\d{1,5})")
LAST_TOKEN = 65_535
VERSION = 1
TICK_US = 4
LONGEST_TICKS = 65_535
LONGEST_LINE = 256


def ask(token: int) -> str:
    """Return the line that asks what the board is."""
    return f"? {token}"


def send(burst: Burst, most: int) -> str:
    """Return the line that sends a burst; raises InputError for more durations than there is room for."""
    if not burst.carrier_hz:
        raise InputError("the Arduino cannot send bare light; this code (Pronto 0100) needs an IR Toy")
    loop = looped(burst)
    ticks = _ticks(loop.timings_us)
    if len(ticks) > most:
        raise InputError(f"this code has {len(ticks)} durations, and the Arduino has room for {most}")
    numbers = [round(burst.carrier_hz), loop.times, len(loop.head_us), len(ticks), *ticks]
    return f"SEND {' '.join(map(str, numbers))} {sum(numbers) % 65_536}"


def _ticks(timings_us: tuple[float, ...]) -> list[int]:
    """Return durations in ticks; remainders are carried on, so that a burst keeps its length."""
    ticks, late_us = [], 0.0
    for duration_us in timings_us:
        count = max(1, round((duration_us + late_us) / TICK_US))
        if count > LONGEST_TICKS:
            raise InputError(f"an infrared pulse of {duration_us:.0f} us is longer than the Arduino's 262 ms")
        late_us += duration_us - count * TICK_US
        ticks.append(count)
    return ticks
