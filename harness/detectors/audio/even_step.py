"""An even step: the level of a steady sound shifts at once, in all bands, by the same amount."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

PARTS: Final = 4
"""Of a hop (10 ms): how abrupt a shift is shows in parts of 2.5 ms."""

BESIDE: Final = 8
"""So many parts on either side of the one in which it happens must be steady, each side at its level."""

STEADY_DB: Final = 1.6
"""Deviation of the parts from the level of their side. White noise has 0.6 dB, room tone up to 1.5."""

NEAREST: Final = 2
AT_ONCE_DB: Final = 1.2
"""So far may the nearest parts be from the level of their side: what decays or swells is further off."""

AGREE_DB: Final = 1.5
"""What is unpredicted, what is heard, and the bands shift by the same within this."""

LEAST_DB: Final = 4.5
HOPS: Final = 5
"""The bands are compared over so many hops before and after the one in which the level shifts."""

FLOOR: Final = 1e-11
LEAST_DBFS: Final = -92.0
"""Below this a band holds the noise of 16 bits, which no gain changes."""

BANDS_NEEDED: Final = 5
WANDER_DB: Final = 3.5
"""Deviation of a band's level from hop to hop: that of noise is 2 to 3 dB in the narrow bands."""

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a steady sound becomes louder or softer at once, within a part of a hop."""

    at: int
    gain_db: float


def shifts_of(samples: Samples, errors: Samples, hop: int, owned: range) -> Iterator[Shift]:
    """Yield the shifts in the hops `owned`, of which two are known on either side.

    `errors` is what linear prediction leaves of the samples.
    """
    part = hop // PARTS
    unpredicted, heard = _levels(errors, part), _levels(samples, part)
    places = np.arange(owned.start * PARTS, owned.stop * PARTS)
    sides = sliding_window_view(unpredicted, BESIDE)
    before, after = sides[places - BESIDE], sides[places + 1]
    levels = before.mean(axis=1), after.mean(axis=1)
    gains_db = levels[1] - levels[0]
    # Cheap tests first: of a minute of programme few places pass them.
    likely = np.abs(gains_db) >= LEAST_DB
    likely &= np.maximum(before.std(axis=1), after.std(axis=1)) < STEADY_DB
    for place in np.flatnonzero(likely).tolist():
        near = slice(max(0, place - NEAREST), place + NEAREST + 1)
        ends = (
            before[place, -NEAREST:].mean() - levels[0][place],
            after[place, :NEAREST].mean() - levels[1][place],
        )
        at = int(places[place])
        heard_db = heard[at + 1 : at + 1 + BESIDE].mean() - heard[at - BESIDE : at].mean()
        steepest = abs(gains_db[place]) >= np.abs(gains_db[near]).max()
        if steepest and np.abs(ends).max() < AT_ONCE_DB and abs(heard_db - gains_db[place]) < AGREE_DB:
            yield Shift(at * part + part // 2, float(gains_db[place] + heard_db) / 2)


def unevenness(powers: NDArray[np.float32], at: int, gain_db: float) -> tuple[float, float]:
    """Return the shift in the middle band, and how far the others are from it; dB, NaN where none is seen.

    `powers` are those of bands, hop by hop; `at` is the hop in which the level shifts by `gain_db`.
    """
    levels = 10 * np.log10(powers.astype(np.float64) + FLOOR)
    before, after = levels[at - HOPS : at], levels[at + 1 : at + 1 + HOPS]
    lowest = np.minimum(before.mean(axis=0), after.mean(axis=0))
    holds = lowest > LEAST_DBFS
    if holds.sum() < BANDS_NEEDED or len(after) < HOPS:
        return gain_db, float("nan")
    before, after = before[:, holds], after[:, holds]
    shifts_db = after.mean(axis=0) - before.mean(axis=0)
    middle_db = float(np.median(shifts_db))
    wander_db = np.sqrt(np.mean((before.var(axis=0, ddof=1) + after.var(axis=0, ddof=1)) / 2))
    if wander_db > WANDER_DB or abs(middle_db - gain_db) > AGREE_DB:
        return gain_db, float("nan")
    return middle_db, float(np.mean(np.abs(shifts_db - middle_db)))


def _levels(samples: Samples, part: int) -> Samples:
    rows = samples[: len(samples) // part * part].reshape(-1, part)
    return np.asarray(10 * np.log10(np.einsum("ij,ij->i", rows, rows) / part + 1e-14))
