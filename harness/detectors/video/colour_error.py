"""colour_error: the colours change all over, from one frame to the next, while the scene goes on."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import recolouring
from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.recolouring import Tones, calmness, closeness, movement, size, step, tones
from harness.analysis.trigger import Interval, Trigger, confidence, runs
from harness.clock import NS_PER_MS, NS_PER_S
from harness.findings import Metric

ERRORS: Final = {
    "swapped": (recolouring.swapped, 1),
    "crushed": (recolouring.crushed, 0),
    "washed": (recolouring.washed, 0),
    "as_709": (recolouring.as_709, 0),
    "as_601": (recolouring.as_601, 0),
}
"""What each error makes of a picture, and the first plane that tells: 1 if luma stays as it was."""

UNDONE_BY: Final = {
    "swapped": "swapped",
    "crushed": "washed",
    "washed": "crushed",
    "as_709": "as_601",
    "as_601": "as_709",
}
"""What is seen when the error ends."""

WORTH_CODES: Final = 0.5
"""Where tones change by less than this, RMS code values, no error begins."""

ABRUPT: Final = 1.3
"""An error begins with a step so many times those of the frames around it."""

CALM: Final = (1.6, 0.7)
"""Luma goes on when its step is at most this factor times those around it, and this many code values."""

CLOSE: Final = 0.55
"""Least cosine of a step that an error begins with, and of the one that undoes it."""

BOTH: Final = 1.3
"""Least sum of the two."""

UNCLOSED: Final = 0.9
"""What is never undone must be this close."""

CAST_CODES: Final = 5.0
"""Least displacement of U and V, code values, that counts as a cast."""

LESS: Final = 0.5
"""Luma goes on, too, if it moves by at most this share of the colour lost: coloured light takes more."""

UNLIKE_LIGHT: Final = 0.3
"""A cast leaves so little of a step unexplained, as a share of what a change of light leaves (energy)."""

SETTLED_ROWS: Final = 4
HALF: Final = 0.5
"""An error is there at once: within so many frames after it, colour moves on by less than half as far."""

GONE: Final = (0.3, 1.5)
"""A lost plane keeps at most this share of its colour, and this many code values RMS."""

COLOURED: Final = 2.0
"""A plane with less RMS colour than this has none to lose."""

SAME_SCENE: Final = 0.8
"""An error leaves the luma at least as like that of the picture before, -1..1: another scene may differ."""

IMPOSSIBLE: Final = -110.0
"""No programme has U or V below this everywhere: the plane reads 0."""


class ColourError(VideoDetector):
    """The viewer sees wrong colours: green faces, grey, washed out, or tinted all over.

    Without a reference, what a title looks like is its own affair: black-and-white, sepia, graded. So what
    is measured is the step from one frame to the next: how close it is to what a named error makes of the
    picture before. The step must stand alone, and the luma must go on; stage lights and cuts change both.
    The error ends with the step that undoes it.

    A change of light on the scene, or of a fade, must not explain the step as well as the error does.

    Limit: a cosine of 0.65 between step and error, the mean of both ends, or 0.9 where one is seen. The
    matrices are those of ITU-R BT.601 and BT.709, the ranges 16..235 and 0..255. A plane that reads 0 is
    wrong from the first frame on: it is far outside 16..240.
    """

    defect = "colour_error"
    every_picture = False
    metric = Metric("likeness of a step in colour to that of an error", "cosine")
    columns = (
        *ERRORS,
        "cast",
        "cast_u",
        "cast_v",
        "luma_step",
        "tone_step",
        "likeness",
        "colour_u",
        "colour_v",
        "u",
        "v",
    )
    trigger = Trigger(enter=CLOSE, leave=CLOSE, min_s=0.08)

    def __init__(self) -> None:
        self._tone_step = 0.0

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return how close the last step is to each error, how large it is, and how much colour there is."""
        colours = view.picture.of(tones)[1:]
        amount = [float(np.sqrt(np.vdot(plane, plane) / plane.size)) for plane in colours]
        last = _last_step(view, max(WORTH_CODES, ABRUPT * self._tone_step))
        self._tone_step = float(np.nan_to_num(last[-1]))
        return (*last, view.likeness, *amount, *(float(plane.mean()) for plane in colours))

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where an error begins, and where it is undone."""
        steps = _Steps(series)
        spans = _named(steps) + _casts(steps) + _lost(series, steps) + _impossible(series)
        found: list[Interval] = []
        for span in sorted(spans, key=lambda span: (span.start, -span.close)):
            start_ns, end_ns = (int(steps.edges_ns[row]) for row in (span.start, span.stop))
            if (found and start_ns <= found[-1].end_ns) or end_ns - start_ns < self.trigger.min_s * NS_PER_S:
                continue
            sure = span.close * confidence(end_ns - start_ns, 40 * NS_PER_MS)
            where = context.whole_picture
            found.append(Interval(start_ns, end_ns, span.close, sure, self.trigger.enter, where))
        return found


@dataclass(frozen=True, slots=True)
class _Span:
    """Rows `[start, stop)` of an error, and how close the steps are to it."""

    start: int
    stop: int
    close: float


class _Steps:
    """The stored steps, and which of them stand alone."""

    def __init__(self, series: Series) -> None:
        self.columns = {name: np.nan_to_num(values) for name, values in series.columns.items()}
        self.edges_ns = np.append(series.t_ns, series.end_ns)
        self.count = len(series.t_ns)
        self.same_scene = self.columns["likeness"] >= SAME_SCENE
        tone, luma = self.columns["tone_step"], self.columns["luma_step"]
        self.abrupt = (tone >= ABRUPT * _around(tone)) & self.same_scene
        self.luma_goes_on = (luma <= CALM[0] * _around(luma) + CALM[1]) & self.same_scene

    def rows(self, name: str, least: float) -> NDArray[np.intp]:
        """Return the rows whose step is an error."""
        stands_out = self.luma_goes_on if ERRORS[name][1] else self.abrupt
        return np.flatnonzero((self.columns[name] >= least) & stands_out)

    def settles(self, row: int) -> bool:
        """Return whether the colour does not move on as it did in a step: a dissolve does."""
        u, v = (self.columns[name][[row - 1, row, min(row + SETTLED_ROWS, self.count - 1)]] for name in "uv")
        moved, moves_on = np.diff(np.stack([u, v])).T.astype(np.float64)
        return bool(moved @ moves_on <= HALF * (moved @ moved))


def _last_step(view: FrameView, worth: float) -> list[float]:
    """Return what a step is, if it is worth a look, and how large it is in luma and in all."""
    happened, calm, _ = view.of(step), view.of(calmness), view.of(movement)
    if view.previous is None or happened is None or calm is None:
        return [float("nan")] * (len(ERRORS) + 5)
    before = view.previous.picture.of(tones)
    luma, both = size(happened[:1], calm[:1]), size(happened, calm)
    if both < worth:
        return [0.0] * (len(ERRORS) + 3) + [luma, both]
    errors = [
        closeness(happened[first:], before[first:], calm[first:], make) for make, first in ERRORS.values()
    ]
    return [*errors, *_cast(happened[1:], before[:1], calm[1:]), luma, both]


def _cast(happened: Tones, luma: Tones, calm: Tones) -> tuple[float, float, float]:
    """Return how closely U and V moved by the same in every block, and how far.

    0 unless that explains the step better than light does, which goes with the luma above black.
    """
    energy = float(np.vdot(calm, happened * happened))
    weights = calm.sum(axis=(1, 2))
    shift = (calm * happened).sum(axis=(1, 2)) / weights
    lit = np.broadcast_to(luma - 16, happened.shape)
    light = np.maximum((calm * lit * lit).sum(axis=(1, 2)), 1e-6)
    by_light = (calm * happened * lit).sum(axis=(1, 2)) ** 2 / light
    by_shift = float(np.sum(shift * shift * weights))
    if energy - by_shift > UNLIKE_LIGHT * (energy - float(np.sum(by_light))):
        return 0.0, 0.0, 0.0
    return float(np.sqrt(by_shift / max(energy, 1e-6))), float(shift[0]), float(shift[1])


def _around(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the largest of the two values before and the two after each one."""
    padded = np.pad(values, 2)
    return np.asarray(np.max([padded[shift : shift + len(values)] for shift in (0, 1, 3, 4)], axis=0))


def _named(steps: _Steps) -> list[_Span]:
    spans: list[_Span] = []
    for name, undone_by in UNDONE_BY.items():
        close, back, ends = steps.columns[name], steps.columns[undone_by], steps.rows(undone_by, CLOSE)
        for start in steps.rows(name, CLOSE).tolist():
            spans += _from(start, ends[back[ends] + close[start] >= BOTH], close, steps)
    return spans


def _casts(steps: _Steps) -> list[_Span]:
    pure, u, v = (steps.columns[name] for name in ("cast", "cast_u", "cast_v"))
    strong = (np.hypot(u, v) >= CAST_CODES) & (pure >= 0.8) & steps.luma_goes_on
    spans = []
    for start in np.flatnonzero(strong).tolist():
        back = np.hypot(u + u[start], v + v[start]) <= 0.3 * np.hypot(u[start], v[start])
        spans += _from(start, np.flatnonzero(back & steps.luma_goes_on), pure, steps)
    return spans


def _from(start: int, ends: NDArray[np.intp], close: NDArray[np.float32], steps: _Steps) -> list[_Span]:
    """Return the span from a start to the next end; without an end, to the last row if it is sure."""
    later = ends[ends > start]
    if not steps.settles(start) or not (later.size or close[start] >= UNCLOSED):
        return []
    return [_Span(start, int(later[0]) if later.size else steps.count, float(close[start]))]


def _lost(series: Series, steps: _Steps) -> list[_Span]:
    """Return where a plane, or both, became one value from one frame to the next."""
    spans = []
    for plane in ("colour_u", "colour_v"):
        colour = series.columns[plane]
        for start, stop in runs(colour <= GONE[1]):
            if start == 0 or not steps.same_scene[start]:
                continue
            before = colour[max(0, start - 8) : start]
            usual = float(np.median(before))
            if not steps.luma_goes_on[start] and steps.columns["luma_step"][start] > LESS * usual:
                continue
            if usual >= COLOURED and before[-1] >= 0.7 * usual and colour[start] <= GONE[0] * usual:
                spans.append(_Span(start, stop, 1.0))
    return spans


def _impossible(series: Series) -> list[_Span]:
    low = (series.columns["u"] <= IMPOSSIBLE) | (series.columns["v"] <= IMPOSSIBLE)
    return [_Span(start, stop, 1.0) for start, stop in runs(low)]
