"""flicker: the brightness jumps up and down again and again, or the screen flashes."""

from collections import deque
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.flashing import Swings, luminance
from harness.analysis.frame_view import FrameView
from harness.analysis.picture import Picture
from harness.analysis.trigger import Interval, Trigger, confidence, runs
from harness.clock import NS_PER_S
from harness.findings import Metric

TILES: Final = (6, 4)
"""The picture is looked at in so many tiles across and down: what moves within one leaves its mean alone."""

BLACK: Final = 32.0
"""Tiles darker than this say nothing about a gain: code values."""

ENOUGH: Final = 6
"""So many tiles must be lit for a gain to be measured."""

TREND_FRAMES: Final = 6
"""What a tile's brightness did in so many frames before, by the median, is motion or a fade."""

SAME_GAIN: Final = (0.4, 0.5)
"""A tile agrees when its change is the usual one but for this share of it and this many percent."""

AGREE: Final = 0.6
"""In a flicker of the whole picture this share of the tiles agree; moving lights change them apart."""

JUMP: Final = (1.6, 25.0)
"""The brightness jumps by so many percent; stage lights jump further."""

HALF_PERIOD_S: Final = 0.14
"""It jumps at least once in this time: slower is breathing, as of a coder from one key frame on."""

LONG: Final = (8, 20)
"""Flicker is seen over so many jumps, and so many frames."""

REGULAR: Final = 0.75
"""A jump is undone half a period later, there again after a whole one: least correlation."""

EVEN: Final = 0.5
"""The smallest jumps are at least this share of the largest."""

EDGE: Final = 0.4
"""The first and the last jump have at least this share of the usual size."""

AREA: Final = 0.25
"""Half a flash counts when so much of the screen takes part (ITU-R BT.1702)."""

ONE_WAY: Final = 3.0
"""And when so many times more of it goes one way than the other: motion goes both ways."""

HALF_FLASHES: Final = 7
"""More than three flashes within a second."""

STRANGE: Final = 2.0
"""What came so many times the usual interval before the others is none of theirs: flicker begins later."""


class Flicker(VideoDetector):
    """The viewer sees the whole picture pump between brighter and darker, or flashes that may harm.

    Flicker is a gain that jumps up and down by turns, by nearly the same each time, the same all over the
    picture; stage strobes, fireworks and lightning are larger, local or irregular, and old film is
    irregular. Flashes are screened for by the idea of ITU-R BT.1702: more than three within a second, each
    a rise and a fall by 20 cd/m2 of more than a quarter of the screen, the darker side below 160 cd/m2, on
    a screen of 200 cd/m2. That is a hint, and no approved test; red flashes and patterns are not looked at.

    Limit: 1.6 % is what coding leaves of a planted 3 %.
    """

    defect = "flicker"
    metric = Metric("jump of the brightness of the picture", "%")
    columns = ("jump", "agreement", "rose", "fell")
    trigger = Trigger(enter=JUMP[0], leave=JUMP[0], min_s=0.25)
    explains = frozenset({"block_corruption", "colour_error", "tearing"})
    """A flash that covers a part of the picture has straight edges that come and go."""

    def __init__(self) -> None:
        self._levels = _Levels()
        self._swings = Swings()

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the jump, how much of the picture agrees with it, and the shares that rose and fell."""
        return (*self._levels.jump(view), *self._swings.follow(view.picture.of(luminance)))

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where brightness alternates, and where flashes follow each other too fast."""
        edges_ns = np.append(series.t_ns, series.end_ns)
        frame_s = max(float(np.median(np.diff(edges_ns))) / NS_PER_S, 1e-3) if series.t_ns.size else 0.04
        jump, agreement = (
            np.nan_to_num(series.columns[name]).astype(np.float64) for name in ("jump", "agreement")
        )
        spans = _alternating(jump, agreement, max(3, int(HALF_PERIOD_S / frame_s)))
        spans += [
            span
            for span in _flashing(series)
            if not any(start <= span[1] and span[0] <= stop for start, stop in spans)
        ]
        return [
            Interval(
                int(edges_ns[start]),
                int(edges_ns[stop]),
                peak=float(np.abs(jump[start:stop]).max()),
                confidence=confidence(int(edges_ns[stop] - edges_ns[start]), round(0.1 * NS_PER_S)),
                limit=self.trigger.enter,
                region=context.whole_picture,
            )
            for start, stop in sorted(spans)
        ]


class _Levels:
    """The brightness of the tiles over the last frames."""

    def __init__(self) -> None:
        self._changes: deque[NDArray[np.float32]] = deque(maxlen=TREND_FRAMES)

    def jump(self, view: FrameView) -> tuple[float, float]:
        """Return by how many percent the lit tiles jumped, by the median, and the share that agrees."""
        if view.previous is None:
            self._changes.clear()
            return float("nan"), float("nan")
        now, before = view.picture.of(_tiles), view.previous.picture.of(_tiles)
        change = np.asarray(100 * np.log(now / before), dtype=np.float32)
        trend = _middle(np.array(self._changes)) if self._changes else 0.0
        self._changes.append(change)
        jumps = (change - trend)[np.minimum(now, before) >= BLACK - 16]
        if jumps.size < ENOUGH:
            return 0.0, 0.0
        usual = float(_middle(jumps))
        agree = np.abs(jumps - usual) <= SAME_GAIN[0] * abs(usual) + SAME_GAIN[1]
        return usual, float(np.count_nonzero(agree)) / jumps.size


def _middle(changes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the median over the first axis; of a few rows, sorting finds it soonest."""
    ordered, count = np.sort(changes, axis=0), len(changes)
    return np.asarray((ordered[(count - 1) // 2] + ordered[count // 2]) / 2)


def _tiles(picture: Picture) -> NDArray[np.float32]:
    """Return the mean luma above black of each tile, at least 1 code value."""
    tiles = cv2.resize(picture.blocks, TILES, interpolation=cv2.INTER_AREA)
    return np.asarray(np.maximum(tiles - 16, 1), dtype=np.float32)


def _alternating(
    jump: NDArray[np.float64], agreement: NDArray[np.float64], longest: int
) -> list[tuple[int, int]]:
    """Return rows `[first jump, last jump)` where the brightness jumps up and down by turns."""
    inside = np.zeros(len(jump), dtype=bool)
    size = np.zeros(len(jump))
    for half in range(1, longest + 1):
        count = max(LONG[0] * half, LONG[1])
        if count > len(jump):
            continue
        for last in np.flatnonzero(_regular(jump, agreement, half, count)).tolist():
            rows = slice(last - count + 1, last + 1)
            if not _even(jump[rows], half):
                continue
            inside[rows] = True
            size[rows] = np.maximum(size[rows], np.abs(jump[rows]).max())
    spans = []
    for start, stop in runs(inside):
        large = start + np.flatnonzero(np.abs(jump[start:stop]) >= EDGE * size[start:stop])
        spans.append((int(large[0]), int(large[-1])))
    return spans


def _even(jump: NDArray[np.float64], half: int) -> bool:
    """Return whether the jumps every `half` rows are alike in size, wherever within those rows they fall."""
    folds = [
        jump[first : first + (len(jump) - first) // half * half].reshape(-1, half) for first in range(half)
    ]
    jumps = max((np.abs(fold.sum(axis=1)) for fold in folds), key=lambda sizes: float(sizes.mean()))
    return bool(np.quantile(jumps, 0.1) >= EVEN * jumps.max())


def _regular(
    jump: NDArray[np.float64], agreement: NDArray[np.float64], half: int, count: int
) -> NDArray[np.bool_]:
    """Return whether the `count` rows up to each one hold a flicker with jumps every `half` rows."""
    energy = np.maximum(_sums(jump * jump, count), 1e-9)
    alternates = np.ones(len(energy), dtype=bool)
    for times in (1, 2, 3, 4):
        rows = times * half
        alike = _sums(_product(jump, rows), count - rows) / energy * count / (count - rows)
        alternates &= (alike if times % 2 == 0 else -alike) >= REGULAR
    size = np.sqrt(energy * half / count)
    agree = _sums(jump * jump * agreement, count) / energy
    large = (size >= JUMP[0]) & (size <= JUMP[1])
    return np.asarray(alternates & large & (agree >= AGREE))


def _product(values: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    """Return each value times the one so many rows before."""
    return np.concatenate([np.zeros(rows), values[rows:] * values[:-rows]])


def _sums(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the sum of the `count` values up to each one."""
    total = np.cumsum(np.concatenate([np.zeros(count), values]))
    return np.asarray(total[count:] - total[:-count])


def _flashing(series: Series) -> list[tuple[int, int]]:
    """Return rows from the first to the last half flash of more than three flashes within a second."""
    rose, fell = series.columns["rose"], series.columns["fell"]
    halves: list[int] = []
    for row in np.flatnonzero(_one_way(rose, fell, AREA) | _one_way(fell, rose, AREA)).tolist():
        if not halves or (rose[row] > fell[row]) != (rose[halves[-1]] > fell[halves[-1]]):
            halves.append(row)
    times_ns = series.t_ns[halves]
    spans: list[tuple[int, int]] = []
    for place in range(len(halves) - HALF_FLASHES + 1):
        last = place + HALF_FLASHES - 1
        if times_ns[last] - times_ns[place] > NS_PER_S:
            continue
        if spans and halves[place] <= spans[-1][1]:
            spans[-1] = (spans[-1][0], halves[last])
        else:
            begins = place + _strangers(halves[place : last + 1])
            spans.append((_first_half(rose, fell, halves[begins : begins + 2]), halves[last]))
    return spans


def _strangers(halves: list[int]) -> int:
    """Return how many of the first half flashes came long before the others: a cut, a lamp."""
    gaps = np.diff(halves)
    alone = np.flatnonzero(gaps[: len(gaps) // 2] > STRANGE * np.median(gaps))
    return int(alone[-1]) + 1 if alone.size else 0


def _one_way(one: NDArray[np.float32], other: NDArray[np.float32], area: float) -> NDArray[np.bool_]:
    return np.asarray((one > area) & (one >= ONE_WAY * other))


def _first_half(rose: NDArray[np.float32], fell: NDArray[np.float32], halves: list[int]) -> int:
    """Return the first counted half flash, or the one before it, if that went on from an earlier swing."""
    first, step = halves[0], halves[1] - halves[0]
    rows = slice(max(0, first - step - 1), first)
    one, other = (fell, rose) if rose[first] > fell[first] else (rose, fell)
    earlier = np.flatnonzero(_one_way(one[rows], other[rows], AREA / 3))
    return rows.start + int(earlier[0]) if earlier.size else first
