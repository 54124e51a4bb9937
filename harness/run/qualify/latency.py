"""How soon the picture reacts to a key: the way through control, device and capture."""

import threading
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.picture import Picture
from harness.certificate import Figure, judged
from harness.clock import NS_PER_MS, NS_PER_S
from harness.errors import DeviceError, PlanError
from harness.media import Captured, Frame
from harness.run.device import Device
from harness.run.feed import Feed
from harness.timeline import Press

PRESSES: Final = 10
FEWEST: Final = 5
REST_S: Final = 0.5
"""The picture must stand still for so long before a press."""

REACTS_S: Final = 2.5
"""A reaction that takes longer is none."""

MOVED_CODES: Final = 0.15
"""The mean change of the small luma, code values, by which a focus that moves shows."""

STANDS_OUT: Final = 3.0
"""And a reaction changes so many times more than anything in the half second before."""

KEYS: Final = (("RIGHT", "LEFT"), ("DOWN", "UP"))
MEDIAN_MS: Final = 1000.0
P95_MS: Final = 1500.0
"""`input keyevent` takes up to a second on a slow Android device; beyond this no plan could time a start."""


@dataclass(slots=True)
class Changes:
    """Notes how much each frame differs from the one before."""

    t_ns: list[int] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    _last: NDArray[np.uint8] | None = None
    _new: threading.Condition = field(default_factory=threading.Condition)

    def write(self, item: Captured) -> None:
        """Take one item."""
        if not isinstance(item, Frame):
            return
        small = Picture(item).small
        last, self._last = self._last, small
        if last is None or last.shape != small.shape:
            return
        with self._new:
            self.t_ns.append(item.t_ns)
            self.change.append(float(np.abs(small.astype(np.int16) - last).mean()))
            self._new.notify_all()

    def await_ns(self, t_ns: int, timeout_s: float) -> None:
        """Wait until a frame of this time or later was seen, or the time is over."""
        with self._new:
            self._new.wait_for(lambda: bool(self.t_ns) and self.t_ns[-1] >= t_ns, timeout_s)

    def between(self, start_ns: int, end_ns: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return times and changes of the frames within `[start, end)`."""
        with self._new:
            times, change = np.array(self.t_ns, np.int64), np.array(self.change)
        inside = (times >= start_ns) & (times < end_ns)
        return times[inside], change[inside]


def key_figures(device: Device, feed: Feed) -> list[Figure]:
    """Return how soon the picture reacts to keys on the home screen; not measured where it does not."""
    if "home" not in device.profile.states:
        return unmeasured(f"{device.id}: its profile has no state `home`, where a key could be tried")
    try:
        device.reach("home")
    except (DeviceError, PlanError) as error:
        return unmeasured(str(error))
    changes = Changes()
    feed.record(changes)
    try:
        found = next((latencies for pair in KEYS if (latencies := _try(device, changes, pair))), [])
    except (DeviceError, PlanError) as error:
        return unmeasured(str(error))
    finally:
        feed.release(device.clock.now_ns())
    if len(found) < FEWEST:
        return unmeasured(
            f"the picture reacted to {len(found)} presses only: it moves by itself, or not at all"
        )
    return key_latency(found)


def key_latency(latencies_ms: list[float]) -> list[Figure]:
    """Return the figures of some presses."""
    note = f"{len(latencies_ms)} presses on the home screen, the device's own reaction included"
    values = (float(np.median(latencies_ms)), float(np.percentile(latencies_ms, 95)))
    return [
        judged(figure.model_copy(update={"value": value, "note": note}))
        for figure, value in zip(unmeasured(""), values, strict=True)
    ]


def unmeasured(why: str) -> list[Figure]:
    """Return the figures without a value, and the reason."""
    return [
        Figure(
            name=name, what=f"from a key press until the picture reacts, {which}", unit="ms",
            at_most=most, required=False, note=why,
        )
        for name, which, most in (
            ("key_latency", "median", MEDIAN_MS),
            ("key_latency_p95", "95th percentile", P95_MS),
        )
    ]  # fmt: skip


def reaction_ms(press: Press, changes: Changes) -> float | None:
    """Return from the beginning of a press to the first frame that differs, or None.

    A reaction stands out from whatever moved, or was grain, before the press.
    """
    rest = changes.between(press.start_ns - round(REST_S * NS_PER_S), press.start_ns)[1]
    if not rest.size:
        return None
    least = max(MOVED_CODES, STANDS_OUT * float(rest.max()))
    times, change = changes.between(press.start_ns, press.start_ns + round(REACTS_S * NS_PER_S))
    moved = np.flatnonzero(change >= least)
    return float(times[moved[0]] - press.start_ns) / NS_PER_MS if moved.size else None


def _try(device: Device, changes: Changes, pair: tuple[str, str]) -> list[float]:
    """Return the latencies of presses to and fro; empty as soon as the first two show nothing."""
    found: list[float] = []
    for number in range(PRESSES):
        _rest(device, changes)
        press = device.press(pair[number % 2])
        changes.await_ns(press.end_ns + round(REST_S * NS_PER_S), REACTS_S)
        latency = reaction_ms(press, changes)
        if latency is None and number and not found:
            break
        found += [latency] if latency is not None else []
    return found


def _rest(device: Device, changes: Changes) -> None:
    """Wait until the picture stood still for long enough, or does not any more."""
    rest_ns = round(REST_S * NS_PER_S)
    for _ in range(4):
        now_ns = device.clock.now_ns()
        changes.await_ns(now_ns + rest_ns // 2, REACTS_S)
        change = changes.between(now_ns - rest_ns, now_ns + rest_ns // 2)[1]
        if change.size and change.max() < MOVED_CODES:
            return
