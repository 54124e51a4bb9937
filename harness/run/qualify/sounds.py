"""What became of the pattern's sound: its level, its rate, the holes in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.markers import BEEP_HZ
from harness.clock import NS_PER_MS, NS_PER_S
from harness.media import AudioBlock

BEEP_DBFS: Final = -12.0
"""The peak level of the beep as it is made; `tests/run/qualify` holds the title to it."""

QUIET: Final = 10 ** (-70 / 20)
"""The pattern is never quiet: its chord sounds at -38 dBFS. Below this, a channel is silent."""

INSIDE_S: Final = (0.008, 0.023)
"""Where in a beep its level is taken: it lasts 33 ms at least."""

JUMP_NS: Final = 20 * NS_PER_MS
"""A block this far from where the samples before it end comes after a hole, or after a leap of the stamps."""

HOP_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Run:
    """Sound without a hole in it.

    Parameters
    ----------
    t_ns : int
        When its first sample was heard.
    samples : float32 array, shape (samples, channels)
    stamps : float array, shape (blocks, 2)
        Of each block: its place in samples, and its time in ns, from the first of this run.
    """

    t_ns: int
    samples: NDArray[np.float32]
    stamps: NDArray[np.float64]


def runs(blocks: Sequence[AudioBlock], rate_hz: int) -> list[Run]:
    """Return the sound in one piece for each stretch without a hole."""
    parts: list[list[AudioBlock]] = []
    for block in blocks:
        if not parts or _breaks(parts[-1][-1], block, rate_hz):
            parts.append([])
        parts[-1].append(block)
    return [_run(part) for part in parts]


def levels_db(found: Sequence[Run], onsets_ns: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """Return how much louder than it was made each beep is, in dB, by channel: shape (beeps, channels)."""
    levels = [level for run in found for level in _levels(run, onsets_ns, rate_hz)]
    return np.array(levels) if levels else np.empty((0, 0))


def quiet_s(found: Sequence[Run], spans_ns: Sequence[tuple[int, int]], rate_hz: int) -> float:
    """Return for how long, within spans of the pattern, a channel was silent."""
    total = 0
    size = round(HOP_S * rate_hz)
    for run in found:
        whole = len(run.samples) // size * size
        if not whole:
            continue
        hops = run.samples[:whole].reshape(-1, size, run.samples.shape[1])
        silent = (np.sqrt(np.mean(np.square(hops), axis=1)) < QUIET).any(axis=1)
        begins_ns = run.t_ns + np.arange(len(hops)) * size * NS_PER_S / rate_hz
        inside = np.zeros(len(hops), bool)
        for start_ns, end_ns in spans_ns:
            inside |= (begins_ns >= start_ns) & (begins_ns + HOP_S * NS_PER_S <= end_ns)
        total += int(np.count_nonzero(silent & inside))
    return total * HOP_S


def rate_error_ppm(found: Sequence[Run], rate_hz: int) -> tuple[float, float] | None:
    """Return how much faster than it says the sound runs on this computer's clock, and how sure that is.

    In parts per million, over the longest stretch; the second number is twice the standard error. None where
    no stretch lasts for two seconds.
    """
    longest = max(found, key=lambda run: len(run.samples), default=None)
    if longest is None or len(longest.samples) < 2 * rate_hz or len(longest.stamps) < 10:
        return None
    samples, times_ns = longest.stamps.T
    return fitted_ppm(samples / rate_hz, times_ns / NS_PER_S)


def fitted_ppm(own_s: NDArray[np.float64], clock_s: NDArray[np.float64]) -> tuple[float, float]:
    """Return how much faster than a clock something runs: ppm, and twice its standard error."""
    (slope, _), error = line(own_s, clock_s)
    return (1 / slope - 1) * 1e6, 2 * error * 1e6


def line(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[tuple[float, float], float]:
    """Return slope and height of the straight line through points, and the standard error of the slope."""
    apart = x - x.mean()
    spread = float(apart @ apart)
    slope = float(apart @ (y - y.mean())) / spread
    left = y - y.mean() - slope * apart
    error = float(np.sqrt(left @ left / max(1, len(x) - 2) / spread))
    return (slope, float(y.mean() - slope * x.mean())), error


def _breaks(before: AudioBlock, block: AudioBlock, rate_hz: int) -> bool:
    end_ns = before.t_ns + len(before.samples) * NS_PER_S / rate_hz
    counted = before.first_sample + len(before.samples) == block.first_sample
    alike = before.samples.shape[1] == block.samples.shape[1]
    return not (counted and alike and abs(block.t_ns - end_ns) <= JUMP_NS)


def _run(part: Sequence[AudioBlock]) -> Run:
    first = part[0]
    stamps = [(block.first_sample - first.first_sample, block.t_ns - first.t_ns) for block in part]
    return Run(first.t_ns, np.concatenate([block.samples for block in part]), np.array(stamps, float))


def _levels(run: Run, onsets_ns: NDArray[np.float64], rate_hz: int) -> list[NDArray[np.float64]]:
    first, last = (round(edge * rate_hz) for edge in INSIDE_S)
    turn = np.exp(-2j * np.pi * BEEP_HZ / rate_hz * np.arange(last - first)) * 2 / (last - first)
    found = []
    for onset_ns in onsets_ns:
        start = round((onset_ns - run.t_ns) * rate_hz / NS_PER_S)
        if start >= 0 and start + last <= len(run.samples):
            tone = np.abs(turn @ run.samples[start + first : start + last])
            found.append(20 * np.log10(np.maximum(tone, 1e-6)) - BEEP_DBFS)
    return found
