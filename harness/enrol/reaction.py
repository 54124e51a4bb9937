"""Whether a device reacted to a key: its picture changed, and was still before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from harness.clock import NS_PER_MS, seconds_to_ns
from harness.enrol.pictures import small, unlike
from harness.enrol.preview import Preview
from harness.media import Plane
from harness.timeline import Press

BEFORE_S = 0.4
"""The picture is watched so long before the key: what moves by itself proves nothing."""
WITHIN_S = 3.0
"""A device that reacts shows it within so long."""
SIGNAL_S = 5.0
STOPPED_S = 1.0
"""Without a frame for so long, the picture has stopped."""

Reacted = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a key press did, as far as the picture tells, in one sentence."""

    reacted: Reacted
    words: str


def press_and_watch(press: Callable[[], Press], preview: Preview | None) -> Reaction:
    """Press a key and watch the picture; raises ControlLost, DeviceError, PlanError."""
    before = None if preview is None else _watch_before(preview)
    pressed = press()
    sent = f"{pressed.key} was sent by {pressed.via}"
    if preview is None:
        return Reaction("unknown", f"{sent}; without a capture nobody sees whether the device reacted")
    if before is None:
        return _came_back(preview, pressed, sent)
    still, moves = before
    if moves:
        return Reaction(
            "unknown", f"{sent}, but the picture moves by itself: look whether the device reacted"
        )
    end_ns = pressed.end_ns + seconds_to_ns(WITHIN_S)
    at_ns = pressed.start_ns
    while at_ns < end_ns:
        frame = preview.wait(STOPPED_S, at_ns)
        if frame is None:
            return _no_picture(preview, sent)
        at_ns = frame.t_ns
        if unlike(small(frame), still):
            late_ms = max(0, at_ns - pressed.start_ns) // NS_PER_MS
            return Reaction("yes", f"the device reacted: {sent}, and the picture changed after {late_ms} ms")
    return Reaction(
        "no",
        f"{sent}, but the picture did not change within {WITHIN_S:g} s: is this the right key map, "
        "does the blaster point at the device, and does this key do anything on this screen?",
    )


def _watch_before(preview: Preview) -> tuple[Plane, bool] | None:
    """Return the picture before the key and whether it moves by itself; None without a picture."""
    first = preview.frame
    if first is None or not preview.alive:
        return None
    seen, moves, end_ns = small(first), False, first.t_ns + seconds_to_ns(BEFORE_S)
    frame = first
    while frame.t_ns < end_ns:
        newer = preview.wait(BEFORE_S, frame.t_ns)
        if newer is None:
            break
        frame = newer
        moves = moves or unlike(small(frame), seen)
    return small(frame), moves


def _came_back(preview: Preview, pressed: Press, sent: str) -> Reaction:
    """A device that showed nothing reacts by showing something."""
    if preview.alive and preview.wait(SIGNAL_S, pressed.start_ns) is not None:
        return Reaction("yes", f"the device reacted: {sent}, and there is a picture now")
    return Reaction("unknown", f"{sent}; there is no picture to see a reaction in: {preview.words()}")


def _no_picture(preview: Preview, sent: str) -> Reaction:
    """Tell a device that went dark on the key from a capture that stopped."""
    if preview.alive and preview.frame is None:
        return Reaction("yes", f"the device reacted: {sent}, and its signal went away")
    return Reaction("unknown", f"{sent}, but the capture stopped: {preview.words()}")
