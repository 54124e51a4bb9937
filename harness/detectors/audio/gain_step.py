"""A step of the gain: from one sample to the next the sound goes on, only louder or softer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from harness.detectors.audio.outliers import Predictor, prediction

ORDER: Final = 20
"""Of the linear prediction: two samples a kilohertz hold the resonances of a voice (Makhoul, 1975)."""

LOOSE: Final = Predictor(ORDER, white=1e-9)
"""Fitted to all samples at hand: it shows where to look. What is there is told by samples on one side."""

BURST: Final = 10
"""What is badly predicted after a step lasts about so many samples."""

STANDS_OUT: Final = 1.5
USUAL_SHARE: Final = 0.7
"""A burst is looked at whose energy exceeds so often that which this share of the 10 ms around it keeps."""

PLACES: Final = 4
"""So many places are looked at in a stretch, those that stand out most."""

AROUND: Final = np.arange(-4, 2)
NEAR: Final = np.arange(-1, 2)
"""The burst begins at the step or a few samples later: so far around it the break is looked for."""

FORESEEN_DB: Final = 3.5
"""By so much one factor makes the burst smaller for the loose predictor, from either side."""

LEARNT: Final = 720
LEAST_HEALED_DB: Final = 4.0
AGREE_DB: Final = 1.5
"""The factors that heal the break from before and from behind are the same."""

LAGS: Final = (ORDER + np.arange(ORDER)[None, :] - np.arange(2 * ORDER)[:, None]) % (3 * ORDER + 1)
"""Which tap weighs which of the samples around a place in which error; what no tap weighs reads a zero."""

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """Where the gain steps, by how much, and how far that explains what is heard.

    `healed_db` is by how much the factor makes the break smaller. `off_db` is how far the step of the level
    (20 ms) and of what is unpredicted (10 ms) are from it: the larger of both. `alone_db` is by how much its
    errors exceed all others within 10 ms: a voice has others like it.
    """

    at: int
    gain_db: float
    healed_db: float
    off_db: float
    alone_db: float


def unpredicted(samples: Samples) -> tuple[Samples, Samples] | None:
    """Return what linear prediction leaves of samples, and its filter; None of silence."""
    predictor = prediction(samples, LOOSE)
    if predictor is None:
        return None
    errors = cv2.filter2D(samples[None], -1, predictor[None, ::-1], anchor=(ORDER, 0))[0]
    errors[:ORDER] = 0.0
    return errors, predictor


def steps_of(samples: Samples, errors: Samples, predictor: Samples, hop: int, owned: range) -> Iterator[Step]:
    """Yield the steps that begin in the hops `owned`; two hops at least are known on either side of them."""
    starts = _starts(errors, hop, owned)
    if not starts.size:
        return
    loose = _Prediction(predictor)
    _, healed_db = _heals(samples, (starts[:, None] + AROUND).ravel(), loose, loose)
    for start, healing_db in zip(starts, healed_db.reshape(len(starts), -1), strict=True):
        if healing_db.max() >= FORESEEN_DB:
            step = _step(samples, int(start + AROUND[np.argmax(healing_db)]), errors, hop)
            if step is not None:
                yield step


def _starts(errors: Samples, hop: int, owned: range) -> NDArray[np.intp]:
    """Return where in some hops a burst of errors begins, of those that stand out most."""
    sums = np.cumsum(np.concatenate(([0.0], errors**2)))
    energies = sums[BURST:] - sums[:-BURST]
    rows = energies[owned.start * hop : owned.stop * hop].reshape(len(owned), hop)
    peaks = np.argmax(rows, axis=1) + hop * np.arange(owned.start, owned.stop)
    near = energies[peaks[:, None] + np.arange(-hop, hop, BURST // 2)]
    rank = int(USUAL_SHARE * near.shape[1])
    ratios = energies[peaks] / (np.partition(near, rank, axis=1)[:, rank] + 1e-16)
    plain = np.argsort(-ratios)[:PLACES]
    peaks = peaks[plain[ratios[plain] >= STANDS_OUT]]
    first = np.abs(errors[peaks[:, None] + np.arange(BURST)])
    return np.asarray(peaks + np.argmax(first >= first.max(axis=1, keepdims=True) / 3, axis=1))


def _step(samples: Samples, place: int, errors: Samples, hop: int) -> Step | None:
    """Return the step near a place, as those samples tell that lie on one side of it."""
    before = _Prediction(_learnt(samples[max(0, place - 1 - LEARNT) : place - 1]))
    behind = _Prediction(_learnt(samples[place + 2 :][:LEARNT][::-1]))
    gains_db, healed_db = _heals(samples, place + NEAR, before, behind)
    best = int(np.argmax(healed_db))
    gain_db, back_db = gains_db[:, best].tolist()
    if healed_db[best] < LEAST_HEALED_DB or abs(gain_db + back_db) > AGREE_DB:
        return None
    at = int(place + NEAR[best])
    level_db = _change_db(samples, at, 2 * hop)
    unpredicted_db = _change_db(errors, at, hop)
    off_db = max(abs(level_db - gain_db), abs(unpredicted_db - gain_db))
    return Step(at, gain_db, float(healed_db[best]), off_db, _alone_db(errors, at, hop))


class _Prediction:
    """Linear prediction as matrices, for windows of `ORDER` samples on either side of a place."""

    def __init__(self, predictor: Samples) -> None:
        taps = np.concatenate((predictor, np.zeros(2 * ORDER)))
        self.errors = taps[LAGS]
        self.own = self.errors[ORDER:]


def _heals(
    samples: Samples, places: NDArray[np.intp], before: _Prediction, behind: _Prediction
) -> tuple[Samples, Samples]:
    """Return the gains (dB) that heal a break at each place, from either side, and the lesser healing."""
    around = samples[places[:, None] + np.arange(-ORDER, ORDER)]
    there_db, healed_db = _fit(around, before)
    back_db, back_healed_db = _fit(around[:, ::-1], behind)
    return np.stack((there_db, back_db)), np.minimum(healed_db, back_healed_db)


def _fit(around: Samples, prediction: _Prediction) -> tuple[Samples, Samples]:
    """Return the gains (dB) by which sound is multiplied from the middle on, and how far they heal.

    The samples from there on, divided by the right factor, go on as predicted from those before. Each error
    of prediction is a part of the samples after the break (`own`) less one of those before (`owed`): the
    factor is that of least squares.
    """
    errors = around @ prediction.errors
    own = around[:, ORDER:] @ prediction.own
    owed = own - errors
    factor = np.sum(own * owed, axis=1) / (np.sum(own**2, axis=1) + 1e-15)
    left = np.sum((factor[:, None] * own - owed) ** 2, axis=1)
    healed_db = 10 * np.log10((np.sum(errors**2, axis=1) + 1e-15) / (left + 1e-15))
    gain_db = -20 * np.log10(np.maximum(factor, 1e-6))
    return gain_db, np.where(factor > 0, healed_db, 0.0)


def _learnt(samples: Samples) -> Samples:
    """Return the filter whose output is the error of linear prediction (covariance method)."""
    rows = sliding_window_view(samples, ORDER + 1)
    products = rows.T @ rows
    inner = products[:ORDER, :ORDER] + np.eye(ORDER) * (1e-9 * products[0, 0] + 1e-12)
    past = np.linalg.solve(inner, products[:ORDER, ORDER])
    return np.concatenate(([1.0], -past[::-1]))


def _alone_db(errors: Samples, at: int, hop: int) -> float:
    own = np.abs(errors[at - 2 : at + BURST]).max()
    beside = np.concatenate((errors[max(0, at - hop) : at - BURST], errors[at + 2 * BURST : at + hop]))
    return 20 * float(np.log10((own + 1e-12) / (np.abs(beside).max() + 1e-12)))


def _change_db(values: Samples, at: int, length: int) -> float:
    """Return by how much the level changes at a sample, over so many on either side."""
    before, after = values[max(0, at - length) : at], values[at : at + length]
    return 10 * float(np.log10((np.mean(after**2) + 1e-14) / (np.mean(before**2) + 1e-14)))
