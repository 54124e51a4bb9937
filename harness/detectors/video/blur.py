"""blur: the picture loses its sharpness in the middle of a shot."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import motion
from harness.analysis.departures import Departure, Rules, departures
from harness.analysis.detail import coarse_bend, fine_bend
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.motion import Motion
from harness.analysis.picture import Picture
from harness.analysis.trigger import Interval, Trigger
from harness.findings import Metric

SHARPEST_SHARE: Final = 0.3
"""Detail is compared in this share of the blocks: the background of a portrait is soft by intent."""

QUIET_CODES: Final = 0.5
"""Added to detail, code values, so that coding noise alone is none."""

COARSE_QUIET_CODES: Final = 0.75
"""The same in the small luma, whose blocks hold whole code values."""

FINE_SHARE: Final = 0.5
"""How much the finest detail counts beside that in the small luma: coders take it away by themselves."""

FLAT_CODES: Final = 1.0
"""Added to the contrast of a picture, code values: that of an empty one tells nothing."""

RULES: Final = Rules(rise=0.5, alone=0.8, step_s=0.06)
"""Of 150 honest clips, none loses more than 0.44 octaves from one frame to the next and regains it so, nor
more than 0.6 without. What is just visible in films loses 0.58 and more."""

LEAST_DETAIL: Final = 4.0
"""Blocks of the small luma that bend less than this, code values, have nothing to lose but the grain of a
coder, which comes and goes with its key frames. In films they bend by 5 and more."""

CONTRAST: Final = (0.8, 1.35)
"""The contrast of the whole picture stays about the same: a fade takes detail away, too."""

OWN_CONTRAST: Final = (0.9, 1.06)
"""A blur takes some of the contrast by itself: where it changes by no more, all the loss counts."""

LASTS_S: Final = 0.4
"""A blur lasts so long: somebody who turns quickly is soft for less."""

HISTORY_S: Final = 0.8
"""What does not recover counts only after so much of the shot: else something sharp may have ended."""

SETTLED_S: Final = 0.2
"""The first pictures of a shot are sharper than those that a coder makes of it afterwards."""

STEP_ROWS: Final = 2
"""The step itself is within so many frames of where the level leaves."""

MORE_MOTION: Final = 3.0
"""Where motion grows by this factor with the loss, it is the motion that blurs."""

MOTION_CODES: Final = 2.0
"""And by this many code values."""

MOTION_S: Final = 0.2
"""Motion is compared over so long on either side of the step."""

Blocks = NDArray[np.float32]
Values = NDArray[np.float64]
Make = Callable[[Picture], Blocks | None]


class Blur(VideoDetector):
    """The viewer sees the whole picture go soft from one frame to the next.

    Measures how much detail each block has by comparison with the same block of the frame before, at full
    resolution and in the small luma (pictures that were scaled up have no finer one). What moves adds to
    one block what it takes from another; a loss in nearly all of them that is none of contrast is blur. A
    shot that is soft from its start, a focus that is pulled and a picture that blurs because it begins to
    move are direction.
    """

    defect = "blur"
    every_picture = False
    metric = Metric("loss of detail", "octave")
    columns = ("loss", "coarse_loss", "least_loss", "detail", "spread", *motion.COLUMNS)
    trigger = Trigger(enter=RULES.rise, leave=RULES.rise / 2, min_s=RULES.shortest_s)

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return what the blocks lost since the frame before (fine, coarse, least of both), the detail that
        they had, the contrast, and the motion.
        """
        fine, fine_least, _ = _lost(view, fine_bend, QUIET_CODES)
        coarse, coarse_least, had = _lost(view, coarse_bend, COARSE_QUIET_CODES)
        return fine, coarse, fine_least + coarse_least, had, view.spread, *motion.measure(view)

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where much is lost at once, nearly everywhere, and motion does not explain it."""
        seen = Motion.of(series)
        loss, coarse, least, had, spread = (
            series.columns[name].astype(np.float64) for name in self.columns[:5]
        )
        step = FINE_SHARE * loss + coarse
        faded = (1 + FINE_SHARE) * np.diff(np.log2(spread + FLAT_CODES), prepend=np.nan)
        found: list[Departure] = []
        for counted, contrast in ((step + faded, CONTRAST), (step, OWN_CONTRAST)):
            found += [
                item
                for item in departures(np.cumsum(np.nan_to_num(counted)), seen, RULES)
                if item.stop - item.start >= seen.rows(LASTS_S)
                and _known(seen, item)
                and _everywhere(counted, least, had, item)
                and _same_contrast(spread, item, contrast)
                and not _moves(seen, item)
                and all(item.stop <= other.start or other.stop <= item.start for other in found)
            ]
        found.sort(key=lambda item: item.start)
        return [item.interval(seen, item.height, RULES.rise, context.whole_picture) for item in found]


def _lost(view: FrameView, make: Make, quiet: float) -> tuple[float, float, float]:
    """Return the loss of the middling one and of the lower quarter of the detailed blocks, octaves, and how
    much detail the middling one had, code values.
    """
    now, before = view.picture.of(make), view.previous.picture.of(make) if view.previous else None
    if now is None or before is None or now.shape != before.shape:
        return (float("nan"),) * 3
    both = (now + before).ravel()
    rank = int((1 - SHARPEST_SHARE) * (both.size - 1))
    detailed = both >= np.partition(both, rank)[rank]
    had = before.ravel()[detailed]
    lost = np.log2((had + quiet) / (now.ravel()[detailed] + quiet))
    ranks = [lost.size // 4, lost.size // 2]
    least, median = np.partition(lost, ranks)[ranks]
    return float(median), float(least), float(np.median(had))


def _everywhere(step: Values, least: Values, had: Values, item: Departure) -> bool:
    """Return whether the step itself takes detail away in three quarters of the blocks that had some."""
    first = max(0, item.start - 1)
    row = first + int(np.argmax(np.nan_to_num(step[first : item.start + STEP_ROWS + 1])))
    return bool(least[row] >= 0 and had[row] >= LEAST_DETAIL)


def _same_contrast(spread: Values, item: Departure, within: tuple[float, float]) -> bool:
    before, after = item.sides(spread)
    return within[0] * before <= after <= within[1] * before


def _known(seen: Motion, item: Departure) -> bool:
    known = item.start - item.shot
    return known >= seen.rows(SETTLED_S if item.returned else HISTORY_S)


def _moves(seen: Motion, item: Departure) -> bool:
    rows = seen.rows(MOTION_S)
    before = float(np.median(seen.change[max(1, item.start - rows) : item.start]))
    inside = float(np.median(seen.change[item.start + 1 : item.start + 1 + rows]))
    return inside > MORE_MOTION * before and inside > before + MOTION_CODES
