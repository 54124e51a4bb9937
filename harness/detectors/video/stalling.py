"""stalling: the title waits for data, and a spinner turns over the held picture."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.explaining import MARRED, RESPONSE_NS
from harness.analysis.frame_view import FrameView
from harness.analysis.startup import darkness
from harness.analysis.trigger import Interval, Trigger, confidence, runs
from harness.clock import NS_PER_S
from harness.detectors.video import spinner
from harness.detectors.video.spinner import Turning
from harness.findings import Metric

REFRESH_CODES: Final = 4.0
"""A coder that refreshes a held picture, or still mends it, changes no block by more: ..."""

SETTLING_S: Final = 0.2
"""... for a frame in between, or for so long at the beginning."""

ABRUPT_TIMES: Final = 2.0
"""As it comes or goes, a spinner changes this many times what it changes in its larger steps."""

WHOLE: Final = 0.8
"""As it comes or goes, all of it grows brighter, or darker, but for this share; as it turns, part of it."""

MIDDLE: Final = (0.25, 0.75)
"""A spinner's middle lies within these parts of width and height."""

TURNED_DEGREES: Final = 70.0
"""So far must it have turned."""

EVEN: Final = 0.5
"""How even its steps are, 0..1: a spinner gives 0.8 and more, over a busy picture half."""

PAUSE_S: Final = 0.3
"""A spinner turns on at least this often."""

STARTING: Final = ("CHANNEL_", "NUMBER_", "PREVIOUS_CHANNEL", "ENTER", "SELECT")
"""Keys that begin so ask for another title."""


class Stalling(VideoDetector):
    """The viewer sees the picture held, mostly dimmed, and something going round over it (rebuffering).

    Measures where blocks change. A stall begins and ends abruptly; in it the picture stands still but for
    one place near the middle, where changes go round evenly. That tells a spinner from a talking head or a
    passing car before a still background. Black with a spinner is a stall as well, unless it follows a
    request for another title and leads to it: that is its start-up.

    Limit: ITU-T P.1203 counts every stall; from 0.5 s on a spinner can be told.
    """

    defect = "stalling"
    metric = Metric("luma change outside the spinner", "8-bit code value")
    columns = (*spinner.COLUMNS, "dark", "width", "height")
    trigger = Trigger(enter=1.2, leave=1.2, min_s=0.5, above=False)
    explains = MARRED | {"freeze_frame", "stutter", "silence", "audio_dropout", "loudness", "clicks"}

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return how the frame changed, whether it is black but for its middle, and its size in blocks."""
        rows, columns = view.blocks.shape
        return (*spinner.measure(view), float(darkness(view.blocks) > 0), float(columns), float(rows))

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where a spinner turns over a held picture."""
        waits = _Waits.of(series, self.trigger.enter)
        found = []
        for held in runs(waits.held):
            whole = self._judge(waits, held, context)
            parts = [whole] if whole else [self._judge(waits, part, context) for part in waits.parts(held)]
            found += [interval for interval in parts if interval]
        return found

    def _judge(self, waits: "_Waits", span: tuple[int, int], context: Context) -> Interval | None:
        turning = Turning.of(waits.columns, slice(*span))
        if turning is None or not self._is_spinner(waits, span, turning):
            return None
        start, stop = waits.edges(span, turning)
        start_ns, end_ns = int(waits.edges_ns[start]), int(waits.edges_ns[stop])
        shortest_ns = self.trigger.min_s * NS_PER_S - waits.step_ns / 2
        if end_ns - start_ns < shortest_ns or not waits.begins_abruptly(start, span, turning):
            return None
        if waits.leads_to_title(span, context):
            return None
        return Interval(
            start_ns,
            end_ns,
            peak=float(np.median(waits.columns["rest"][slice(*span)])),
            confidence=confidence(end_ns - start_ns, round(shortest_ns / 4)),
            limit=self.trigger.enter,
            region=context.whole_picture,
        )

    def _is_spinner(self, waits: "_Waits", span: tuple[int, int], turning: Turning) -> bool:
        low, high = MIDDLE
        width, height = (float(waits.columns[name][span[0]]) for name in ("width", "height"))
        x, y = turning.middle
        central = low <= x / width <= high and low <= y / height <= high
        turns = turning.degrees >= TURNED_DEGREES and turning.even >= EVEN
        return central and turns and turning.size <= spinner.window(height)


@dataclass(frozen=True, slots=True)
class _Waits:
    """The measured series; row i compares frame i with frame i - 1. `edges_ns` has one time more."""

    edges_ns: NDArray[np.int64]
    columns: dict[str, NDArray[np.float32]]
    held: NDArray[np.bool_]
    step_ns: float

    @classmethod
    def of(cls, series: Series, still: float) -> "_Waits":
        edges_ns = np.append(series.t_ns, series.end_ns)
        step_ns = float(np.median(np.diff(edges_ns)))
        held, mended = series.columns["rest"] < still, series.columns["rest"] < REFRESH_CODES
        held[1:-1] |= held[:-2] & held[2:] & mended[1:-1]
        for start, _ in runs(held):
            moving = np.flatnonzero(~mended[:start])
            first = int(moving[-1]) + 1 if moving.size else 0
            held[max(first, start - round(SETTLING_S * NS_PER_S / step_ns)) : start] = True
        return cls(edges_ns, series.columns, held, step_ns)

    def parts(self, held: tuple[int, int]) -> list[tuple[int, int]]:
        """Return the rows `[start, stop)` of a held picture between a spinner's coming and going."""
        turned = self.columns["turned"][slice(*held)]
        active = turned[turned >= spinner.ACTIVE]
        if active.size < 3:
            return []
        quiet = ~(turned > ABRUPT_TIMES * _large(active))
        return [(held[0] + start, held[0] + stop) for start, stop in runs(quiet)]

    def begins_abruptly(self, start: int, span: tuple[int, int], turning: Turning) -> bool:
        """Return whether the first frame of a wait differs from the one before by more than turning does."""
        rest, turned = (float(self.columns[name][start]) for name in ("rest", "turned"))
        if np.isnan(rest):
            return True
        usual = _large(self.columns["turned"][slice(*span)][turning.active])
        return rest > REFRESH_CODES or turned > ABRUPT_TIMES * usual

    def edges(self, span: tuple[int, int], turning: Turning) -> tuple[int, int]:
        """Return the first frame of a wait and the frame after its last, as places in `edges_ns`.

        Where the title itself hardly moves, the picture is held for longer than the wait lasts.
        """
        steps = span[0] + np.flatnonzero(self.columns["turned"][slice(*span)] >= spinner.ACTIVE)
        pause_ns = PAUSE_S * NS_PER_S
        start, stop = max(0, span[0] - 1), span[1]
        leaps, middle = self._leaps(span, turning), (start + stop) // 2
        start = max([start, *(leap for leap in leaps if leap < middle)])
        stop = min([stop, *(leap for leap in leaps if leap > middle)])
        if self.edges_ns[steps[0]] - self.edges_ns[start] > pause_ns:
            start = int(steps[0])
        if self.edges_ns[stop] - self.edges_ns[steps[-1]] > pause_ns:
            stop = int(steps[-1])
        return start, stop

    def _leaps(self, span: tuple[int, int], turning: Turning) -> list[int]:
        """Return the rows in which a spinner comes or goes as a whole: all of it brighter, or all darker."""
        turned, total = (self.columns[name][slice(*span)] for name in ("turned", "sum"))
        whole = (turned > ABRUPT_TIMES * _large(turned[turning.active])) & (np.abs(total) > WHOLE * turned)
        return [int(row) for row in span[0] + np.flatnonzero(whole)]

    def leads_to_title(self, span: tuple[int, int], context: Context) -> bool:
        """Return whether a span is the black that a request for a title brings before it."""
        if span[1] == len(self.held) or np.mean(self.columns["dark"][slice(*span)]) < 0.5:
            return False
        presses = [press for press in context.timeline.presses if press.key.startswith(STARTING)]
        asked = [(press.start_ns, press.end_ns) for press in presses]
        asked += [(mark.t_ns, mark.t_ns) for mark in context.timeline.marks if mark.kind == "play_asked"]
        start_ns = int(self.edges_ns[max(0, span[0] - 1)])
        return any(begin <= start_ns <= end + RESPONSE_NS for begin, end in asked)


def _large(turned: NDArray[np.float32]) -> float:
    """Return the size of the larger steps: some spinners take a large and a small one by turns."""
    return float(np.percentile(turned, 80))
