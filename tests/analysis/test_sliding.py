import numpy as np
import pytest
from scipy.ndimage import maximum_filter1d, median_filter, percentile_filter

from harness.analysis import sliding
from harness.analysis.sliding import sliding_maximum, sliding_median, sliding_percentile


@pytest.mark.parametrize("length", [0, 1, 2, 7, 100])
@pytest.mark.parametrize("size", [1, 5, 61])
def test_windows_slide_as_those_of_scipy_do(length, size, monkeypatch):
    monkeypatch.setattr(sliding, "ROWS_AT_ONCE", 32)
    values = np.random.default_rng(length).standard_normal(length)
    if not length:
        assert not sliding_maximum(values, size).size
        return
    np.testing.assert_array_equal(
        sliding_maximum(values, size), maximum_filter1d(values, size, mode="nearest")
    )
    np.testing.assert_array_equal(sliding_median(values, size), median_filter(values, size, mode="nearest"))
    for percentile in (0, 30, 75, 100):
        np.testing.assert_array_equal(
            sliding_percentile(values, size, percentile),
            percentile_filter(values, percentile, size=size, mode="nearest"),
        )


def test_a_window_has_a_middle():
    with pytest.raises(ValueError, match="odd"):
        sliding_median(np.zeros(9), 4)
