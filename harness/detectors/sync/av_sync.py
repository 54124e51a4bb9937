"""av_sync by marker: the flash and the beep of the sync pattern come apart."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import markers
from harness.analysis.checks import judged_window
from harness.analysis.detector import Context, Series, SyncDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger, runs
from harness.clock import NS_PER_MS, NS_PER_S
from harness.detectors.sync.beeps import BeepFinder
from harness.findings import AvSync as Offset
from harness.findings import Metric
from harness.media import Plane
from harness.timeline import RigOffset

LATEST_MS, EARLIEST_MS = -125.0, 45.0
"""Viewers notice sound that is later or earlier than this (ITU-R BT.1359, detectability)."""

EXACT_MS: Final = 1.0
"""How exactly one flash and its beep are placed, codecs included."""

HALF_MS: Final = 500.0
"""A beep farther from a flash than half a second is nearer to another one."""

PERIOD_NS: Final = NS_PER_S
"""Flashes come each second."""

HEAD_CODES: Final = 60
"""The outer cells of the row are at least this far, in code values, from each other."""


class AvSync(SyncDetector):
    """The viewer sees lips move before or after their words are heard.

    Only where the sync pattern is shown can that be measured to the millisecond: a beep begins with the
    first frame of each flash. The offset is positive where the sound comes early. Each flash whose frame
    before was seen is measured by the beep nearest to it; a flash without a beep counts with its neighbours
    (a jump of the sound swallows one). At exactly half a second, early and late look the same.

    Limit: ITU-R BT.1359 finds sound detectable that is 45 ms early or 125 ms late. Criteria may let pass
    more than that.
    """

    defect = "av_sync"
    metric = Metric("offset of the sound, positive where it is early", "ms")
    columns = ("number", "flash")
    sound_columns = ("onset_ms",)
    """When a beep began, counted from the hop at whose end it was certain; else NaN."""
    trigger = Trigger(enter=EARLIEST_MS, leave=EARLIEST_MS, min_s=PERIOD_NS / NS_PER_S)

    def __init__(self) -> None:
        self._beeps: BeepFinder | None = None
        self._rate_hz = 0

    def measure_picture(self, view: FrameView) -> tuple[float, ...]:
        """Return the number of the frame, NaN where it is not the pattern's, and whether it is a flash."""
        marker = markers.read(view.small) if _may_be_pattern(view.small) else None
        return (float("nan"), 0.0) if marker is None else (float(marker.number), float(marker.flash))

    def measure_sound(self, view: SoundView) -> tuple[float, ...]:
        """Return when a beep began."""
        if self._beeps is None or view.after_gap or view.rate_hz != self._rate_hz:
            self._beeps, self._rate_hz = BeepFinder(view.rate_hz), view.rate_hz
        onset = self._beeps.take(view.samples)
        return (float("nan") if onset is None else onset * 1000 / view.rate_hz,)

    def compare(
        self, picture: Series, sound: Series, context: Context
    ) -> tuple[Offset | None, list[Interval]]:
        """Return the offset, where it is off that of the longest stretch, and the stretches that are off.

        What the timeline knows to be the rig's own offset is taken off first.
        """
        rig = context.timeline.rig_offset
        window = judged_window(context.timeline, max(picture.end_ns, sound.end_ns))
        flashes = [t_ns for t_ns in _flashes(picture) if window[0] <= t_ns < window[1]]
        measured = [_without(rig, flash) for flash in _measured(flashes, _onsets(sound), sound)]
        known = np.array([flash.offset_ms for flash in measured if flash.offset_ms is not None])
        if not known.size:
            return _unheard(measured, window[1])
        stretches = _stretches(measured)
        intervals = [self._interval(stretch, window[1], context) for stretch in stretches]
        if stretches:
            worst = max(stretches, key=len)
            return _offset("out_of_sync", _offsets(worst), rig), intervals
        return _offset("in_sync", known, rig), []

    def _interval(self, stretch: list["_Flash"], end_ns: int, context: Context) -> Interval:
        offsets = _offsets(stretch)
        peak = float(offsets[np.argmax(np.abs(offsets))])
        return Interval(
            stretch[0].t_ns,
            min(stretch[-1].t_ns + PERIOD_NS, end_ns),
            peak=peak,
            confidence=offsets.size / (offsets.size + 0.5),
            limit=EARLIEST_MS if peak > 0 else LATEST_MS,
            region=context.whole_picture,
        )


@dataclass(frozen=True, slots=True)
class _Flash:
    """A flash; `offset_ms` is None without a beep, and `missing` says that its beep ought to be heard."""

    t_ns: int
    offset_ms: float | None
    missing: bool

    @property
    def way(self) -> int:
        """Return 1 where the sound is early beyond the limit, -1 where it is late, else 0."""
        if self.offset_ms is None:
            return 0
        return int(self.offset_ms > EARLIEST_MS + EXACT_MS / 2) - int(
            self.offset_ms < LATEST_MS - EXACT_MS / 2
        )


def offsets(picture: Series, sound: Series) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return when each flash began whose beep was heard, in ns, and how much earlier that beep was, in ms."""
    measured = _measured(_flashes(picture), _onsets(sound), sound)
    known = [(flash.t_ns, flash.offset_ms) for flash in measured if flash.offset_ms is not None]
    return np.array([t_ns for t_ns, _ in known], np.int64), np.array([offset for _, offset in known])


def _may_be_pattern(small: Plane) -> bool:
    """Return whether the outer cells of the row are white, black ... black, white: most pictures are not."""
    rows, columns = markers.ROW.of(small)
    line = small[(rows.start + rows.stop) // 2, columns]
    if len(line) < markers.CELLS:
        return False
    half = len(line) // (2 * markers.CELLS)
    outer = [int(line[place]) for place in (half, 3 * half, -3 * half, -half)]
    return min(outer[0], outer[3]) > max(outer[1], outer[2]) + HEAD_CODES


def _flashes(picture: Series) -> list[int]:
    """Return when each flash began whose frame before was seen."""
    t_ns, flash = picture.t_ns, picture.columns["flash"] > 0
    if len(t_ns) < 2:
        return []
    usual_ns = float(np.median(np.diff(t_ns)))
    begins = flash[1:] & ~flash[:-1] & (np.diff(t_ns) < 1.5 * usual_ns)
    return [int(time) for time in t_ns[1:][begins]]


def _onsets(sound: Series) -> NDArray[np.float64]:
    """Return when each beep began, in ns."""
    onset_ms = sound.columns["onset_ms"].astype(np.float64)
    heard = ~np.isnan(onset_ms)
    return np.asarray(sound.t_ns[heard] + onset_ms[heard] * NS_PER_MS)


def _measured(flashes: list[int], beeps: NDArray[np.float64], sound: Series) -> list[_Flash]:
    measured: list[_Flash] = []
    for t_ns in flashes:
        offsets_ms = (t_ns - beeps) / NS_PER_MS
        nearest_ms = float(offsets_ms[np.argmin(np.abs(offsets_ms))]) if beeps.size else np.inf
        if abs(nearest_ms) <= HALF_MS + EXACT_MS:
            # At half a second two beeps are as near: all flashes shall choose the same side, the later one.
            least_ms = -HALF_MS - EXACT_MS / 2
            measured.append(_Flash(t_ns, (nearest_ms - least_ms) % (2 * HALF_MS) + least_ms, missing=False))
        else:
            measured.append(_Flash(t_ns, None, missing=_heard_around(t_ns, sound)))
    return measured


def _heard_around(t_ns: int, sound: Series) -> bool:
    """Return whether there was sound, without a hole, wherever the beep of a flash may be."""
    reach_ns = round((HALF_MS + EXACT_MS) * NS_PER_MS)
    hop_ns = round(SoundView.HOP_S * NS_PER_S)
    edges = np.append(sound.t_ns, sound.end_ns)
    first, last = np.searchsorted(edges, (t_ns - reach_ns, t_ns + reach_ns))
    if first == 0 or last == len(edges):
        return False
    return bool(np.diff(edges[first - 1 : last + 1]).max() < 2 * hop_ns)


def _stretches(measured: list[_Flash]) -> list[list[_Flash]]:
    """Return each run of flashes that are off the same way, with one at either side whose beep is missing."""
    found = []
    ways = np.array([flash.way for flash in measured])
    missing = np.array([flash.missing for flash in measured])
    for way in (1, -1):
        off = ways == way
        beside = missing & (np.append(off[1:], False) | np.insert(off[:-1], 0, False))
        found += [measured[start:stop] for start, stop in runs(off | beside)]
    return sorted(found, key=lambda stretch: stretch[0].t_ns)


def _offsets(flashes: list[_Flash]) -> NDArray[np.float64]:
    return np.array([flash.offset_ms for flash in flashes if flash.offset_ms is not None])


def _without(rig: RigOffset | None, flash: _Flash) -> _Flash:
    """Return a flash less the rig's own offset."""
    if rig is None or flash.offset_ms is None:
        return flash
    return replace(flash, offset_ms=flash.offset_ms - rig.offset_ns / NS_PER_MS)


def _offset(status: str, offsets_ms: NDArray[np.float64], rig: RigOffset | None) -> Offset:
    """Return the offset; what is not known of the rig's own widens its interval."""
    low, high = float(offsets_ms.min()) - EXACT_MS, float(offsets_ms.max()) + EXACT_MS
    own_ms = None
    if rig is not None:
        own_ms = rig.offset_ns / NS_PER_MS
        low -= (rig.high_ns - rig.offset_ns) / NS_PER_MS
        high += (rig.offset_ns - rig.low_ns) / NS_PER_MS
    return Offset(status, float(np.median(offsets_ms)), (low, high), "marker", own_ms)


def _unheard(measured: list[_Flash], end_ns: int) -> tuple[Offset | None, list[Interval]]:
    """Return what is known of flashes without a single beep."""
    silent = [flash.t_ns for flash in measured if flash.missing]
    if not silent:
        return None, []
    why = "no beep within half a second of any flash"
    interval = Interval(silent[0], min(silent[-1] + PERIOD_NS, end_ns), 0.0, inconclusive=why)
    return Offset("inconclusive", None, None, "marker"), [interval]
