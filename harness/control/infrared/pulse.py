"""The means that infrared protocols share: tolerant comparison, bits by distance, Manchester bits."""

from collections.abc import Iterable, Sequence

TOLERANCE = 0.25
"""Receivers stretch marks and shorten spaces; every duration may be off by this part of itself."""


def near(measured_us: float, nominal_us: float) -> bool:
    """Return whether a measured duration is within 25 % of the nominal one."""
    return abs(measured_us - nominal_us) <= TOLERANCE * nominal_us


def lsb_first(value: int, bits: int) -> list[int]:
    """Return the bits of `value`, the least significant first."""
    return [value >> place & 1 for place in range(bits)]


def msb_first(value: int, bits: int) -> list[int]:
    """Return the bits of `value`, the most significant first."""
    return lsb_first(value, bits)[::-1]


def from_lsb_first(bits: Sequence[int]) -> int:
    """Return the number whose bits these are, the least significant first."""
    return sum(bit << place for place, bit in enumerate(bits))


def from_msb_first(bits: Sequence[int]) -> int:
    """Return the number whose bits these are, the most significant first."""
    return from_lsb_first(bits[::-1])


def run_lengths(levels: Iterable[int], unit_us: float) -> list[float]:
    """Return durations of runs of equal levels; `levels` begins with a mark (1)."""
    runs: list[float] = []
    last = 0
    for level in levels:
        if level == last:
            runs[-1] += unit_us
        else:
            runs.append(unit_us)
        last = level
    return runs


def manchester_levels(bits: Sequence[int], widths: Sequence[int], one: tuple[int, int]) -> list[int]:
    """Return the levels of Manchester bits: `widths` units for each half, `one` the halves of a 1."""
    zero = one[::-1]
    return [half for bit, width in zip(bits, widths, strict=True) for half in _halves(bit, width, one, zero)]


def _halves(bit: int, width: int, one: tuple[int, int], zero: tuple[int, int]) -> list[int]:
    first, second = one if bit else zero
    return [first] * width + [second] * width


def read_manchester(
    frame_us: Sequence[float], unit_us: float, widths: Sequence[int], one: tuple[int, int]
) -> list[int] | None:
    """Return the bits of a Manchester frame whose first bit is a 1, or None.

    Where a 1 begins with a space, the frame begins unseen, at its first mark. The light changes in the
    middle of every bit, so a run can only end at the next boundary or the next middle: at most two
    guesses, and a wrong one does not come out even at the end of the frame.

    Parameters
    ----------
    frame_us : sequence of float
        Durations, the first and the last a mark.
    unit_us : float
        Duration of half a bit of width 1.
    widths : sequence of int
        Units in each half, a bit.
    one : tuple of int
        The levels of the halves of a 1.
    """
    unseen = [] if one[0] else [0] * widths[0]
    levels = _read(frame_us, unit_us, widths, unseen)
    return _bits(levels, widths, one) if levels is not None else None


def _read(
    frame_us: Sequence[float], unit_us: float, widths: Sequence[int], levels: list[int]
) -> list[int] | None:
    if not frame_us:
        return _padded(levels, widths)
    level = 1 - levels[-1] if levels else 1
    for end in _stops(len(levels), widths):
        units = end - len(levels)
        if near(frame_us[0], units * unit_us):
            found = _read(frame_us[1:], unit_us, widths, levels + [level] * units)
            if found is not None:
                return found
    return None


def _stops(position: int, widths: Sequence[int]) -> list[int]:
    """Return where a run from `position` may end: the boundaries up to the next middle of a bit."""
    start = 0
    stops: list[int] = []
    for width in widths:
        middle, end = start + width, start + 2 * width
        if position < middle:
            return [*stops, middle]
        if position < end:
            stops.append(end)
        start = end
    return stops


def _padded(levels: list[int], widths: Sequence[int]) -> list[int] | None:
    """Return the levels with the last half bit added if it was a space, hence unseen."""
    total = 2 * sum(widths)
    missing = total - len(levels)
    if missing not in (0, widths[-1]):
        return None
    return levels + [0] * missing


def _bits(levels: list[int], widths: Sequence[int], one: tuple[int, int]) -> list[int] | None:
    bits, start = [], 0
    for width in widths:
        halves = levels[start], levels[start + width]
        if halves[0] == halves[1]:
            return None
        bits.append(int(halves == one))
        start += 2 * width
    return bits
