"""Clicks: impulses of a millisecond at most, sparse in the sound."""

from bisect import bisect_left
from fractions import Fraction
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import FaultSpec, Impairment

WIDEST: Final = 48
"""Longest impulse in samples (1 ms at 48 kHz)."""

MEMORY_S: Final = 0.05
"""The level of the programme is its RMS over so long before the click."""

SOFTEST: Final = 100.0
"""In silence, clicks are made for a programme of so many steps of 16 bits (-50 dBFS)."""

Sound = NDArray[np.int16]


class Clicks(Impairment):
    """Puts impulses on the sound, 3 to 12 a second, the first where the interval begins.

    Levels are the peak over the RMS of the programme just before: easy 24-30 dB, medium 15-18 dB, hard
    10-12 dB; below 9 dB a click is not heard (a listening note with the clicks of MTG's Essentia). A click
    goes against the sign of the programme, so that full scale limits it late. Kinds: `delta` is one wrong
    sample; `pair` jumps up and down; `ring` is a damped oscillation of the output stage; `step` is a level
    that is held and let go; `zero_run` loses 1 to 5 ms, and less on harder levels: how loud that is, the
    programme says, so none is lost where it is softer than -50 dBFS.
    """

    defect = "clicks"
    medium = "sound"
    usual_s = 1.5
    kinds: ClassVar[tuple[str, ...]] = ("delta", "pair", "ring", "step", "zero_run")
    peak_db: ClassVar[dict[str, tuple[float, float]]] = {
        "easy": (24.0, 30.0),
        "medium": (15.0, 18.0),
        "hard": (10.0, 12.0),
    }
    lost: ClassVar[dict[str, tuple[int, int]]] = {"easy": (144, 240), "medium": (72, 144), "hard": (32, 72)}
    pause_s: ClassVar[dict[str, tuple[float, float]]] = {
        "easy": (0.08, 0.2),
        "medium": (0.1, 0.3),
        "hard": (0.15, 0.35),
    }

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        super().__init__(spec, fps, rate_hz)
        self._rate_hz = rate_hz or 48_000
        self._clicks = self._plan()
        self._firsts = [first for first, _ in self._clicks]
        self._before = np.zeros((0, 1), np.int16)

    def _plan(self) -> list[tuple[int, NDArray[np.float64]]]:
        """Return where each click begins, and its shape over the RMS; a shape of zeros loses samples."""
        at_s = self.spec.start_s
        clicks: list[tuple[int, NDArray[np.float64]]] = []
        end_s = at_s + min(self.spec.duration_s, 3600.0)
        while True:
            shape = self._shape()
            first = round(at_s * self._rate_hz)
            if clicks and first + len(shape) > round(end_s * self._rate_hz):
                return clicks
            clicks.append((first, shape))
            at_s += self.random.uniform(*self.pause_s[self.spec.level])

    def _shape(self) -> NDArray[np.float64]:
        peak = 10 ** (self.random.uniform(*self.peak_db[self.spec.level]) / 20)
        width = int(self.random.integers(8, WIDEST + 1))
        n = np.arange(width)
        if self.kind == "zero_run":
            return np.zeros(int(self.random.integers(*self.lost[self.spec.level])))
        if self.kind == "step":
            return np.full(width, peak)
        if self.kind == "ring":
            cycle = self.random.uniform(4.0, 10.0)
            return np.asarray(peak * np.exp(-3.0 * n / width) * np.cos(2 * np.pi * n / cycle + 0.3))
        return peak * np.array([1.0, -1.0] if self.kind == "pair" else [1.0])

    def intervals_s(self) -> list[tuple[float, float]]:
        """Return the clicks, exact to the sample."""
        return [
            (first / self._rate_hz, (first + len(shape)) / self._rate_hz) for first, shape in self._clicks
        ]

    def sound(self, samples: Sound, t_s: float) -> Sound:
        """Return the sound with its clicks."""
        start = round(t_s * self._rate_hz)
        memory = round(MEMORY_S * self._rate_hz) + max(WIDEST, self.lost["easy"][1])
        known = np.concatenate([self._before, samples]) if len(self._before) else samples
        origin = start - len(self._before)
        clicked = samples
        low = bisect_left(self._firsts, start - max(WIDEST, self.lost["easy"][1]))
        high = bisect_left(self._firsts, start + len(samples))
        for first, shape in self._clicks[low:high]:
            if first + len(shape) > start:
                clicked = samples.copy() if clicked is samples else clicked
                self._put(clicked, start, self._made(known, first - origin, shape), first)
        self._before = known[-memory:].copy()
        return clicked

    def _made(self, known: Sound, at: int, shape: NDArray[np.float64]) -> Sound:
        """Return what is heard instead of `known[at:]`, as far as it is known."""
        there = known[max(at, 0) : at + len(shape)].astype(np.float64)
        before = known[max(0, at - round(MEMORY_S * self._rate_hz)) : at].astype(np.float64)
        level = float(np.sqrt(np.mean(before**2))) if before.size else 0.0
        if not shape.any():
            return np.rint(there if level < SOFTEST else 0 * there).astype(np.int16)
        rms = max(SOFTEST, level)
        sign = np.where(there[:1] > 0, -1.0, 1.0)
        wrong = there + sign * rms * shape[: len(there), None]
        return np.clip(np.rint(wrong), -32768, 32767).astype(np.int16)

    @staticmethod
    def _put(clicked: Sound, start: int, made: Sound, first: int) -> None:
        """Write a click that begins at sample `first` into a block that begins at `start`."""
        skipped = max(0, start - first)
        part = made[skipped : skipped + len(clicked) - max(0, first - start)]
        clicked[max(0, first - start) : max(0, first - start) + len(part)] = part
