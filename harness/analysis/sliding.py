"""The largest, the middle and other ranks of a series in a window that slides along it.

SciPy's filters do the same, and take half a second to be imported: as long as 40 pictures take.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]

ROWS_AT_ONCE: Final = 8192
"""An hour of pictures is long: so many windows are sorted at a time."""


def sliding_maximum(values: Values, size: int) -> Values:
    """Return the largest of `size` values around each, an odd number; at the ends of fewer."""
    return _ranked(values, size, size - 1)


def sliding_median(values: Values, size: int) -> Values:
    """Return the median of `size` values around each; beyond the ends the last value goes on."""
    return _ranked(values, size, size // 2)


def sliding_percentile(values: Values, size: int, percentile: float) -> Values:
    """Return a percentile, 0 to 100, of `size` values around each; beyond the ends the last value goes on."""
    return _ranked(values, size, min(size - 1, int(size * percentile / 100)))


def _ranked(values: Values, size: int, rank: int) -> Values:
    if size % 2 == 0:
        raise ValueError(f"a window of {size} values has no middle; give an odd number")
    if not values.size:
        return values
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, size // 2, mode="edge"), size)
    starts = range(0, len(windows), ROWS_AT_ONCE)
    parts = [np.partition(windows[first : first + ROWS_AT_ONCE], rank, axis=1)[:, rank] for first in starts]
    return np.concatenate(parts)
