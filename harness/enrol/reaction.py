"""Whether a device reacted to a key: its picture changed, and was still before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from harness.clock import NS_PER_MS, seconds_to_ns
from harness.enrol.pictures import small, unlike
from harness.enrol.preview import Preview
from harness.media import Plane
from harness.timeline import Press

STILL_S = 1.0
"""The picture must have been still for so long before the key."""
SETTLE_S = 2.5
"""A picture that still moves, from the key before perhaps, is given so long to come to rest."""
TIMES = 4
"""A change proves something if the picture was still for so many times longer before than it took to come."""
HISTORY_S = 6.0
"""A picture that changed without a key within so long moves by itself, if only now and then."""
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
    still = None if preview is None else _settled(preview)
    before_ns = preview.changed_ns if preview else 0
    if preview is not None:
        preview.note_key()
    pressed = press()
    sent = f"{pressed.key} was sent by {pressed.via}"
    if preview is None:
        return Reaction("unknown", f"{sent}; without a capture nobody sees whether the device reacted")
    if still is None:
        return _came_back(preview, pressed, sent)
    moved_ns = preview.moved_ns
    moves = moved_ns is not None and pressed.start_ns - moved_ns < seconds_to_ns(HISTORY_S)
    if moves or pressed.start_ns - before_ns < seconds_to_ns(STILL_S):
        return Reaction(
            "unknown", f"{sent}, but the picture moves by itself: look whether the device reacted"
        )
    return _watch(preview, still, pressed, before_ns)


def _watch(preview: Preview, still: Plane, pressed: Press, before_ns: int) -> Reaction:
    """Wait for a picture that is not the one before the key, which came at `before_ns`."""
    sent, at_ns = f"{pressed.key} was sent by {pressed.via}", pressed.start_ns
    end_ns = pressed.end_ns + seconds_to_ns(WITHIN_S)
    while at_ns < end_ns:
        frame = preview.wait(STOPPED_S, at_ns)
        if frame is None:
            return _no_picture(preview, sent)
        at_ns = frame.t_ns
        if unlike(small(frame), still):
            return _changed(sent, at_ns - pressed.start_ns, pressed.start_ns - before_ns)
    return Reaction(
        "no",
        f"{sent}, but the picture did not change within {WITHIN_S:g} s: is this the right key map, "
        "does the blaster point at the device, and does this key do anything on this screen?",
    )


def _changed(sent: str, late_ns: int, still_ns: int) -> Reaction:
    late = f"the picture changed after {late_ns // NS_PER_MS} ms"
    if still_ns < TIMES * late_ns:
        words = f"{sent}, and {late}; but it had been still for {still_ns // NS_PER_MS} ms only"
        return Reaction("unknown", f"{words}: wait until it stays still, and press again")
    return Reaction("yes", f"the device reacted: {sent}, and {late}")


def _settled(preview: Preview) -> Plane | None:
    """Return the picture before the key, once it is still, or after a while; None without a picture."""
    first = preview.frame
    if first is None or not preview.alive:
        return None
    frame, end_ns = first, first.t_ns + seconds_to_ns(SETTLE_S)
    while frame.t_ns < end_ns and frame.t_ns - preview.changed_ns < seconds_to_ns(STILL_S):
        newer = preview.wait(STOPPED_S, frame.t_ns)
        if newer is None:
            break
        frame = newer
    return small(frame)


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
