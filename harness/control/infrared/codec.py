"""Encode a code of any protocol, and tell from timings which code of which protocol they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from harness.config import nearest
from harness.control.infrared import nec, rc5, rc6, sirc
from harness.control.infrared.burst import FRAME_GAP_US, Burst, Code, split_frames
from harness.errors import InputError


@dataclass(frozen=True, slots=True)
class Protocol:
    """What `encode` needs to know of a protocol; ranges are exclusive upper bounds."""

    carrier_hz: float
    period_us: float
    addresses: int
    commands: int
    frame: Callable[[Code], list[float]]
    toggles: bool = False
    least_frames: int = 1


PROTOCOLS = {
    "nec": Protocol(nec.CARRIER_HZ, nec.PERIOD_US, 1 << 8, 1 << 8, nec.frame),
    "necx": Protocol(nec.CARRIER_HZ, nec.PERIOD_US, 1 << 16, 1 << 8, nec.frame),
    "rc5": Protocol(rc5.CARRIER_HZ, rc5.PERIOD_US, 1 << 5, 1 << 7, rc5.frame, toggles=True),
    "rc6": Protocol(rc6.CARRIER_HZ, rc6.PERIOD_US, 1 << 8, 1 << 8, rc6.frame, toggles=True),
    "sirc12": Protocol(sirc.CARRIER_HZ, sirc.PERIOD_US, 1 << 5, 1 << 7, sirc.frame, least_frames=3),
    "sirc15": Protocol(sirc.CARRIER_HZ, sirc.PERIOD_US, 1 << 8, 1 << 7, sirc.frame, least_frames=3),
    "sirc20": Protocol(sirc.CARRIER_HZ, sirc.PERIOD_US, 1 << 13, 1 << 7, sirc.frame, least_frames=3),
}

READERS = (nec.read, rc5.read, rc6.read, sirc.read)

SHORTEST_PAUSE_US = 10_000.0
"""Between two frames, however long the frame: a receiver needs it to tell them apart."""


def check(code: Code) -> Protocol:
    """Return the code's protocol; raises InputError when it has no such address, command or toggle."""
    protocol = PROTOCOLS.get(code.protocol)
    if protocol is None:
        hint = nearest(code.protocol, list(PROTOCOLS))
        raise InputError(f"no infrared protocol {code.protocol!r}{hint}; known: {', '.join(PROTOCOLS)}")
    for word, value, bound in (
        ("address", code.address, protocol.addresses),
        ("command", code.command, protocol.commands),
    ):
        if not 0 <= value < bound:
            raise InputError(f"{code.protocol} {word} {value} is not in 0..{bound - 1}")
    if code.toggle not in ((0, 1) if protocol.toggles else (0,)):
        raise InputError(
            f"{code.protocol} toggle {code.toggle} is not {'0 or 1' if protocol.toggles else '0'}"
        )
    if code.protocol == "necx" and (code.address & 0xFF) ^ (code.address >> 8) == 0xFF:
        raise InputError(
            f"necx address {code.address:#06x} is nec address {code.address & 0xFF}: write it as nec"
        )
    return protocol


def encode(code: Code, hold_s: float = 0.0) -> Burst:
    """Return what a remote control sends while a button is down for `hold_s` seconds.

    The first frame, then one a period for as long as the button is held (NEC: the short repeat frame),
    each followed by the pause that the protocol asks for. Raises InputError for a code out of range.
    """
    protocol = check(code)
    frames = max(protocol.least_frames, 1 + int(hold_s * 1e6 // protocol.period_us))
    timings = _padded(protocol.frame(code), protocol.period_us)
    held = _padded(protocol.frame(replace(code, repeat=True)), protocol.period_us)
    return Burst(protocol.carrier_hz, tuple(timings + held * (frames - 1)))


def decode(timings_us: Sequence[float]) -> Code | None:
    """Return the code of the first frame that is one of a known protocol, or None.

    Every duration may be off by 25 %. Timings alternate mark, space, mark ...; a trailing space may be
    there or not.
    """
    return next(iter(decode_all(timings_us)), None)


def decode_all(timings_us: Sequence[float]) -> list[Code]:
    """Return the code of every known frame; what came while the button stayed down has `repeat` set.

    In one transmission, a frame equal to the one before it is a held button: NEC says so with its own
    short frame, RC5 and RC6 by an unchanged toggle, SIRC by repeating. A NEC repeat frame that follows
    nothing is left out.
    """
    codes: list[Code] = []
    for frame_us in split_frames(tuple(timings_us)):
        code = next(filter(None, (read(frame_us) for read in READERS)), None)
        if code is None:
            continue
        before = replace(codes[-1], repeat=False) if codes else None
        if code.repeat and before:
            codes.append(replace(before, repeat=True))
        elif not code.repeat:
            codes.append(replace(code, repeat=code == before))
    return codes


def _padded(frame_us: list[float], period_us: float) -> list[float]:
    pause_us = max(period_us - sum(frame_us), SHORTEST_PAUSE_US, FRAME_GAP_US)
    return [*frame_us, pause_us]
