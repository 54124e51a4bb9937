r"""The text protocol of Global Caché's iTach and Flex: one line a request, each ending in a carriage return.

::

    sendir,1:1,ID,FREQUENCY,REPEAT,OFFSET,on,off,on,off...    completeir,1:1,ID when the light is out
    get_IRL                                                   IR Learner Enabled, then a sendir a capture
    stop_IRL                                                  IR Learner Disabled
    getdevices                                                device,1,3 IR ... endlistdevices

ID is 0..65535, FREQUENCY 15000..500000 Hz, REPEAT 1..50 (Flex 1..20), OFFSET the odd place (from 1) of the
first duration that is sent again; on and off are 1..50000 periods of the carrier, less than 260 pairs. A
refusal begins with ERR (iTach `ERR_1:1,014`, Flex `ERR IR003`) or `unknowncommand` (GC-100); a connector
that sends for somebody else answers `busyIR`.

Source: Global Caché, "iTach API Specification" 1.5 and "iTach Flex TCP API Specification" 1.6.
"""

import re

from harness.control.infrared.burst import Burst
from harness.control.infrared.looped import looped
from harness.errors import InputError

END = b"\r"
TCP_PORT = 4998
LONGEST_LINE = 8192
LAST_ID = 65_535
MOST_PAIRS = 259
MOST_REPEATS = (20, 50)
"""Of a Flex, and of an iTach: the second only for holds that do not fit else."""
LONGEST_COUNT = 50_000
CARRIERS_HZ = (15_000.0, 500_000.0)

CODES = {
    "001": "it does not know this command",
    "002": "there is no such module; correct MODULE:PORT in the URI",
    "003": "there is no such port; correct MODULE:PORT in the URI",
    "004": "the ID is not valid",
    "005": "the carrier frequency is not valid",
    "006": "the repeat count is not valid",
    "007": "the offset is not valid",
    "008": "a pulse count is not valid",
    "009": "the pulses are not valid",
    "010": "a mark without a space",
    "011": "no carriage return",
    "012": "too many repeats",
    "013": "this port is an input; set it to IR out on the iTach's own web page",
    "014": "this port is not a blaster; set it to IR blaster on the iTach's own web page",
    "015": "the command is too long for its buffer",
    "016": "no carriage return",
    "017": "bad syntax",
    "018": "this port is not an input",
    "019": "another command came while it repeated",
    "020": "too many pulses for it",
    "021": "an uneven number of pulses",
    "022": "undefined symbol",
    "023": "unknown option",
    "027": "its settings are locked",
}
"""What an iTach's ERR_ codes mean."""

FLEX_CODES = {
    "001": CODES["001"],
    "002": CODES["017"],
    "003": "there is no such module or port; correct MODULE:PORT in the URI",
    "004": CODES["011"],
    "005": "its Flex Link port is set to something else; set it to IR on the Flex's own web page",
    "006": CODES["027"],
    "IR001": CODES["004"],
    "IR002": CODES["005"],
    "IR003": CODES["006"],
    "IR004": CODES["007"],
    "IR005": CODES["008"],
    "IR006": CODES["010"],
    "IR007": CODES["020"],
}
"""What a Flex's ERR codes mean."""

GC100_CODES = {
    "3": CODES["002"],
    "4": CODES["003"],
    "5": CODES["013"],
    "6": CODES["013"],
    "7": CODES["013"],
    "9": CODES["020"],
    "15": CODES["020"],
    "21": "this module does not send infrared; correct MODULE:PORT in the URI",
}
"""What a GC-100's unknowncommand numbers mean, those that a right request can meet."""


def sendir(connector: str, number: int, burst: Burst) -> str:
    """Return the request that sends a burst; raises InputError for one that an iTach cannot send."""
    low_hz, high_hz = CARRIERS_HZ
    if not low_hz <= burst.carrier_hz <= high_hz:
        raise InputError(
            f"an iTach cannot make a carrier of {burst.carrier_hz:.0f} Hz; it can from 15000 to 500000"
        )
    loops = [looped(burst).at_most(most) for most in MOST_REPEATS]
    loop = next((one for one in loops if len(one.timings_us) <= 2 * MOST_PAIRS), loops[-1])
    counts = _counts(loop.timings_us, burst.carrier_hz)
    if len(counts) > 2 * MOST_PAIRS:
        raise InputError(
            f"an iTach can send {MOST_PAIRS} pulses at once, and this code has {len(counts) // 2}"
        )
    offset = len(loop.head_us) + 1
    head = (connector, number, round(burst.carrier_hz), loop.times, offset)
    return ",".join(["sendir", *map(str, head), *map(str, counts)])


def learned(line: str) -> Burst:
    """Return what the sendir line of a learner holds; raises InputError for anything else."""
    words = line.strip().split(",")
    numbers = [int(word) for word in words[3:] if word.isdecimal()]
    if words[0] != "sendir" or len(numbers) != len(words) - 3 or len(numbers) < 5 or len(numbers) % 2 == 0:
        raise InputError(f"the iTach's learner said {line[:60]!r}, which is not a code")
    carrier_hz, _, _, *counts = numbers
    if not CARRIERS_HZ[0] <= carrier_hz <= CARRIERS_HZ[1]:
        raise InputError(f"the iTach's learner measured a carrier of {carrier_hz} Hz; hold the remote nearer")
    return Burst(carrier_hz, tuple(count * 1e6 / carrier_hz for count in counts))


def refusal(line: str) -> str | None:
    """Return what a line that says no means, in words; None for a line that does not."""
    found = re.match(r"ERR_(?:\d+:\d+,)?0*(\d+)$", line)
    if found:
        return CODES.get(f"{int(found[1]):03}", f"it refuses with code {found[1]}")
    found = re.match(r"ERR ((?:[A-Z]{2})?\d+)", line)
    if found:
        return FLEX_CODES.get(found[1], f"it refuses with code {found[1]}")
    found = re.match(r"unknowncommand,? *(?:ERR_)?0*(\d+)", line)
    if found:
        return GC100_CODES.get(found[1], f"it refuses with code {found[1]}")
    return f"it refuses: {line[:60]}" if line.startswith(("ERR", "unknowncommand")) else None


def _counts(timings_us: tuple[float, ...], carrier_hz: float) -> list[int]:
    """Return durations in periods; remainders are carried on, so that a burst keeps its length."""
    counts, late_us = [], 0.0
    for duration_us in timings_us:
        count = max(1, round((duration_us + late_us) * carrier_hz / 1e6))
        if count > LONGEST_COUNT:
            raise InputError(f"an infrared pulse of {duration_us:.0f} us is longer than an iTach can send")
        late_us += duration_us - count * 1e6 / carrier_hz
        counts.append(count)
    return counts
