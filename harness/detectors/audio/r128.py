"""Loudness as EBU R 128 measures it: momentary, short-term and integrated, and the true peak."""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.sound_view import SoundView

BLOCK_HOPS: Final = 10
"""A block of 100 ms: gating blocks of 400 ms overlap by 75 % (ITU-R BS.1770-4, annex 1)."""

MOMENTARY_BLOCKS: Final = 4
SHORT_TERM_BLOCKS: Final = 30
"""400 ms and 3 s (EBU Tech 3341)."""

ABSOLUTE_GATE_LUFS: Final = -70.0
RELATIVE_GATE_LU: Final = -10.0
OFFSET_LU: Final = -0.691
STEP_LU: Final = 0.1
"""Width of the classes in which gating blocks are counted; the error of the mean is a hundredth of it."""

INTEGRATE_EVERY: Final = 10
"""Gating blocks from one figure of the integrated loudness to the next: a second."""

NOTHING: Final = float("nan")
SURROUND: Final = {5: (1, 1, 1, 1.41, 1.41), 6: (1, 1, 1, 0, 1.41, 1.41)}
"""Weights of the channels of 5.0 and 5.1 (L R C LFE Ls Rs); others weigh 1."""

PHASES, TAPS = 4, 12
NEARLY, PEAKS_KEPT = 0.9, 64


class Loudness:
    """Takes sound hop by hop; its figures are those of the last whole block of 100 ms."""

    def __init__(self) -> None:
        self.momentary_lufs = self.short_term_lufs = self.integrated_lufs = NOTHING
        self.true_peak_dbtp = NOTHING
        self._counts = np.zeros(round((20 - ABSOLUTE_GATE_LUFS) / STEP_LU), np.int64)
        self._highest = 0.0
        self._gated = 0
        self.restart()

    def restart(self) -> None:
        """Forget the filters and the last seconds, as after a gap; the programme's figures stay."""
        self._hops: list[NDArray[np.float32]] = []
        self._powers: list[float] = []
        self._before: NDArray[np.float32] | None = None
        self._last: NDArray[np.float32] | None = None
        self.momentary_lufs = self.short_term_lufs = NOTHING

    def take(self, view: SoundView) -> None:
        """Take one hop."""
        if view.after_gap:
            self.restart()
        self._hops.append(view.samples)
        if len(self._hops) < BLOCK_HOPS:
            return
        block = np.concatenate(self._hops)
        self._hops = []
        self._weigh(block, view.rate_hz)
        self._find_peak(block)

    def _weigh(self, block: NDArray[np.float32], rate_hz: int) -> None:
        before = np.zeros_like(block) if self._before is None else self._before[-len(block) :]
        self._before = block
        joined = np.concatenate((before, block))
        response = k_response(rate_hz, len(joined))[:, None]
        weighted = np.fft.irfft(np.fft.rfft(joined, axis=0) * response, len(joined), axis=0)[len(before) :]
        each = np.einsum("sc,sc->c", weighted, weighted) / len(block)
        self._powers = [*self._powers[1 - SHORT_TERM_BLOCKS :], float(each @ _weights(len(each)))]
        self.momentary_lufs = _mean_lufs(self._powers[-MOMENTARY_BLOCKS:], MOMENTARY_BLOCKS)
        self.short_term_lufs = _mean_lufs(self._powers, SHORT_TERM_BLOCKS)
        if self.momentary_lufs > ABSOLUTE_GATE_LUFS:
            place = int((self.momentary_lufs - ABSOLUTE_GATE_LUFS) / STEP_LU)
            self._counts[min(place, len(self._counts) - 1)] += 1
            self._gated += 1
            if self._gated % INTEGRATE_EVERY == 1:
                self.integrated_lufs = self._integrated()

    def _integrated(self) -> float:
        classes = _class_powers()
        ungated = float(self._counts @ classes) / int(self._counts.sum())
        first = round((_lufs(ungated) + RELATIVE_GATE_LU - ABSOLUTE_GATE_LUFS) / STEP_LU)
        kept = self._counts[max(first, 0) :]
        return _lufs(float(kept @ classes[max(first, 0) :]) / max(int(kept.sum()), 1))

    def _find_peak(self, block: NDArray[np.float32]) -> None:
        """Raise the true peak if it is passed: between samples it can only lie near the largest of them."""
        tail = block[-TAPS:]
        joined = block if self._last is None else np.concatenate((self._last, block))
        self._last = tail
        sizes = np.abs(joined).ravel()
        if sizes.max() == 0 or 2 * sizes.max() < self._highest:
            return
        top = np.flatnonzero(sizes > NEARLY * sizes.max())[:PEAKS_KEPT]
        samples, channels = np.unravel_index(top, joined.shape)
        around = samples[:, None] + np.arange(-TAPS, TAPS)[None, :]
        values = np.where(
            (around >= 0) & (around < len(joined)),
            joined[np.clip(around, 0, len(joined) - 1), channels[:, None]],
            0.0,
        )
        self._highest = max(self._highest, float(sizes.max()), float(np.abs(values @ _between()).max()))
        self.true_peak_dbtp = 20 * float(np.log10(max(self._highest, 1e-6)))


@lru_cache(maxsize=4)
def k_weighting(rate_hz: int) -> NDArray[np.float64]:
    """Return the two sections of ITU-R BS.1770-4 for a sampling rate, as scipy's second-order sections.

    The standard gives coefficients for 48 kHz; the analogue prototypes behind them are a high shelf of
    +4 dB (1681.97 Hz, Q 0.7072) and a high pass (38.135 Hz, Q 0.5003). Their bilinear transform at 48 kHz
    is the standard's table to its last digits.
    """
    turn = np.tan(np.pi * 1681.974450955533 / rate_hz)
    gain, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    middle = gain**0.4996667741545416
    below = 1 + turn / q + turn * turn
    shelf = [gain + middle * turn / q + turn * turn, 2 * (turn * turn - gain)]
    shelf += [
        gain - middle * turn / q + turn * turn,
        below,
        2 * (turn * turn - 1),
        1 - turn / q + turn * turn,
    ]
    turn, q = np.tan(np.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    low = 1 + turn / q + turn * turn
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (turn * turn - 1) / low, (1 - turn / q + turn * turn) / low]
    return np.array([np.array(shelf) / below, high_pass])


@lru_cache(maxsize=4)
def k_response(rate_hz: int, samples: int) -> NDArray[np.complex128]:
    """Return the response of the two sections at the frequencies of a Fourier transform of so many samples.

    What comes before a block of 100 ms is forgotten in the block after it: -100 dB remain.
    """
    late = np.exp(-2j * np.pi * np.fft.rfftfreq(samples))
    powers = np.stack([np.ones_like(late), late, late * late])
    above, below = (k_weighting(rate_hz)[:, part] @ powers for part in (slice(0, 3), slice(3, 6)))
    return np.asarray(np.prod(above / below, axis=0))


@lru_cache(maxsize=8)
def _weights(channels: int) -> NDArray[np.float64]:
    return np.array(SURROUND.get(channels, (1.0,) * channels))


@lru_cache(maxsize=1)
def _class_powers() -> NDArray[np.float64]:
    classes = round((20 - ABSOLUTE_GATE_LUFS) / STEP_LU)
    middles = ABSOLUTE_GATE_LUFS + STEP_LU * (np.arange(classes) + 0.5)
    return np.asarray(10 ** ((middles - OFFSET_LU) / 10))


@lru_cache(maxsize=1)
def _between() -> NDArray[np.float64]:
    """Return the weights of the samples around one for the points a quarter apart up to its neighbours."""
    points = np.arange(1 - PHASES, PHASES) / PHASES
    distance = np.arange(-TAPS, TAPS)[:, None] - points[None, :]
    window = np.cos(np.pi * np.clip(distance / (2 * TAPS), -0.5, 0.5)) ** 2
    return np.asarray(np.sinc(distance) * window)


def _mean_lufs(powers: list[float], blocks: int) -> float:
    return _lufs(sum(powers) / len(powers)) if len(powers) >= blocks else NOTHING


def _lufs(power: float) -> float:
    return OFFSET_LU + 10 * float(np.log10(max(power, 1e-12)))
