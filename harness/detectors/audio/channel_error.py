"""Channel errors: one of the front pair is lost or inverted, or the pair becomes mono."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import AudioDetector, Context, Series
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger, confidence, runs
from harness.clock import seconds_to_ns
from harness.detectors.audio.pair import Pair, pair_row
from harness.findings import Metric

LASTING_S: Final = 2.0
LASTING: Final = round(LASTING_S / SoundView.HOP_S) - 2
"""A channel that is wrong for 2 s (less the hops at the edges) is a fault, and no effect of the mix."""

HEARD_DBFS: Final = -50.0
LOST_DBFS: Final = -70.0
LOST_DB: Final = -42.0
"""A channel is lost below this, or so far below the other (a cable leaks about -50 dB)."""

PLAYED_HOPS: Final = 50
"""A channel must have played for half a second to be missed."""

ZERO_DBFS: Final = -95.0
"""A channel that is missing from the start is missed in stereo if there is nothing at all, not even noise."""

BESIDE: Final = 10
DROP_DB: Final = 24.0
STILL_DB: Final = 12.0
"""What is lost falls by `DROP_DB` from one hop to the next but one, while nothing else changes by more."""

DOUBLE: Final = 0.9
"""A pair that correlates like this, at the same level, is one voice on both channels."""

TURNED, BACK = 0.3, 0.2
"""The pair correlates by this before, and by minus this after; wider stereo cannot be told. Less is enough
where it turns back."""

NEXT_TO_IT: Final = 0.3
SIGNS: Final = 0.8
"""So does what is heard next to it, and of the half second on either side so many hops have that sign: music
that wanders from side to side has neither."""

SLACK: Final = 0.05
PLAINLY_TURNED: Final = 0.65
PLAIN_SIGNS: Final = 0.75
"""What turns so plainly may begin in a soft moment."""

LOOK: Final = 100
"""Correlation before and after is taken over a second."""

WIDE_DB: Final = -28.0
MONO_DB: Final = -30.0
SAME_DB: Final = 6.5
SAME_AT_ONCE_DB: Final = 2.5
"""Where the sides vanish, the mid must go on as it was, over 90 ms or over 20: else a stereo jingle gave
way to a microphone."""

WAVERING_HOPS: Final = 15
"""A codec lets the sides up for so long."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Hops `[start, stop)` in which a channel (None: the pair) is wrong by `change_db`."""

    start: int
    stop: int
    change_db: float
    channel: int | None


class ChannelError(AudioDetector):
    """One channel of the front pair is silent or inverted, or left and right have become the same.

    The listener loses one loudspeaker, hears a hollow sound between them, or the stage collapses into the
    middle. Judged is the change: a programme that is mono, hard-panned or wide from the start is meant so,
    and a mix does not change within 20 ms while the rest plays on as before. A stereo recording with
    nothing at all in one channel, from beginning to end, is reported too. Of more than two channels the
    front pair is judged; rears and LFE are silent by design. Swapped channels cannot be told without a
    reference; nor can polarity where the sides are so wide that the pair hardly correlates. Correlation is
    that of a phase meter: +1 is mono, -1 inverted mono. The limits were set on the clean half of the media.
    """

    defect = "channel_error"
    metric = Metric("change of one channel, or of the difference of both", "dB")
    columns: ClassVar[tuple[str, ...]] = (
        "left_dbfs",
        "right_dbfs",
        "correlation",
        "sides_db",
        "brightness_db",
    )
    trigger = Trigger(enter=DROP_DB, leave=DROP_DB, min_s=LASTING_S)
    explains: ClassVar[frozenset[str]] = frozenset({"loudness"})

    def unmeasurable(self, context: Context) -> str | None:
        """Return the reason when there is no pair of channels."""
        if context.format.audio and context.format.audio.channels < 2:
            return "one channel of sound only"
        return super().unmeasurable(context)

    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return levels and correlation of the front pair."""
        return pair_row(view) if view.channels > 1 else (np.nan,) * len(self.columns)

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where a channel is wrong."""
        pair = Pair(series.t_ns, *(series.columns[name].astype(np.float64) for name in self.columns))
        if len(series.t_ns) < LASTING or not np.isfinite(pair.left).all():
            return []
        stereo = context.format.audio is not None and context.format.audio.channels == 2
        wrong = [*_lost(pair, 0, stereo), *_lost(pair, 1, stereo)]
        wrong += [item for item in (*_turned(pair), *_collapsed(pair)) if not _meets(item, wrong)]
        edges = np.append(series.t_ns, series.end_ns)
        return [_interval(item, edges) for item in sorted(wrong, key=lambda item: item.start)]


def _lost(pair: Pair, channel: int, stereo: bool) -> Iterator[_Wrong]:
    own, other = (pair.left, pair.right) if channel == 0 else (pair.right, pair.left)
    gone = own < np.maximum(LOST_DBFS, other + LOST_DB)
    for start, stop in _joined(gone):
        plays = int(np.count_nonzero(other[start:stop] >= HEARD_DBFS))
        if stop - start < LASTING or plays < max(LASTING // 2, (stop - start) // 3):
            continue
        if start < BESIDE and stop > len(own) - BESIDE and stereo and own.max() < ZERO_DBFS:
            yield _Wrong(start, stop, float(other[start:stop].max()) - LOST_DBFS, channel)
        elif _is_cut(pair, own, other, start):
            drop_db = _mean(own, start - BESIDE, start - 1) - _mean(own, start + 1, start + BESIDE)
            yield _Wrong(start, stop, drop_db, channel)
        elif _was_double(pair, start):
            first = start + int(np.argmax(other[start:stop] >= HEARD_DBFS))
            yield _Wrong(first, stop, float(other[first:stop].max()) - LOST_DBFS, channel)


def _was_double(pair: Pair, at: int) -> bool:
    """Return whether both channels carried the same before: then even a pause cannot take one away."""
    early = max(0, at - 5 * LOOK)
    if not pair.unbroken(early, at + 1):
        return False
    heard = np.minimum(pair.left[early:at], pair.right[early:at]) >= HEARD_DBFS
    powers = pair.powers()[early:at][heard]
    if len(powers) < PLAYED_HOPS:
        return False
    left, right, _ = powers.sum(axis=0)
    return bool(_correlation(powers) >= DOUBLE and 0.25 <= left / right <= 4.0)


def _is_cut(pair: Pair, own: NDArray[np.float64], other: NDArray[np.float64], start: int) -> bool:
    """Return whether the channel was heard up to this hop, falls at once, and the other goes on."""
    if not pair.unbroken(start - BESIDE, start + BESIDE):
        return False
    if np.count_nonzero(own[:start] >= HEARD_DBFS) < PLAYED_HOPS:
        return False
    before, after = _mean(own, start - BESIDE, start - 1), _mean(own, start + 1, start + BESIDE)
    beside = abs(_mean(other, start - BESIDE, start - 1) - _mean(other, start + 1, start + BESIDE))
    sudden = own[start - 2] >= before - STILL_DB
    return bool(before >= HEARD_DBFS - 5 and before - after >= DROP_DB and beside <= STILL_DB and sudden)


def _turned(pair: Pair) -> Iterator[_Wrong]:
    """Yield where the polarity of one channel turns for `LASTING` hops, up to where it turns back."""
    before, after = _correlations(pair)
    turns = (before >= TURNED) & (after <= -TURNED)
    backs = (before <= -BACK) & (after >= BACK)
    ends = [_steepest(before - after, *span) for span in runs(backs)]
    for span in runs(turns):
        start = _steepest(after - before, *span)
        plain = bool(min(before[start], -after[start]) >= PLAINLY_TURNED)
        if not pair.unbroken(start - BESIDE, start + BESIDE) or not _at_once(pair, start, plain):
            continue
        stop = next((end for end in ends if end >= start + LASTING), len(before))
        lasting = _correlation(pair.powers()[start : start + LASTING])
        if stop - start >= LASTING and lasting <= -TURNED + SLACK:
            change_db = _mean(pair.sides, start, stop) - _mean(pair.sides, start - LOOK, start)
            yield _Wrong(start, stop, change_db, None)


def _correlations(pair: Pair) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the correlation over a second before each hop, and from it on; 0 where nothing sounds."""
    sums = np.concatenate((np.zeros((1, 3)), np.cumsum(pair.powers(), axis=0)))
    at = np.arange(len(pair.t_ns))
    early, late = np.maximum(at - LOOK, 0), np.minimum(at + LOOK, len(at))
    results = []
    for low, high in ((early, at), (at, late)):
        left, right, product = (sums[high] - sums[low]).T
        loud = (np.minimum(left, right) > (high - low) * 1e-6) & (high - low >= LOOK // 2)
        results.append(np.where(loud, product / np.sqrt(np.maximum(left * right, 1e-30)), 0.0))
    return results[0], results[1]


def _steepest(fall: NDArray[np.float64], start: int, stop: int) -> int:
    return start + int(np.argmin(fall[start:stop]))


def _at_once(pair: Pair, at: int, plain: bool) -> bool:
    """Return whether the pair correlates one way up to this hop and the other way from it on.

    What is heard next to it counts, a pause does not.
    """
    low, high = max(0, at - LOOK), at + LOOK
    heard = np.minimum(pair.left, pair.right)[low:high] >= HEARD_DBFS
    powers = pair.powers()[low:high]
    before = np.flatnonzero(heard[: at - 1 - low])
    after = at + 1 - low + np.flatnonzero(heard[at + 1 - low :])
    if not before.size or not after.size:
        return False
    half = LOOK // 2
    signs = float(np.mean(powers[before[-half:], 2] > 0)), float(np.mean(powers[after[:half], 2] < 0))
    if plain and min(signs) >= PLAIN_SIGNS:
        return True
    turned = _correlation(powers[before[-BESIDE:]]), -_correlation(powers[after[:BESIDE]])
    return min(signs) >= SIGNS and min(turned) >= NEXT_TO_IT


def _correlation(powers: NDArray[np.float64]) -> float:
    left, right, product = powers.sum(axis=0)
    return float(product / np.sqrt(max(left * right, 1e-30)))


def _collapsed(pair: Pair) -> Iterator[_Wrong]:
    """Yield where the sides vanish while the mid goes on as it was."""
    mid = pair.mid
    heard = mid >= HEARD_DBFS
    sides = np.where(heard, pair.sides, np.nan)
    for start, stop in _joined((pair.sides <= MONO_DB) | ~heard, WAVERING_HOPS):
        held = int(np.count_nonzero(heard[start:stop]))
        if (
            held < LASTING * 3 // 4
            or stop - start < LASTING
            or not pair.unbroken(start - LOOK, start + BESIDE)
        ):
            continue
        if not heard[start - 3 : start + 3].all():
            continue
        wide = _mean(pair.sides, start - BESIDE, start - 1)
        narrow = float(np.nanpercentile(sides[start + 1 : stop], 90))
        usual = float(np.nanmedian(sides[start - LOOK : start - 1]))
        if min(wide, usual) >= WIDE_DB and wide - narrow >= DROP_DB and _goes_on(pair, mid, start):
            yield _Wrong(start, stop, wide - narrow, None)


def _goes_on(pair: Pair, mid: NDArray[np.float64], at: int) -> bool:
    """Return whether level and brightness of the mid are the same before and after this hop."""

    def changes_db(hops: int) -> float:
        louder, brighter = (
            _mean(values, at - hops, at - 1) - _mean(values, at + 1, at + hops)
            for values in (mid, pair.brightness)
        )
        return float(np.hypot(louder, brighter))

    return changes_db(BESIDE) <= SAME_DB or changes_db(3) <= SAME_AT_ONCE_DB


def _joined(inside: NDArray[np.bool_], hops: int = 6) -> list[tuple[int, int]]:
    """Return runs of hops, over interruptions of so many hops at most."""
    joined: list[tuple[int, int]] = []
    for start, stop in runs(inside):
        if joined and start - joined[-1][1] <= hops:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return joined


def _mean(values: NDArray[np.float64], start: int, stop: int) -> float:
    part = values[max(0, start) : max(0, stop)]
    return float(part.mean()) if len(part) else 0.0


def _meets(item: _Wrong, others: list[_Wrong]) -> bool:
    return any(item.start < other.stop and other.start < item.stop for other in others)


def _interval(item: _Wrong, edges: NDArray[np.int64]) -> Interval:
    length_ns = int(edges[item.stop] - edges[item.start])
    return Interval(
        start_ns=int(edges[item.start]),
        end_ns=int(edges[item.stop]),
        peak=item.change_db,
        confidence=confidence(length_ns, seconds_to_ns(LASTING_S / 2)),
        limit=DROP_DB,
        channel=item.channel,
    )
