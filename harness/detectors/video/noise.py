"""noise: random grain or specks come over the picture in the middle of a shot."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import motion
from harness.analysis.departures import Departure, Rules, departures
from harness.analysis.detail import detail
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.motion import Motion
from harness.analysis.trigger import Interval, Trigger
from harness.findings import Metric

FLAT_SHARE: Final = 0.1
"""Noise is judged in this share of the blocks, the flattest: all else has texture of its own."""

SIGMA_PER_RESIDUAL: Final = 1.35
"""The standard deviation of Gaussian noise by its mean distance from the median of 3 x 3 px."""

VISIBLE_CODES: Final = 1.0
"""Added to the standard deviation before it is compared: less than this is not seen."""

USUAL_SPECKS: Final = 300.0
"""Added to the share of specks, in parts per million: foliage and glitter have so many."""

SPREAD: Final = (0.25, 0.5)
"""Specks are all over the picture: in the parts that have more of them than these shares of the parts."""

AT_ONCE: Final = 0.8
"""Specks are all there in the first frame, to this share of the height; a fade brings texture by and by."""

STEADY: Final = 1.6
"""And they stay at that height: no more than this many times as many octaves, for nearly all of the time."""

ALIKE: Final = (0.4, 2.5)
"""Specks that are added to a picture are as many in one part as in another, to this factor."""

GRAIN: Final = Rules(rise=0.55, alone=1.0)
"""Octaves of the standard deviation."""

SPECKS: Final = Rules(rise=0.7, alone=1.3, step_s=0.06)
"""Octaves of the share of specks."""


class Noise(VideoDetector):
    """The viewer sees grain or specks come over the whole picture from one frame to the next.

    Measures the distance of each px from the median of its neighbours: in the flattest blocks that is
    noise and nothing else; where it is large, the px stands alone, a speck. Film grain is there from the
    start of a shot; snow, rain and glitter come gradually.
    """

    defect = "noise"
    every_picture = False
    metric = Metric("standard deviation in the flattest places", "8-bit code value")
    columns = ("sigma", "specks", "specks_mid", *motion.COLUMNS)
    trigger = Trigger(enter=GRAIN.rise, leave=GRAIN.rise / 2, min_s=GRAIN.shortest_s)

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the noise in code values, the specks of two parts in parts per million, and the motion."""
        found = view.picture.of(detail)
        if found is None:
            return (float("nan"),) * 3 + motion.measure(view)
        residual = found.residual.ravel()
        rank = int(FLAT_SHARE * (residual.size - 1))
        sigma = SIGMA_PER_RESIDUAL * float(np.partition(residual, rank)[rank])
        parts = 1e6 * np.sort(found.spikes.ravel())
        low, mid = (float(parts[round(share * (parts.size - 1))]) for share in SPREAD)
        return (sigma, low, mid, *motion.measure(view))

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where grain or specks rise abruptly."""
        seen = Motion.of(series)
        sigma, low, mid = (
            series.columns[name].astype(np.float64) for name in ("sigma", "specks", "specks_mid")
        )
        grain = departures(np.log2(sigma + VISIBLE_CODES), seen, GRAIN)
        level = np.log2(low + USUAL_SPECKS)
        spots = [
            item
            for item in departures(level, seen, SPECKS)
            if _at_once(item, level) and ALIKE[0] <= _added(mid, item) / _added(low, item) <= ALIKE[1]
        ]
        return [
            item.interval(
                seen, float(np.median(sigma[item.start : item.stop])), GRAIN.rise, context.whole_picture
            )
            for item in _together(grain + spots)
        ]


def _at_once(item: Departure, level: NDArray[np.float64]) -> bool:
    full = level[item.start] >= item.before + AT_ONCE * item.height
    steady = np.percentile(level[item.start : item.stop], 90) <= item.before + STEADY * item.height
    return bool(full and steady)


def _added(specks: NDArray[np.float64], item: Departure) -> float:
    before, after = item.sides(specks)
    return max(after - before, 1.0)


def _together(found: list[Departure]) -> list[Departure]:
    """Return the departures in order, of those that overlap the longest."""
    kept: list[Departure] = []
    for item in sorted(found, key=lambda item: item.start - item.stop):
        if all(item.stop <= other.start or other.stop <= item.start for other in kept):
            kept.append(item)
    return sorted(kept, key=lambda item: item.start)
