"""What a profile's script does, step by step."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness.errors import DeviceError
from harness.run.registry import Step, filled

if TYPE_CHECKING:
    from harness.run.device import Device


def run_steps(device: "Device", steps: Sequence[Step], values: Mapping[str, str] | None = None) -> None:
    """Do every step; `values` fill `{title}` and the like. Raises PlanError, ControlLost, DeviceError."""
    known = {"app": device.profile.app or "", **(values or {})}
    for step in steps:
        _do(device, step, known)


def _do(device: "Device", step: Step, values: Mapping[str, str]) -> None:
    if step.press is not None:
        device.press(filled(step.press, values), step.via)
    elif step.digits is not None:
        for digit in filled(step.digits, values):
            device.press(f"NUMBER_{digit}", step.via)
    elif step.text is not None:
        device.text(filled(step.text, values))
    elif step.launch is not None:
        device.launch(filled(step.launch, values))
    elif step.shell is not None:
        _command(device, [filled(word, values) for word in step.shell])
    elif step.wait_s is not None:
        device.wait_s(step.wait_s)


def _command(device: "Device", argv: Sequence[str]) -> None:
    """Run a command; `am start` says what went wrong, but ends with status 0 on some devices."""
    result = device.shell(argv)
    said = f"{result.stdout}\n{result.stderr}".strip()
    if result.status or any(line.startswith("Error") for line in said.splitlines()):
        raise DeviceError(f"{device.id}: `{' '.join(argv)}` failed: {' '.join(said.split())}")
