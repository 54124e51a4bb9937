"""Reads stored motion series: cuts, how much moves, which frames repeat the one before."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import Series
from harness.analysis.frame_view import FrameView
from harness.analysis.sliding import sliding_median, sliding_percentile

COLUMNS: Final = ("local_change", "motion", "likeness")
"""What `measure` returns, in this order."""

CUT_LIKENESS: Final = 0.7
"""Two neighbouring frames less alike than this may belong to two shots."""

CUT_PEAK: Final = 2.0
"""At a cut the change is this many times that of the frames around it: fast motion goes on and on."""

LONGEST_MEMORY_S: Final = 1.0
"""How far back, within a shot, motion counts as having been there just before."""


def measure(view: FrameView) -> tuple[float, ...]:
    """Return the motion of one frame, one number per name in `COLUMNS`."""
    return view.local_change, view.motion, view.likeness


@dataclass(frozen=True, slots=True)
class Motion:
    """The motion series of one recording; row i compares frame i with frame i - 1.

    `edges_ns` has one time more than there are rows: where each frame begins, and where the last ends.
    `alike` is the likeness of the two; `cut` marks the first frame of a shot; `interval_ns` is the usual
    time between frames.
    """

    edges_ns: NDArray[np.int64]
    change: NDArray[np.float64]
    motion: NDArray[np.float64]
    alike: NDArray[np.float64]
    cut: NDArray[np.bool_]
    interval_ns: float

    @classmethod
    def of(cls, series: Series, start_ns: int = 0) -> "Motion":
        """Return the motion that `measure` stored, from `start_ns` on: what was before is another shot."""
        if len(series.t_ns) and start_ns > series.t_ns[0]:
            series = _since(series, start_ns)
        edges_ns = np.append(series.t_ns, series.end_ns)
        steps = np.diff(edges_ns)
        change, motion, alike = (series.columns[name].astype(np.float64) for name in COLUMNS)
        interval_ns = float(np.median(steps)) if steps.size else 0.0
        return cls(edges_ns, change, motion, alike, _cuts(change, alike), interval_ns)

    def rows(self, seconds: float) -> int:
        """Return how many frames `seconds` take, at least 1."""
        return max(1, round(seconds * 1e9 / max(self.interval_ns, 1.0)))

    def shot_start(self, row: int) -> int:
        """Return the first row of the shot that holds `row`, looking back `LONGEST_MEMORY_S` at most."""
        first = max(0, row - self.rows(LONGEST_MEMORY_S))
        cuts = np.flatnonzero(self.cut[first : row + 1])
        return first + int(cuts[-1]) if cuts.size else first

    def usual(self, window_s: float, percentile: float) -> NDArray[np.float64]:
        """Return, for every row, a percentile of the change within `window_s` around it."""
        if not self.change.size:
            return self.change
        filled = np.nan_to_num(self.change, nan=0.0)
        size = min(self.rows(window_s) | 1, filled.size | 1)
        return np.asarray(sliding_percentile(filled, size, percentile))


def _since(series: Series, start_ns: int) -> Series:
    first = int(np.searchsorted(series.t_ns, start_ns))
    columns = {name: values[first:].copy() for name, values in series.columns.items()}
    for name in COLUMNS:
        columns[name][:1] = np.nan
    return Series(series.t_ns[first:], columns, series.end_ns)


def _cuts(change: NDArray[np.float64], alike: NDArray[np.float64]) -> NDArray[np.bool_]:
    if not change.size:
        return np.zeros(0, dtype=bool)
    around = sliding_median(np.nan_to_num(change), 5)
    leaps = (alike < CUT_LIKENESS) & (change >= CUT_PEAK * around)
    return np.asarray(np.isnan(change) | leaps)
