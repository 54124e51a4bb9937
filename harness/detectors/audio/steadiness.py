"""How steadily a tone stands at the multiples of the mains, over two seconds."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.clock import NS_PER_S
from harness.detectors.audio.mains import HARMONICS, LINES_HZ, columns_of

FRAME_HOPS: Final = 40
"""0.4 s: whole turns of all lines of both families, so that none leaks into another."""

STEP_HOPS: Final = 10
WINDOW_FRAMES: Final = 17
"""Frames 0.1 s apart, of 0.4 s: two seconds, over which a tone half a hertz off turns once."""

WINDOW_HOPS: Final = FRAME_HOPS + (WINDOW_FRAMES - 1) * STEP_HOPS
BESIDE: Final = (-6, -5, -4, -3, 3, 4, 5, 6)
"""Bins of 2.5 Hz beside a line, out of reach of its window: what the programme has there."""

MEDIAN_TO_MEAN: Final = 1.44
"""Mean over median of the power of noise (exponential distribution: 1 / ln 2)."""

SOFTEST: Final = 10 ** (-85 / 10)
OFF_BY: Final = tuple(np.linspace(-0.005, 0.005, 11).tolist())
"""How far the mains may be off, as a share: half a per cent is wider than any grid; a semitone is six."""

FINER: Final = 20
"""Into so many parts a step of `OFF_BY` is divided for the edges: two seconds away the phase must hold."""

AT_A_TIME: Final = 1000
"""Frames that are looked at together: of an hour all at once they would fill half a gigabyte."""

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frames:
    """The lines in frames of 0.4 s: complex amplitudes, the noise beside them, the times of the middles."""

    lines: Complexes
    noise: Floats
    t_s: Floats


@dataclass(frozen=True, slots=True)
class Steady:
    """The lines of one family in each window of two seconds, at the best share by which the mains are off.

    `likelihood` is the energy of the steady tone over that of the noise, `coherence` the tone's share of
    all there is at the line (1: nothing else), each of shape (windows, harmonics); `amplitude` is complex,
    its phase at time 0 of the recording.
    """

    off_by: Floats
    likelihood: Floats
    coherence: Floats
    amplitude: Complexes


def turned(lines: Complexes, t_s: Floats) -> Complexes:
    """Return the amplitudes with their phases counted from time 0 instead of from the hop."""
    return np.asarray(lines * np.exp(-2j * np.pi * np.outer(t_s, LINES_HZ)))


def frames_of(lines: Complexes, t_ns: NDArray[np.int64]) -> Frames:
    """Return the frames of a series of hops; one that is not measured throughout weighs nothing."""
    t_s = t_ns / NS_PER_S
    count = max(0, (len(lines) - FRAME_HOPS) // STEP_HOPS + 1)
    window = np.hanning(FRAME_HOPS + 1)[:-1]
    window /= window.sum()
    waves = np.exp(-2j * np.pi * np.outer((0, *BESIDE), np.arange(FRAME_HOPS)) / FRAME_HOPS) * window
    rows = np.arange(count)[:, None] * STEP_HOPS + np.arange(FRAME_HOPS)
    at_line, noise = _at_and_beside(turned(lines, t_s), rows, waves)
    missing = np.isnan(noise)
    even = t_s[rows[:, -1]] - t_s[rows[:, 0]] < 1.5 * FRAME_HOPS / 100 if count else np.zeros(0, bool)
    missing |= ~even[:, None]
    return Frames(
        np.where(missing, 0, at_line),
        np.where(missing, np.inf, np.maximum(noise, SOFTEST)),
        t_s[rows[:, FRAME_HOPS // 2]] if count else np.zeros(0),
    )


def _at_and_beside(lines: Complexes, rows: NDArray[np.intp], waves: Complexes) -> tuple[Complexes, Floats]:
    """Return what each frame has at the lines, and the power of the noise beside them."""
    at, beside = [lines[:0]], [lines.real[:0]]
    for first in range(0, len(rows), AT_A_TIME):
        bins = np.einsum("bh,fhl->bfl", waves, lines[rows[first : first + AT_A_TIME]], optimize=True)
        at.append(bins[0])
        beside.append(np.median(np.abs(bins[1:]) ** 2, axis=0) * MEDIAN_TO_MEAN)
    return np.concatenate(at), np.concatenate(beside)


def steady(frames: Frames, family_hz: float) -> Steady:
    """Return how steady the family's lines are in each window."""
    numbers = np.arange(1, HARMONICS + 1)
    columns = columns_of(family_hz)
    values, weights = frames.lines[:, columns], 1 / frames.noise[:, columns]
    all_weights = np.maximum(_windowed(weights), 1e-30)
    energy = np.maximum(_windowed(weights * np.abs(values) ** 2), 1e-30)
    best: Steady | None = None
    for off_by in OFF_BY:
        back = np.exp(-2j * np.pi * off_by * family_hz * np.outer(frames.t_s, numbers))
        total = _windowed(weights * values * back)
        likelihood = np.abs(total) ** 2 / all_weights
        found = Steady(np.full(len(total), off_by), likelihood, likelihood / energy, total / all_weights)
        best = found if best is None else _better(best, found)
    assert best is not None  # noqa: S101 - there is a share to try
    return best


def tuned(frames: Frames, family_hz: float, window: int, off_by: float) -> tuple[float, Complexes]:
    """Return by which share the mains are off in one window, to a twentieth of a step, and the amplitudes."""
    numbers = np.arange(1, HARMONICS + 1)
    columns = columns_of(family_hz)
    rows = slice(window, window + WINDOW_FRAMES)
    values, weights = frames.lines[rows, columns], 1 / frames.noise[rows, columns]
    shares = off_by + (OFF_BY[1] - OFF_BY[0]) * np.linspace(-1, 1, 2 * FINER + 1)
    back = np.exp(-2j * np.pi * family_hz * np.multiply.outer(shares, np.outer(frames.t_s[rows], numbers)))
    totals = np.einsum("fk,sfk->sk", weights * values, back)
    all_weights = np.maximum(weights.sum(axis=0), 1e-30)
    best = int(np.argmax(np.sum(np.abs(totals) ** 2 / all_weights, axis=1)))
    return float(shares[best]), np.asarray(totals[best] / all_weights)


def change(frames: Frames, family_hz: float, window: int, off_by: float) -> Floats:
    """Return how far each line changes from the first to the second half of a window, as a share of it."""
    numbers = np.arange(1, HARMONICS + 1)
    columns = columns_of(family_hz)
    halves = []
    for rows in (slice(window, window + 8), slice(window + 9, window + WINDOW_FRAMES)):
        weight = 1 / frames.noise[rows, columns]
        back = np.exp(-2j * np.pi * off_by * family_hz * np.outer(frames.t_s[rows], numbers))
        total = np.sum(weight * frames.lines[rows, columns] * back, axis=0)
        halves.append(total / np.maximum(weight.sum(axis=0), 1e-30))
    mean = np.maximum(np.abs(halves[0] + halves[1]) / 2, 1e-9)
    return np.asarray(np.abs(halves[0] - halves[1]) / mean)


def _better(one: Steady, other: Steady) -> Steady:
    more = _score(other) > _score(one)
    rows = more[:, None]
    return Steady(
        np.where(more, other.off_by, one.off_by),
        np.where(rows, other.likelihood, one.likelihood),
        np.where(rows, other.coherence, one.coherence),
        np.where(rows, other.amplitude, one.amplitude),
    )


def _score(found: Steady) -> Floats:
    return np.asarray(np.sum(found.likelihood * (found.coherence > 0.5), axis=1))


def _windowed(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return the sum over each window of frames."""
    sums = np.cumsum(np.concatenate((np.zeros_like(values[:1]), values)), axis=0)
    return np.asarray(sums[WINDOW_FRAMES:] - sums[:-WINDOW_FRAMES])
