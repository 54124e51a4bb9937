"""Which luma levels smooth areas use: with too few of them, gradients fall into bands."""

from typing import Final

import cv2
import numpy as np

from harness.analysis.picture import Picture

SMOOTH_CODES: Final = 1
"""Px of the small luma that differ by no more from the next one lie in a smooth area, code values."""

WINDOW: Final = 9
"""A level is rare or common by comparison with so many levels around it."""

RARE: Final = 0.45
"""A level is missing when less than this share of what its surroundings suggest is there."""

MOST_SHARE: Final = 0.015
"""No level counts for more than this: a flat graphic is one level and says nothing about the rest."""

LEAST_SHARE: Final = 0.02
"""Fewer smooth px than this share of the picture say nothing."""


def missing_tones(picture: Picture) -> float:
    """Return the share of the luma levels of smooth areas that are missing, 0..1; NaN without such areas."""
    small = picture.small
    if min(small.shape) < 2:
        return float("nan")
    right = cv2.absdiff(small[:-1, 1:], small[:-1, :-1])
    down = cv2.absdiff(small[1:, :-1], small[:-1, :-1])
    smooth = cv2.compare(cv2.max(right, down), SMOOTH_CODES, cv2.CMP_LE)
    # OpenCV counts three times as fast without a mask: what is not smooth is counted as 0, and taken away.
    counts = cv2.calcHist([cv2.bitwise_and(small[:-1, :-1], smooth)], [0], None, [256], [0, 256]).ravel()
    total = float(cv2.countNonZero(smooth))
    counts[0] -= smooth.size - total
    if total < LEAST_SHARE * small.size:
        return float("nan")
    shares = counts / total
    expected = np.convolve(np.minimum(shares, MOST_SHARE), np.full(WINDOW, 1 / WINDOW), mode="same")
    weight = float(expected.sum())
    return float(expected[shares < RARE * expected].sum()) / weight if weight > 0 else float("nan")
