"""Pronto hex, the text that remote control databases hold codes in: `0000` (modulated), `0100` (bare light).

Four-digit hexadecimal words: the format, the period of the carrier in units of 0.241246 us, the number of
mark-space pairs sent once, the number of pairs sent while the button is held, then the pairs, counted
in periods of the carrier. Source: "Pronto infrared format" of the Philips Pronto's users.
"""

from dataclasses import dataclass

from harness.control.infrared.burst import Burst
from harness.errors import InputError

CLOCK_US = 0.241246
MODULATED, BARE = 0x0000, 0x0100
LONGEST_HOLD_FRAMES = 1000


@dataclass(frozen=True, slots=True)
class Pronto:
    """A learned code: what is sent once, and what is repeated while the button is held.

    Parameters
    ----------
    carrier_hz : float
        Frequency of the carrier; with `modulated` False it only gives the unit of time.
    once_us, repeat_us : tuple of float
        Marks and spaces in turn, in pairs; one of the two may be empty.
    """

    carrier_hz: float
    once_us: tuple[float, ...]
    repeat_us: tuple[float, ...] = ()
    modulated: bool = True

    def burst(self, hold_s: float = 0.0) -> Burst:
        """Return what is sent while the button is down for `hold_s` seconds."""
        once_us, repeat_us = self.once_us or self.repeat_us, self.repeat_us
        left_us = hold_s * 1e6 - sum(once_us)
        more = -(-left_us // sum(repeat_us)) if repeat_us and left_us > 0 else 0
        timings = once_us + repeat_us * min(int(more), LONGEST_HOLD_FRAMES)
        return Burst(self.carrier_hz if self.modulated else 0.0, timings)


def read(text: str) -> Pronto:
    """Return a Pronto code; raises InputError saying which word is wrong."""
    words = [_word(word) for word in text.split()]
    if len(words) < 6:
        raise InputError("Pronto code: too short; it needs 4 words and at least one pair")
    form, divider, once, repeat, *counts = words
    if form not in (MODULATED, BARE):
        raise InputError(f"Pronto code: format {form:04x} is not known; use 0000 or 0100")
    if not divider:
        raise InputError("Pronto code: the second word, the carrier's period, is 0")
    if len(counts) != 2 * (once + repeat):
        raise InputError(f"Pronto code: {once} + {repeat} pairs are announced, {len(counts)} words follow")
    unit_us = divider * CLOCK_US
    timings = tuple(count * unit_us for count in counts)
    return Pronto(1e6 / unit_us, timings[: 2 * once], timings[2 * once :], form == MODULATED)


def write(code: Pronto) -> str:
    """Return a code as Pronto hex; raises InputError for what the form cannot hold."""
    if len(code.once_us) % 2 or len(code.repeat_us) % 2:
        raise InputError("Pronto code: a mark without a space; pairs only")
    if not code.once_us and not code.repeat_us:
        raise InputError("Pronto code: nothing to send")
    divider = round(1e6 / (code.carrier_hz * CLOCK_US)) if code.carrier_hz > 0 else 0
    unit_us = divider * CLOCK_US
    head = [MODULATED if code.modulated else BARE, divider, len(code.once_us) // 2, len(code.repeat_us) // 2]
    counts = [max(1, round(us / unit_us)) for us in code.once_us + code.repeat_us] if divider else []
    if not divider or max(head + counts) > 0xFFFF:
        raise InputError("Pronto code: the carrier or a duration does not fit into 16 bits")
    return " ".join(f"{word:04X}" for word in head + counts)


def _word(text: str) -> int:
    if len(text) != 4 or not all(digit in "0123456789abcdefABCDEF" for digit in text):
        raise InputError(f"Pronto code: {text!r} is not a word of four hexadecimal digits")
    return int(text, 16)
