"""The faults of the virtual device: one list, by which each later defect joins with one line.

A fault is planted into a playback. Its times count from the title's first frame on the wire; those that have
passed already mean now. What was planted when is told in wire time, on CLOCK_MONOTONIC.
"""

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.clock import NS_PER_S
from harness.config import nearest
from harness.errors import InputError
from harness.impair import IMPAIRMENTS
from harness.impair.base import TOLERANCE_S, FaultSpec, Impairment, Picture

LONGEST_OFFSET_MS = 10_000


class Steered(Protocol):
    """The player, as faults see it."""

    sound_offset_s: Fraction
    """How much earlier than its picture the sound is played."""
    stalled: bool

    def crash(self) -> None:
        """Let the app die: home comes forward."""

    def lose_adb(self, seconds: float) -> None:
        """Drop ADB."""


class Fault:
    """One fault in one playback."""

    defect: ClassVar[str]
    parameters: ClassVar[frozenset[str]] = frozenset()
    """Numbers that must be given besides the common ones."""
    exact_to_sample: bool = False
    outlives: ClassVar[bool] = False
    """Whether it goes on when the playback has ended."""

    def __init__(self, spec: FaultSpec, fps: Fraction, rate_hz: int) -> None:
        self.spec = spec
        self._times_s = self.intervals_s()
        self._seen = 0
        self.wire_ns: list[list[int | None]] = [[None, None] for _ in self._times_s]

    def intervals_s(self) -> list[tuple[float, float]]:
        """Return what is planted, in seconds since the first frame."""
        return [(self.spec.start_s, self.spec.start_s + self.spec.duration_s)]

    def active(self, at_s: float) -> bool:
        """Return whether a time lies in what is planted."""
        return any(start - TOLERANCE_S <= at_s < end - TOLERANCE_S for start, end in self._times_s)

    def steer(self, player: Steered, at_s: float) -> None:
        """Make the player do wrong in the coming tick."""

    def picture(self, picture: Picture, at_s: float) -> Picture:
        """Return what is shown instead."""
        return picture

    def sound(self, samples: NDArray[np.int16], at_s: float) -> NDArray[np.int16]:
        """Return what is heard instead."""
        return samples

    def see(self, at_s: float, tick_s: float, t_ns: int) -> None:
        """Note which edges of what is planted go on the wire with the tick at `t_ns`."""
        # They come in order, and a long stutter has thousands: only those are looked at that are due.
        while self._seen < len(self._times_s):
            wire = self.wire_ns[self._seen]
            for place, edge_s in enumerate(self._times_s[self._seen]):
                if wire[place] is not None:
                    continue
                if self.exact_to_sample and at_s + tick_s > edge_s + TOLERANCE_S:
                    wire[place] = t_ns + round(max(0.0, edge_s - at_s) * NS_PER_S)
                elif not self.exact_to_sample and at_s >= edge_s - TOLERANCE_S:
                    wire[place] = t_ns
            if wire[1] is None:
                return
            self._seen += 1

    def end(self, t_ns: int) -> None:
        """Note that the playback ended."""
        for wire in self.wire_ns:
            if wire[0] is not None and wire[1] is None and not self.outlives:
                wire[1] = t_ns


class Impaired(Fault):
    """A defect of `harness.impair`, applied to what the player puts out."""

    def __init__(self, kind: type[Impairment], spec: FaultSpec, fps: Fraction, rate_hz: int) -> None:
        self._impairment = kind(spec, fps, rate_hz)
        self.exact_to_sample = kind.medium == "sound"
        super().__init__(spec, fps, rate_hz)

    def intervals_s(self) -> list[tuple[float, float]]:
        """Return the impairment's own ground truth."""
        return self._impairment.intervals_s()

    def picture(self, picture: Picture, at_s: float) -> Picture:
        """Return the impaired picture."""
        return self._impairment.picture(picture, at_s)

    def sound(self, samples: NDArray[np.int16], at_s: float) -> NDArray[np.int16]:
        """Return the impaired sound."""
        return self._impairment.sound(samples, at_s)


class AvSync(Fault):
    """The player loses sync at `start_s`, for the rest of the playback; `offset_ms` > 0: sound early."""

    defect = "av_sync"
    parameters = frozenset({"offset_ms"})

    def intervals_s(self) -> list[tuple[float, float]]:
        """Return from the start to the end of the playback."""
        return [(self.spec.start_s, math.inf)]

    def steer(self, player: Steered, at_s: float) -> None:
        """Let the player read its sound elsewhere."""
        if self.active(at_s):
            player.sound_offset_s = Fraction(self.spec.parameters["offset_ms"]).limit_denominator(1000) / 1000


class Stalling(Fault):
    """The player waits for data: a spinner over the held, dimmed picture; `duration_s=inf`: for ever."""

    defect = "stalling"

    def steer(self, player: Steered, at_s: float) -> None:
        """Hold the player."""
        player.stalled = player.stalled or self.active(at_s)


class ErrorScreen(Fault):
    """The app crashes at `start_s`; the home screen comes forward and stays."""

    defect = "error_screen"
    outlives = True

    def intervals_s(self) -> list[tuple[float, float]]:
        """Return from the crash on."""
        return [(self.spec.start_s, math.inf)]

    def steer(self, player: Steered, at_s: float) -> None:
        """Crash once."""
        if self.active(at_s):
            player.crash()


class AdbLost(Fault):
    """ADB goes away for `duration_s` (`inf`: for good) while the title plays on."""

    defect = "adb_lost"
    _gone = False

    def steer(self, player: Steered, at_s: float) -> None:
        """Drop ADB once."""
        if self.active(at_s) and not self._gone:
            self._gone = True
            player.lose_adb(self.spec.duration_s)


DEVICE_FAULTS: dict[str, type[Fault]] = {
    fault.defect: fault for fault in (AvSync, Stalling, ErrorScreen, AdbLost)
}
FAULTS: dict[str, Callable[[FaultSpec, Fraction, int], Fault]] = {
    **{name: partial(Impaired, kind) for name, kind in IMPAIRMENTS.items()},
    **DEVICE_FAULTS,
}


class FaultBoard:
    """What is planted on a device. Safe to use from any thread.

    `standing` faults come with every playback; those planted later come once, with the playback that runs
    or, if none does, the next.
    """

    def __init__(self, standing: Sequence[FaultSpec] = ()) -> None:
        self._lock = threading.Lock()
        self._standing = [_checked(spec) for spec in standing]
        self._waiting: list[FaultSpec] = []
        self._running: list[Fault] | None = None
        self._begun: list[tuple[FaultSpec, Fault]] = []
        self._make: tuple[Fraction, int] = (Fraction(50), 48_000)
        self._next_s = 0.0

    def plant(self, spec: FaultSpec) -> None:
        """Plant a fault; raises InputError for what is unknown or impossible, naming the nearest."""
        _checked(spec)
        with self._lock:
            if self._running is None:
                self._waiting.append(spec)
            else:
                self._add(spec, replace(spec, start_s=max(spec.start_s, self._next_s)))

    def clear(self) -> None:
        """Remove what was planted, and forget what was seen of it; standing faults stay."""
        with self._lock:
            self._waiting.clear()
            self._begun.clear()
            if self._running is not None:
                self._running = []

    def begin(self, fps: Fraction, rate_hz: int) -> None:
        """A playback puts its first frame on the wire in the coming tick."""
        with self._lock:
            self._running, self._make, self._next_s = [], (fps, rate_hz), 0.0
            for spec in (*self._standing, *self._waiting):
                self._add(spec, spec)
            self._waiting.clear()

    def running(self, at_s: float) -> list[Fault]:
        """Return the faults of the playback, which has come to `at_s`."""
        with self._lock:
            self._next_s = at_s + float(1 / self._make[0])
            return list(self._running or ())

    def end(self, t_ns: int) -> None:
        """The playback ended."""
        with self._lock:
            for fault in self._running or ():
                fault.end(t_ns)
            self._running = None

    def planted(self) -> list[Mapping[str, object]]:
        """Return what was planted and what of it was seen on the wire, in JSON's terms."""
        with self._lock:
            begun = [_record(spec, fault.wire_ns) for spec, fault in self._begun]
            return begun + [_record(spec, []) for spec in self._waiting]

    def _add(self, asked: FaultSpec, spec: FaultSpec) -> None:
        fault = FAULTS[spec.defect](spec, *self._make)
        self._begun.append((asked, fault))
        if self._running is not None:
            self._running.append(fault)


def _record(spec: FaultSpec, wire_ns: list[list[int | None]]) -> Mapping[str, object]:
    seen = [list(edges) for edges in wire_ns if edges[0] is not None]
    complete = bool(seen) and len(seen) == len(wire_ns)
    return {
        "defect": spec.defect,
        "spec": str(spec),
        "start_ns": seen[0][0] if seen else None,
        "end_ns": seen[-1][1] if complete else None,
        "seen": bool(seen),
        "intervals_ns": seen,
    }


def _checked(spec: FaultSpec) -> FaultSpec:
    if spec.defect not in FAULTS:
        known = list(FAULTS)
        raise InputError(
            f"there is no fault {spec.defect!r}{nearest(spec.defect, known)}; known: {', '.join(known)}"
        )
    planted = spec.defect not in DEVICE_FAULTS
    kinds = IMPAIRMENTS[spec.defect].kinds if planted else ()
    if spec.kind and spec.kind not in kinds:
        takes = f"takes the kinds {', '.join(kinds)}" if kinds else "has no kinds"
        raise InputError(f"fault {str(spec)!r}: {spec.defect} {takes}{nearest(spec.kind, list(kinds))}")
    wanted = DEVICE_FAULTS.get(spec.defect, Fault).parameters
    if set(spec.parameters) != wanted:
        names = ", ".join(["start_s", "duration_s", "level", "seed", *sorted(wanted)])
        raise InputError(
            f"fault {str(spec)!r}: {spec.defect} takes {names}" + (" (the last is required)" * bool(wanted))
        )
    numbers = (spec.start_s, spec.duration_s, spec.parameters.get("offset_ms", 0.0))
    possible = 0 <= numbers[0] < math.inf and numbers[1] > 0 and abs(numbers[2]) <= LONGEST_OFFSET_MS
    if not possible or spec.seed < 0:
        limits = "start_s >= 0, duration_s > 0, seed >= 0 and offset_ms within +-10000"
        raise InputError(f"fault {str(spec)!r}: {limits}, please")
    return spec
