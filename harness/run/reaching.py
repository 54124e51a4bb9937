"""How a device is brought into a state of its profile, by way of those before it."""

from typing import TYPE_CHECKING

from harness.clock import NS_PER_S
from harness.config import nearest
from harness.errors import DeviceError, PlanError, RigError
from harness.run.registry import Expect
from harness.run.script import run_steps
from harness.run.states import Seen

if TYPE_CHECKING:
    from harness.run.device import Device

LOOK_EVERY_S = 0.2


def reach(device: "Device", state: str) -> None:
    """Return when the state's proof is seen.

    Raises PlanError for an unknown state, DeviceError when the proof is not seen in time, naming what was
    seen last.
    """
    known = list(device.profile.states)
    if state not in known:
        has = ", ".join(known) or "none"
        raise PlanError(f"{device.id}: no state {state!r}{nearest(state, known)}; known: {has}")
    path, seen = device.profile.path_to(state), device.seen()
    reached = max((place for place, name in enumerate(path) if _holds(device, name, seen)), default=-1)
    for name in path[reached + 1 :]:
        _go(device, name)


def _go(device: "Device", name: str) -> None:
    """Run a state's script and wait for its proof."""
    state = device.profile.states[name]
    if not _is_provable(device, state.expect):
        raise RigError(f"{device.id}: nobody can tell whether {name} is reached: it needs ADB or a capture")
    end_ns = device.clock.now_ns() + round(state.within_s * NS_PER_S)
    run_steps(device, state.steps)
    while not (seen := device.seen()).proves(state.expect):
        if device.clock.now_ns() >= end_ns:
            late = f"{device.id}: {name} not reached in {state.within_s:g} s"
            raise DeviceError(f"{late}: expected {state.expect}; last seen: {seen}")
        device.clock.sleep_s(LOOK_EVERY_S)


def _holds(device: "Device", name: str, seen: Seen) -> bool:
    state = device.profile.states[name]
    return not state.always and _is_provable(device, state.expect) and seen.proves(state.expect)


def _is_provable(device: "Device", expect: Expect) -> bool:
    """Return whether somebody can tell at least one thing that is expected."""
    by_shell = expect.foreground is not None or expect.media is not None
    return (by_shell and device.any_shell() is not None) or (
        expect.signal is not None and device.signal is not None
    )
