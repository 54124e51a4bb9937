"""From a measured series to intervals: the only run-length code of the harness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.clock import seconds_to_ns


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch `[start_ns, end_ns)` in which a detector saw or heard its defect.

    `peak` is the worst value, in the unit of the detector's metric; `confidence` is 0..1; `limit` is the
    value that was crossed; `region` is (x, y, width, height) in px; `channel` counts from 0.
    `inconclusive` says why the interval cannot be trusted, else `None`.
    """

    start_ns: int
    end_ns: int
    peak: float
    confidence: float = 1.0
    limit: float | None = None
    region: tuple[int, int, int, int] | None = None
    channel: int | None = None
    inconclusive: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A level with hysteresis, and for how long.

    An interval begins at the first row beyond `enter` and lasts while rows stay beyond `leave`. Two
    intervals less than `merge_s` apart become one; then those shorter than `min_s` are dropped. A row
    that is NaN (not measured) is never inside. With `above=False`, beyond means below.
    """

    enter: float
    leave: float
    min_s: float = 0.0
    above: bool = True
    merge_s: float = 0.0

    def intervals(self, t_ns: NDArray[np.int64], values: ArrayLike, end_ns: int) -> list[Interval]:
        """Return the intervals of `values`, one row a time in `t_ns`; the last row ends at `end_ns`.

        Confidence is a half for an interval of exactly `min_s`, and nears 1 as it grows.
        """
        series = np.asarray(values, dtype=np.float64)
        sign = 1.0 if self.above else -1.0
        inside = sign * series > sign * self.leave
        entered = sign * series > sign * self.enter
        spans = []
        for start, stop in runs(inside):
            first = np.flatnonzero(entered[start:stop])
            if first.size:
                spans.append((start + int(first[0]), stop))
        edges = np.append(t_ns, end_ns)
        spans = merge(spans, edges, seconds_to_ns(self.merge_s))
        long_enough = [span for span in spans if _length_ns(span, edges) >= seconds_to_ns(self.min_s)]
        return [self._interval(span, edges, sign * series) for span in long_enough]

    def _interval(
        self, span: tuple[int, int], edges: NDArray[np.int64], worse: NDArray[np.float64]
    ) -> Interval:
        length_ns = _length_ns(span, edges)
        peak = float(np.nanmax(worse[span[0] : span[1]]))
        return Interval(
            start_ns=int(edges[span[0]]),
            end_ns=int(edges[span[1]]),
            peak=peak if self.above else -peak,
            confidence=confidence(length_ns, seconds_to_ns(self.min_s)),
            limit=self.enter,
        )


def runs(inside: ArrayLike) -> list[tuple[int, int]]:
    """Return `[start, stop)` row numbers of each unbroken run of true rows."""
    padded = np.concatenate(([False], np.asarray(inside, dtype=bool), [False]))
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def merge(spans: list[tuple[int, int]], edges: NDArray[np.int64], within_ns: int) -> list[tuple[int, int]]:
    """Join spans of rows that lie less than `within_ns` apart; `edges` holds the time of each row."""
    joined: list[tuple[int, int]] = []
    for start, stop in spans:
        if joined and int(edges[start]) - int(edges[joined[-1][1]]) < within_ns:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return joined


def confidence(length_ns: int, shortest_ns: int) -> float:
    """Return 0.5 for the shortest interval that counts, growing towards 1 with the length."""
    return length_ns / (length_ns + shortest_ns) if length_ns > 0 else 0.0


def _length_ns(span: tuple[int, int], edges: NDArray[np.int64]) -> int:
    return int(edges[span[1]]) - int(edges[span[0]])
