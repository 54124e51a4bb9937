"""Turns what a sound card hands over into blocks of sound with the right times, and into gaps.

Samples are counted. Their times come from the count on the card's estimated clock, which the arrivals serve.

A driver that lost sound says so. Then everything arrives later than its count says, for good, by as much as
was lost. What arrives later without such a word may be lost, or may wait: a busy computer catches up, and a
sound server (PulseAudio, PipeWire) takes to a longer buffer for another program's sake. There a gap says that
it cannot be known, and no sample is counted as lost, unless a card itself never catches up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.capture.clock_fit import DriftNote, SteadyClock
from harness.clock import NS_PER_MS, NS_PER_S
from harness.media import AudioBlock, Captured, Gap, RigEvent

UNSTEADY_NS = NS_PER_S // 2
"""The beginning of a stream: up to 960 samples of it were lost, at 48 kHz, and none after half a second."""

LEAD_IN_NS = NS_PER_S
"""What is thrown away: the unsteady beginning, and as much again by which the clock is found."""

LATE_NS = 40 * NS_PER_MS
"""A block so late is kept back, until one that is in time shows that all is well."""

LATE_FOR_NS = NS_PER_S
"""If none was in time for so long, all is late by as much as the earliest of them."""

CATCH_UP_NS = 30 * NS_PER_S
"""What a card's own sound has not caught up after so long was lost."""

HOLD_NS = 5 * NS_PER_S
"""Longer nothing is kept back, however often sound is lost."""

FULL_SCALE = np.float32(32768)
OVERFLOW = "the driver's buffer ran over: sound was lost"
LOST = "the sound card lost sound some time before: what comes never caught up"
DOUBT = "sound comes later than before: some may be lost, or waits in a longer buffer"
QUEUE_FULL = "the computer took the sound too late: its queue was full"


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """What one callback brought.

    Parameters
    ----------
    first : int
        How many samples all callbacks before brought, kept or not.
    codes : int16 array, shape (samples, channels)
    arrived_ns : int
        When the callback ran, on CLOCK_MONOTONIC.
    overflowed : bool
        The driver says that it lost sound before this chunk, or in it.
    """

    first: int
    codes: NDArray[np.int16]
    arrived_ns: int
    overflowed: bool = False


class SampleCount:
    """Counts the samples of one stream; feed it every chunk, in order.

    Parameters
    ----------
    rate_hz : int
        As the card was set.
    latency_ns : int
        How much later sound arrives than it was heard; subtracted from its times.
    direct : bool
        Whether the card is read itself, and not through a sound server.
    """

    def __init__(self, rate_hz: int, latency_ns: int = 0, *, direct: bool = True) -> None:
        self.clock = SteadyClock()
        self._rate_hz = rate_hz
        self._latency_ns = latency_ns
        self._direct = direct
        self._steady = False
        self._start = 0
        """The count at which the delivered sound begins."""
        self._lost = 0
        self._behind_ns = 0
        """How much later than at first sound comes, and what it was doubtful at, in samples."""
        self._doubtful = 0
        self._due: int | None = None
        self._held: list[Chunk] = []
        self._note = DriftNote("the sound card")

    @property
    def steady(self) -> bool:
        """Return whether the lead-in is over: what comes now is sound of the card."""
        return self._steady

    def take(self, chunk: Chunk) -> list[Captured]:
        """Return what is certain by now: blocks, and before them what was lost."""
        if not self._steady:
            self._lead_in(chunk)
            return []
        items: list[Captured] = []
        if self._due is not None and chunk.first != self._due:
            items += [*self._release(), *self._missing(self._due, chunk.first, QUEUE_FULL)]
        self._due = chunk.first + len(chunk.codes)
        self._held.append(chunk)
        return [*items, *self._settle(), *self._note.due(self.clock, self._time_ns(chunk.first))]

    def end(self) -> list[Captured]:
        """Return what was kept back, at the end of the stream."""
        return self._release()

    def _lead_in(self, chunk: Chunk) -> None:
        end = chunk.first + len(chunk.codes)
        counted_ns = self._ns(end)
        if counted_ns > UNSTEADY_NS:
            self.clock.hear(counted_ns, chunk.arrived_ns)
        if counted_ns >= LEAD_IN_NS:
            self._steady, self._start, self._due = True, end, end
            self.clock.start()

    def _settle(self) -> list[Captured]:
        held = self._held
        losses = [
            n for n, chunk in enumerate(held) if chunk.overflowed and not (n and held[n - 1].overflowed)
        ]
        late_ns = [self._late_ns(chunk) for chunk in held]
        if not losses and late_ns[-1] <= LATE_NS:
            return [*self._never_caught_up(), *self._release()]
        last = losses[-1] if losses else 0
        if self._held_ns(last) < LATE_FOR_NS and (self._held_ns(0) < HOLD_NS or last == len(held) - 1):
            return []
        if losses:
            return self._lose(losses[0], last, min(late_ns[last + 1 :]))
        return self._doubt(min(late_ns))

    def _lose(self, first: int, last: int, late_ns: int) -> list[Captured]:
        """Count on over what is missing.

        Left out is what came between losses in a row, and the chunk in which the last one lies.
        """
        begin, later = self._held[first].first, self._held[last + 1 :]
        missing = max(1, round(late_ns * self._rate_hz / NS_PER_S))
        self._held = self._held[:first]
        items = [*self._release(), *self._missing(begin, later[0].first + missing, OVERFLOW)]
        self._lost += missing
        self._held = later
        return items + self._release()

    def _doubt(self, late_ns: int) -> list[Captured]:
        """Take it that nothing is missing, and say that it may be."""
        self._behind_ns += late_ns
        self._doubtful = first = self._held[0].first
        start_ns = self._time_ns(first)
        event = RigEvent(start_ns, "clock", f"{DOUBT} ({late_ns / NS_PER_MS:.0f} ms)")
        return [event, Gap(start_ns, start_ns + late_ns, "audio", DOUBT), *self._release()]

    def _never_caught_up(self) -> list[Captured]:
        """Count as lost what a card's own sound is behind by for so long."""
        first = self._held[0].first
        late = self._direct and self._behind_ns > LATE_NS
        if not late or self._ns(first - self._doubtful) < CATCH_UP_NS:
            return []
        missing = round(self._behind_ns * self._rate_hz / NS_PER_S)
        items = self._missing(first, first + missing, LOST)
        self._lost, self._behind_ns = self._lost + missing, 0
        return items

    def _release(self) -> list[Captured]:
        held, self._held = self._held, []
        return [self._block(chunk) for chunk in held]

    def _block(self, chunk: Chunk) -> AudioBlock:
        self._behind_ns = max(0, self._behind_ns + min(0, self._late_ns(chunk)))
        end = chunk.first + len(chunk.codes) + self._lost
        self.clock.hear(self._ns(end), chunk.arrived_ns - self._behind_ns)
        samples = chunk.codes.astype(np.float32) / FULL_SCALE
        return AudioBlock(self._time_ns(chunk.first), chunk.first + self._lost - self._start, samples)

    def _missing(self, first: int, end: int, reason: str) -> list[Captured]:
        start_ns, end_ns = self._time_ns(first), self._time_ns(end)
        lost_ms = (end_ns - start_ns) / NS_PER_MS
        return [
            RigEvent(start_ns, "overflow", f"{reason} ({lost_ms:.0f} ms)"),
            Gap(start_ns, end_ns, "audio", reason),
        ]

    def _held_ns(self, number: int) -> int:
        return self._ns(self._held[-1].first - self._held[number].first)

    def _late_ns(self, chunk: Chunk) -> int:
        counted_ns = self._ns(chunk.first + len(chunk.codes) + self._lost)
        return self.clock.late_ns(counted_ns, chunk.arrived_ns - self._behind_ns)

    def _time_ns(self, first: int) -> int:
        return self.clock.time_ns(self._ns(first + self._lost)) - self._latency_ns

    def _ns(self, samples: int) -> int:
        return round(samples * NS_PER_S / self._rate_hz)
