r"""The byte protocol of the USB IR Toy's sampling mode, firmware 20 and later: constants and conversions.

Host and toy speak over a serial port (the speed does not matter)::

    host                                toy
    RESET (00 x 5)                      silent; leaves every other mode
    VERSION (v)                         "V222": V, hardware, two digits of firmware
    SAMPLING_MODE (S)                   "S01"
    SET_CARRIER (06), PR2, 00           silent; carrier = 3 MHz / (PR2 + 1)
    TRANSMIT (24 25 26 03)              READY (3e = 62): room for so many bytes
    up to 62 bytes of ticks             READY again, also behind the last of them
    ... last chunk ends in END (ff ff)  READY, then "t", bytes taken (16 bits, high first), then
                                        "C" (complete) or "F" (it ran dry in the middle)

24 asks for the byte count, 25 for the completion, 26 for the handshake; without each, its answer is
left out. Ticks are 16 bits, high byte first, of 21.3333 us, mark and space in turn. "C" comes when the
light has gone out, so it marks the end of the press. What the toy receives it sends in the same ticks,
without being asked, with END behind 1.4 s of darkness.

Source: the USB IR Toy's sampling mode page and firmware 22, and LIRC's irtoy driver.
"""

from collections.abc import Iterable

from harness.errors import InputError

RESET = b"\x00" * 5
VERSION = b"v"
SAMPLING_MODE = b"S"
SAMPLING_PROTOCOL = b"S01"
VERSION_LENGTH = 4
LEAST_FIRMWARE = 20
SET_CARRIER = 0x06
REPORT_COUNT = 0x24
REPORT_COMPLETE = 0x25
HANDSHAKE = 0x26
START = 0x03
TRANSMIT = bytes((REPORT_COUNT, REPORT_COMPLETE, HANDSHAKE, START))
READY = 62
END = b"\xff\xff"
COUNT = b"t"
COMPLETE = b"C"
UNDERRUN = b"F"
TICK_US = 64 / 3
LONGEST_TICKS = 0xFFFE
CARRIER_CLOCK_HZ = 3_000_000


def to_bytes(timings_us: Iterable[float]) -> bytes:
    """Return timings as ticks with END behind them; raises InputError for one over 1.398 s.

    The remainder of each rounding is carried over, so that a long burst keeps its length.
    """
    data, late_us = bytearray(), 0.0
    for duration_us in timings_us:
        ticks = max(1, round((duration_us + late_us) / TICK_US))
        if ticks > LONGEST_TICKS:
            raise InputError(f"an infrared pulse of {duration_us:.0f} us is longer than the IR Toy's 1.398 s")
        late_us += duration_us - ticks * TICK_US
        data += ticks.to_bytes(2, "big")
    return bytes(data + END)


def from_bytes(data: bytes) -> tuple[float, ...]:
    """Return ticks (up to END, if it is there) as timings in microseconds."""
    ticks = [int.from_bytes(data[place : place + 2], "big") for place in range(0, len(data) - 1, 2)]
    if 0xFFFF in ticks:
        ticks = ticks[: ticks.index(0xFFFF)]
    return tuple(count * TICK_US for count in ticks)


def carrier_command(carrier_hz: float) -> bytes:
    """Return the bytes that set the carrier, 11.7 kHz to 1.5 MHz; raises InputError outside."""
    divider = round(CARRIER_CLOCK_HZ / carrier_hz) - 1 if carrier_hz > 0 else -1
    if not 1 <= divider <= 254:
        raise InputError(
            f"the IR Toy cannot make a carrier of {carrier_hz:.0f} Hz; it can from 11765 to 1500000"
        )
    return bytes((SET_CARRIER, divider, 0))


def carrier_of(divider: int) -> float:
    """Return the carrier in hertz that the byte PR2 stands for."""
    return CARRIER_CLOCK_HZ / (divider + 1)
