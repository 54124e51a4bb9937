"""Finds what stands alone in a stretch of sound for a millisecond: impulses, and samples that were lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.trigger import runs
from harness.detectors.audio.outliers import (
    Predictor,
    by_cells,
    interpolation_error,
    largest_beside,
    rms_beside,
)
from harness.detectors.audio.stretches import SoundStretch

CELL_MS: Final = 0.5
"""Errors are gathered in cells of this length, of which a click fills one, two or three."""

LOOSE: Final = Predictor(order=12, white=0.01)
"""Sees impulses that a codec has rounded off, too: noise at -20 dB keeps it from learning them."""

TIGHT: Final = Predictor(order=20, white=1e-9)
"""Sees one wrong sample far below the programme, and nothing that an instrument or a voice makes."""

FLOOR: Final = 10 ** (-60 / 20)
"""What is softer is not heard (-60 dBFS): impulses are compared with at least this."""

EDGE: Final = 10 ** (20 / 20)
EDGE_CELLS: Final = 10
"""Sound begins or ends where so many cells on one side are so much louder than on the other."""

LEAST_ISOLATION: Final = 10 ** (8 / 20)
LEAST_LEVEL: Final = 10 ** (2 / 20)
"""Less than this is not noted at all."""

LOST_MS: Final = (0.3, 6.5)
"""Runs of zeros of this length are lost samples; longer ones are dropouts."""

LOUD: Final = 10 ** (-45 / 20)
"""Sound on both sides of lost samples."""

LOST_JUMP: Final = 0.25
"""The sound jumps by so much of its RMS where samples are lost: a fade to zero does not."""

LOST_SHARE: Final = 0.3
"""A stretch with more zeros than this consists of pauses."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Impulse:
    """One impulse: where it begins in the stretch's own hops, in samples, and how it stands out.

    `sharpness_db` and `isolation_db` are its prediction error over the largest beside it (tight and loose
    prediction), `level_db` its height over the sound beside it. Of lost samples, `lost_ms` is how long.
    """

    at: int
    channel: int
    sharpness_db: float
    isolation_db: float
    level_db: float
    lost_ms: float = 0.0

    @property
    def rank(self) -> float:
        """Return a number that is larger for the plainer of two impulses."""
        return self.level_db + max(self.sharpness_db, self.isolation_db) + 100.0 * self.lost_ms


def impulses_of(stretch: SoundStretch) -> Iterator[Impulse]:
    """Yield the impulses of every channel; a channel that is equal to the first is skipped."""
    for channel, samples in enumerate(stretch.samples):
        if not channel or not np.array_equal(samples, stretch.samples[0]):
            yield from _standing_out(samples, stretch, channel)
            yield from _lost(samples, stretch, channel)


def _standing_out(samples: Samples, stretch: SoundStretch, channel: int) -> Iterator[Impulse]:
    length = max(1, round(stretch.rate_hz * CELL_MS / 1000))
    errors = _errors(samples, LOOSE, length)
    beside = np.maximum(largest_beside(errors), 1e-9)
    likely = (errors >= LEAST_ISOLATION * beside) & (errors >= LEAST_LEVEL * FLOOR)
    likely[: -(-stretch.hop // length)] = False
    likely[(len(samples) - stretch.hop) // length :] = False
    if not likely.any():
        return
    rms = np.maximum(rms_beside(by_cells(samples, length)), FLOOR)
    likely &= errors >= LEAST_LEVEL * rms
    if not likely.any():
        return
    tight = _errors(samples.astype(np.float64), TIGHT, length)
    sharp = tight / np.maximum(largest_beside(tight), 1e-9)
    for cell in np.flatnonzero(likely).tolist():
        if _at_an_edge(samples, cell * length, length):
            continue
        yield Impulse(
            at=cell * length - stretch.hop,
            channel=channel,
            sharpness_db=_decibels(float(sharp[cell - 1 : cell + 2].max())),
            isolation_db=_decibels(float(errors[cell] / beside[cell])),
            level_db=_decibels(float(errors[cell] / rms[cell])),
        )


def _at_an_edge(samples: Samples, at: int, length: int) -> bool:
    """Return whether sound begins or ends there: that makes a click, too, but not on top of a programme."""
    near, far = 2 * length, (2 + EDGE_CELLS) * length
    before = _rms(samples[max(0, at - far) : max(0, at - near)])
    after = _rms(samples[at + length + near : at + length + far])
    return max(before, after) >= EDGE * max(min(before, after), FLOOR)


def _errors(
    samples: NDArray[np.float32] | NDArray[np.float64], predictor: Predictor, length: int
) -> NDArray[np.float64]:
    errors = np.abs(by_cells(interpolation_error(samples, predictor), length)).max(axis=1)
    return np.asarray(errors, dtype=np.float64)


def _lost(samples: Samples, stretch: SoundStretch, channel: int) -> Iterator[Impulse]:
    """Yield runs of zeros in loud sound: the share of zeros in it is small, the edges are steep."""
    zeros = samples == 0
    shortest, longest = (round(stretch.rate_hz * limit / 1000) for limit in LOST_MS)
    count = np.count_nonzero(zeros)
    if not shortest <= count <= LOST_SHARE * len(samples):
        return
    held = (samples[1:] == samples[:-1]) & ~zeros[1:]
    if np.count_nonzero(held) > count / 2:
        return  # Square waves rest on other levels, too.
    for start, stop in runs(zeros):
        owned = stretch.hop <= start < len(samples) - stretch.hop
        if not owned or not shortest <= stop - start <= longest or stop >= len(samples):
            continue
        jump = max(abs(float(samples[start - 1])), abs(float(samples[stop])))
        width = stretch.hop // 2
        rms = min(_rms(samples[max(0, start - width) : start]), _rms(samples[stop : stop + width]))
        if rms >= LOUD and jump >= LOST_JUMP * rms:
            lost_ms = 1000 * (stop - start) / stretch.rate_hz
            yield Impulse(start - stretch.hop, channel, 0.0, 0.0, _decibels(jump / rms), lost_ms)


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples)))) if len(samples) else 0.0


def _decibels(ratio: float) -> float:
    return float(20 * np.log10(max(ratio, 1e-9)))
