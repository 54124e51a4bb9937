"""Which luma levels smooth areas use: with too few of them, gradients fall into bands."""

from typing import Final

import cv2
import numpy as np

from harness.analysis.frame_view import FrameView

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


def missing_tones(view: FrameView) -> float:
    """Return the share of the luma levels of smooth areas that are missing, 0..1; NaN without such areas."""
    small = view.small
    if min(small.shape) < 2:
        return float("nan")
    right = cv2.absdiff(small[:-1, 1:], small[:-1, :-1])
    down = cv2.absdiff(small[1:, :-1], small[:-1, :-1])
    smooth = cv2.compare(cv2.max(right, down), SMOOTH_CODES, cv2.CMP_LE)
    counts = cv2.calcHist([np.ascontiguousarray(small[:-1, :-1])], [0], smooth, [256], [0, 256]).ravel()
    total = float(counts.sum())
    if total < LEAST_SHARE * small.size:
        return float("nan")
    shares = counts / total
    expected = np.convolve(np.minimum(shares, MOST_SHARE), np.full(WINDOW, 1 / WINDOW), mode="same")
    weight = float(expected.sum())
    return float(expected[shares < RARE * expected].sum()) / weight if weight > 0 else float("nan")
