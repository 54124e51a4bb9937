"""A device that answers no more gets its power cycled, once, and everybody is told."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from harness.clock import NS_PER_S
from harness.control.protocol import Asks
from harness.errors import ControlLost, DeviceError

if TYPE_CHECKING:
    from harness.run.device import Device

LOOK_EVERY_S = 1.0

Result = TypeVar("Result")


def with_power(device: "Device", act: Callable[[], Result]) -> Result:
    """Do `act`; if the device is lost meanwhile and has a power switch, cycle it and do `act` once more.

    A blaster that is lost is no reason: power is cycled only when the device itself answers nobody. The
    mark `power_cycled` and a note say that it happened. Raises what `act` raises, and ControlLost when the
    device does not come back in the time its profile gives it.
    """
    try:
        return act()
    except ControlLost as lost:
        if device.power_switch is None or not _is_silent(device):
            raise
        _power_back(device, lost)
    return act()


def _is_silent(device: "Device") -> bool:
    """Return whether nobody who can ask the device gets an answer."""
    asking = [control for control in device.controls.values() if isinstance(control, Asks)]
    return bool(asking) and not any(_answers(control) for control in asking)


def _answers(control: Asks) -> bool:
    try:
        control.ask()
    except ControlLost:
        return False
    except DeviceError:
        return True
    return True


def _power_back(device: "Device", lost: ControlLost) -> None:
    switch = device.power_switch
    if switch is None:
        return
    boot_s = switch.profile.boot_s
    try:
        switch.cycle()
    except ControlLost as error:
        raise ControlLost(f"{lost}; and its power could not be cycled: {error}") from lost
    device.note("power_cycled", f"the device did not answer, so its power was cycled: {lost}")
    end_ns = device.clock.now_ns() + round(boot_s * NS_PER_S)
    while True:
        try:
            device.open()
            device.ask()
            return
        except (ControlLost, DeviceError) as error:
            if device.clock.now_ns() >= end_ns:
                late = f"{device.id}: does not answer {boot_s:g} s after its power was cycled"
                raise ControlLost(f"{late}: {error}") from lost
        device.clock.sleep_s(LOOK_EVERY_S)
