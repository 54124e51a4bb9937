"""From what a receiver saw of a remote control to a code that can be sent again."""

from dataclasses import replace

from harness.control.infrared.burst import FRAME_GAP_US, Burst, split_frames
from harness.control.infrared.codec import PROTOCOLS, SHORTEST_PAUSE_US, decode, encode
from harness.control.infrared.looped import looped
from harness.control.infrared.pronto import Pronto
from harness.errors import InputError

USUAL_CARRIER_HZ = 38_000.0
"""What most remote controls use; for a receiver that cannot measure it."""

LEAST_TIMINGS = 9
"""A flash of a lamp is shorter than any code."""

PAUSE_US = 40_000.0
"""Behind a frame whose own pause was not seen."""


def tidied(seen: Burst) -> Pronto:
    """Return the code of one press: in clean timings where a protocol is known, else as it was seen.

    Raises InputError for light that is no code.
    """
    frames = split_frames(seen.timings_us)
    if not frames or len(frames[0]) < LEAST_TIMINGS:
        raise InputError(
            "that was no remote control: hold it nearer, away from lamps, and press one key briefly"
        )
    code = decode(frames[0])
    if code is not None:
        code = replace(code, repeat=False)
        period_s = PROTOCOLS[code.protocol].period_us / 1e6
        once, held = encode(code), looped(encode(code, 5 * period_s))
        return Pronto(once.carrier_hz, once.timings_us, held.tail_us)
    pause_us = next((us for us in seen.timings_us[1::2] if us >= FRAME_GAP_US), PAUSE_US)
    once_us, *more = ((*frame, max(pause_us, SHORTEST_PAUSE_US)) for frame in frames)
    return Pronto(seen.carrier_hz or USUAL_CARRIER_HZ, once_us, more[0] if more else ())
