"""From a registration to a device that answers: launch it if it is virtual, open its controls."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext

from harness.clock import Clock
from harness.control import open_control
from harness.control.power import PowerSwitch
from harness.impair.base import FaultSpec
from harness.run.device import Device
from harness.run.recovery import with_power
from harness.run.registry import Registration, filled
from harness.run.rig import Rig, rig_for
from harness.simulator.launch import VirtualDevice, launch


@contextmanager
def opened(
    registration: Registration,
    faults: Sequence[FaultSpec | str] = (),
    clock: Clock | None = None,
    rig: Rig | None = None,
) -> Iterator[Device]:
    """Yield a registered device with its controls open; a virtual one is launched, and ends with the block.

    `faults` come with every playback of a virtual device; `rig` names other ports than the profile. Raises
    InputError for an unusable profile, ControlLost when a control does not answer (a device with a power
    switch is given one cycle), RigError when the virtual device does not get ready.
    """
    registration.require_files()
    options = registration.profile.virtual
    launched = launch(faults=faults, **options.model_dump()) if options else nullcontext(None)
    with launched as virtual:
        device = device_for(registration, endpoints(virtual) if virtual else {}, clock, rig)
        try:
            with_power(device, device.open)
            yield device
        finally:
            device.close()


def endpoints(virtual: VirtualDevice) -> dict[str, str]:
    """Return what the placeholders of a virtual device's URIs stand for."""
    return {"adb": virtual.adb, "ir": virtual.ir, "hdmi": virtual.hdmi}


def device_for(
    registration: Registration,
    values: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    rig: Rig | None = None,
) -> Device:
    """Return a registered device, its controls not open yet.

    `values` fill the placeholders of a virtual device's URIs. Raises InputError.
    """
    known = values or {}
    rig = rig or rig_for(registration.id, registration.profile, None, ())
    controls = {
        name: open_control(filled(uri, known), registration.keymap(name), clock)
        for name, uri in rig.controls.items()
    }
    capture = filled(rig.capture, known) if rig.capture else None
    power = PowerSwitch(rig.power, clock) if rig.power else None
    return Device(registration, controls, capture, clock, power)
