"""Opens every control of a device, and its capture, all at once, and says in words what answered in time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from harness.clock import Clock, MonotonicClock, seconds_to_ns
from harness.config import nearest, where
from harness.enrol.answers import say_capture, say_control
from harness.enrol.keymaps import pressable
from harness.enrol.launching import launched
from harness.enrol.side_by_side import side_by_side
from harness.errors import HarnessError
from harness.run.device import Device
from harness.run.lease import lease
from harness.run.opening import device_for, endpoints
from harness.run.registry import Registration

CHECK_S = 10.0
"""How long all devices together may take."""

LATE = "did not answer in time: is it on and plugged in? Unplug it, plug it in again, and check once more"
CLOSE_NS = seconds_to_ns(1.0)
"""What of that is kept for letting go of them."""

NO_CAPTURE = "none in the profile: the device can be driven, but not recorded"

Part = tuple[str, bool | None, str]
"""What was tried, whether it answered (None: there was nothing to try), and what it said."""


def check_devices(
    devices: Sequence[Registration], within_s: float = CHECK_S
) -> Iterator[tuple[Registration, list[Part]]]:
    """Check some devices side by side; yield each with its parts, all within `within_s` seconds."""
    clock = MonotonicClock()
    end_ns = clock.now_ns() + seconds_to_ns(within_s)
    told: dict[str, list[Part]] = {found.id: [] for found in devices}
    tasks = {
        found.id: (lambda found=found: _check(found, told[found.id], end_ns - CLOSE_NS, clock))
        for found in devices
    }
    answers = side_by_side(tasks, end_ns, clock)
    for found, (name, error) in zip(devices, answers, strict=True):
        yield found, told[name] or [("device", False, str(error or LATE))]


def _check(found: Registration, told: list[Part], end_ns: int, clock: Clock) -> str:
    """Open a device, and note what each part of it says; a virtual one is launched for it."""
    options = found.profile.virtual
    with ExitStack() as held:
        values = {}
        if options:
            values = endpoints(held.enter_context(launched(options, end_ns, clock)))
        else:
            held.enter_context(lease([found.id], 0.0))
        device = device_for(found, values)
        held.callback(device.close)
        parts: list[Part] = [("device", True, "a virtual one: launched for this check")] if options else []
        parts += [("keys", False, words) for words in wrong_keys(device)]
        parts += [_part(name, answer) for name, answer in side_by_side(_tasks(device), end_ns, clock)]
        told += parts if device.capture_uri else [*parts, ("capture", None, NO_CAPTURE)]
    return "checked"


def wrong_keys(device: Device) -> Iterator[str]:
    """Say which keys of the device's scripts the control that is to press them does not have."""
    found = device.registration
    for place, step in found.profile.steps():
        via = step.via or found.profile.default
        known = pressable(device.controls[via])
        if step.press and step.press not in known and "{" not in step.press:
            if found.keymap(via) is None and step.press.startswith("X_"):
                continue
            says = f"{via}: no key {step.press!r}{nearest(step.press, known)}"
            yield f"{where(found.path, (*place, 'press'))}: {'.'.join(map(str, place))}: {says}"


def _part(name: str, answer: str | HarnessError | None) -> Part:
    return name, isinstance(answer, str), LATE if answer is None else str(answer)


def _tasks(device: Device) -> dict[str, Callable[[], str]]:
    tasks: dict[str, Callable[[], str]] = {
        name: (lambda control=control: say_control(device, control))  # type: ignore[misc]
        for name, control in device.controls.items()
    }
    if device.power_switch:
        tasks["power"] = device.power_switch.says
    if device.capture_uri:
        tasks["capture"] = lambda: say_capture(device.capture_uri or "")
    return tasks
