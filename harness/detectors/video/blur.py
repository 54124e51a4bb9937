"""blur: the picture loses its sharpness in the middle of a shot."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import motion
from harness.analysis.departures import Departure, Rules, departures
from harness.analysis.detail import Detail, coarse_detail, detail
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.motion import Motion
from harness.analysis.trigger import Interval, Trigger
from harness.findings import Metric

SHARPEST_SHARE: Final = 0.15
"""Sharpness is judged in this share of the blocks: the background of a portrait is soft by intent."""

QUIET_CODES: Final = 0.3
"""Added to gradients, code values, so that coding noise alone has no sharpness."""

LEAST_DETAIL: Final = 0.6
"""A picture whose sharpest blocks bend less than this, code values, has nothing to lose."""

COARSE_QUIET_CODES: Final = 1.5
"""The same in the small luma, whose blocks hold whole code values."""

CONTRAST_SHARE: Final = 0.5
"""How much the strength of the detail counts beside its sharpness."""

RULES: Final = Rules(rise=0.24, alone=0.35, step_s=0.06)

FAINT: Final = 0.7
"""Detail that is fainter than this, log2 of code values, is mixed with the noise of coding."""

FAINT_RULES: Final = Rules(rise=0.3, alone=0.6, step_s=0.06)
"""There the strength of the detail alone decides,"""

SAME_CONTRAST: Final = 0.05
"""where the contrast of the whole picture stays the same to this share."""

CLEAR: Final = 0.9
"""Otherwise a loss of so much detail, in octaves, that ends again is a blur whatever the sharpness says:
where little is left, that is the sharpness of what the coder left over."""

SHEER: Final = 1.5
"""The same where a cut ends it: something sharp may also have gone."""

EVERYWHERE: Final = 0.15
"""Detail is lost all over the picture: in its middling blocks by this share of what the sharpest lose. Where
words disappear from a soft picture, the sharpest alone do."""

AT_ONCE: Final = 0.7
AT_ONCE_ROWS: Final = 3
"""And so much of it in the first pictures: the fine detail goes before the coarse where a focus is pulled."""

LESS_CONTRAST: Final = (0.85, 1.03)
"""And the contrast of the whole picture changes by no more than the fine detail in it."""

SOFTER: Final = 0.06
"""Sharpness itself, free of contrast, falls by this at least, in octaves."""

LASTS_S: Final = 0.4
"""A blur lasts so long: somebody who turns quickly is soft for less."""

HISTORY_S: Final = 1.0
"""What does not recover counts only after so much of the shot: else something sharp may have ended."""

SETTLED_S: Final = 0.2
"""The first pictures of a shot are sharper than those that a coder makes of it afterwards."""

MORE_MOTION: Final = 3.0
"""Where motion grows by this factor with the loss, it is the motion that blurs."""

MOTION_CODES: Final = 2.0
"""And by this many code values."""

MOTION_S: Final = 0.2
"""Motion is compared over so long on either side of the step."""


class Blur(VideoDetector):
    """The viewer sees the whole picture go soft from one frame to the next.

    Measures in the sharpest blocks how much the gradient bends from px to px by comparison with the
    gradient itself: for one edge that is inverse to its width, whatever its contrast. Also measures how much
    fine detail there is, as is, and in the small luma for pictures that were scaled up. A shot that is soft
    from its start, a focus that is pulled and a picture that blurs because it begins to move are direction.
    """

    defect = "blur"
    every_picture = False
    metric = Metric("loss of sharpness and of fine detail", "octave")
    columns = (
        "sharpness",
        "fine_detail",
        "mid_detail",
        "coarse_detail",
        "mid_coarse",
        "spread",
        *motion.COLUMNS,
    )
    trigger = Trigger(enter=RULES.rise, leave=RULES.rise / 2, min_s=RULES.shortest_s)

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the sharpness, the detail (fine and coarse, where most and midway), contrast and motion."""
        return (*_sharpness(view.picture.of(detail)), *_coarse(view), view.spread, *motion.measure(view))

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where both fall together, and motion does not explain it."""
        seen = Motion.of(series)
        sharp, fine, mid, coarse, mid_coarse, spread = (
            series.columns[name].astype(np.float64) for name in self.columns[:6]
        )
        found: list[Departure] = []
        _add(
            found,
            departures(-(sharp + CONTRAST_SHARE * fine), seen, RULES),
            lambda item: _softens(sharp, item),
        )
        at_once = partial(_at_once, coarse)
        faint = departures(-fine, seen, FAINT_RULES)
        _add(
            found,
            faint,
            lambda item: _faint(spread, item) or (_everywhere(mid, spread, item) and at_once(item)),
        )
        soft = departures(-coarse, seen, FAINT_RULES)
        _add(found, soft, lambda item: _everywhere(mid_coarse, spread, item) and at_once(item))
        return [
            item.interval(seen, item.height, RULES.rise, context.whole_picture)
            for item in sorted(found, key=lambda item: item.start)
            if item.stop - item.start >= seen.rows(LASTS_S) and _known(seen, item) and not _moves(seen, item)
        ]


def _add(found: list[Departure], more: list[Departure], fits: Callable[[Departure], bool]) -> None:
    """Add those that fit and lie beside what was found already."""
    for item in more:
        if fits(item) and all(item.stop <= other.start or other.stop <= item.start for other in found):
            found.append(item)


def _coarse(view: FrameView) -> tuple[float, float]:
    """Return the detail of the sharpest blocks of the small luma, and that of the middling ones, octaves."""
    blocks = view.picture.of(coarse_detail)
    ranks = [int((1 - SHARPEST_SHARE / 2) * (blocks.size - 1)), blocks.size // 2]
    sharpest, mid = np.log2(blocks[ranks] + COARSE_QUIET_CODES)
    return float(sharpest), float(mid)


def _sharpness(found: Detail | None) -> tuple[float, float, float]:
    if found is None:
        return (float("nan"),) * 3
    slope, bend = found.slope.ravel(), found.bend.ravel()
    rank = int((1 - SHARPEST_SHARE) * (bend.size - 1))
    sharpest = bend >= float(np.partition(bend, rank)[rank])
    fine, steep = bend[sharpest] + QUIET_CODES, slope[sharpest] + QUIET_CODES
    strength = float(np.median(fine))
    if strength < LEAST_DETAIL:
        return (float("nan"),) * 3
    mid = float(np.log2(np.median(bend) + QUIET_CODES))
    return float(np.log2(np.median(fine / steep))), float(np.log2(strength)), mid


def _softens(sharp: NDArray[np.float64], item: Departure) -> bool:
    before, after = item.sides(sharp)
    return before - after >= SOFTER


def _faint(spread: NDArray[np.float64], item: Departure) -> bool:
    before, after = item.sides(spread)
    return -item.before < FAINT and abs(after - before) <= SAME_CONTRAST * before


def _everywhere(mid: NDArray[np.float64], spread: NDArray[np.float64], item: Departure) -> bool:
    if item.height < (CLEAR if item.returned else SHEER):
        return False
    fell, contrast = item.sides(mid), item.sides(spread)
    low, high = (share * contrast[0] for share in LESS_CONTRAST)
    return fell[0] - fell[1] >= EVERYWHERE * item.height and low <= contrast[1] <= high


def _at_once(coarse: NDArray[np.float64], item: Departure) -> bool:
    """Return whether coarse detail fell with the fine: where a focus is pulled, it follows."""
    before = float(np.median(coarse[max(0, item.start - AT_ONCE_ROWS) : item.start]))
    first = float(np.median(coarse[item.start + 1 : item.start + 1 + AT_ONCE_ROWS]))
    least = float(np.median(coarse[item.start + AT_ONCE_ROWS : item.stop][: 4 * AT_ONCE_ROWS]))
    return before - first >= AT_ONCE * (before - least)


def _known(seen: Motion, item: Departure) -> bool:
    known = item.start - item.shot
    return known >= seen.rows(SETTLED_S if item.returned else HISTORY_S)


def _moves(seen: Motion, item: Departure) -> bool:
    rows = seen.rows(MOTION_S)
    before = float(np.median(seen.change[max(1, item.start - rows) : item.start]))
    inside = float(np.median(seen.change[item.start + 1 : item.start + 1 + rows]))
    return inside > MORE_MOTION * before and inside > before + MOTION_CODES
