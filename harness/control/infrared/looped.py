"""A burst as blasters with little memory take it: a beginning, then an ending that is sent several times."""

from dataclasses import dataclass

from harness.control.infrared.burst import Burst


@dataclass(frozen=True, slots=True)
class Looped:
    """`head` is sent once, then `tail` so many `times`. Both are mark-space pairs in microseconds."""

    carrier_hz: float
    head_us: tuple[float, ...]
    tail_us: tuple[float, ...]
    times: int

    @property
    def timings_us(self) -> tuple[float, ...]:
        """Return all timings of one way through."""
        return self.head_us + self.tail_us

    def at_most(self, times: int) -> "Looped":
        """Return the same light, its tail made longer so that it is not sent more often than `times`.

        Where that does not divide, it is sent a little longer, as a thumb would.
        """
        together = -(-self.times // times)
        return Looped(self.carrier_hz, self.head_us, self.tail_us * together, -(-self.times // together))


def looped(burst: Burst) -> Looped:
    """Return the shortest loop that is this burst; one that repeats nothing has an empty head, one time."""
    timings = burst.timings_us
    if len(timings) % 2:
        timings = (*timings, 0.0)
    best = Looped(burst.carrier_hz, (), timings, 1)
    for size in range(2, len(timings) // 2 + 1, 2):
        if timings[-1 - size] != timings[-1]:
            continue
        tail = timings[-size:]
        times = _times(timings, tail)
        head = timings[: len(timings) - times * size]
        if times > 1 and len(head) + size < len(best.timings_us):
            best = Looped(burst.carrier_hz, head, tail, times)
        if not best.head_us and best.times > 1:
            break
    return best


def _times(timings: tuple[float, ...], tail: tuple[float, ...]) -> int:
    """Return how often `timings` end with `tail`."""
    times, end = 0, len(timings)
    while end >= len(tail) and timings[end - len(tail) : end] == tail:
        times, end = times + 1, end - len(tail)
    return times
