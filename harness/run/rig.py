"""The rig: what a device is captured and controlled with here, `devices/rigs/<id>.yaml`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from harness.config import Strict, load, nearest
from harness.control.power import PowerProfile
from harness.errors import InputError
from harness.ports import without_password
from harness.record import RigRecord
from harness.run.registry import ID, Profile


class RigFile(Strict):
    """Ports of this machine. What it names replaces what the device's own profile says."""

    name: str
    capture: str | None = None
    """URI of what captures the HDMI output."""
    controls: dict[str, str] = Field(default_factory=dict)
    """URI of each control that is reached otherwise here, by the name the profile gives it."""
    power: PowerProfile | None = None
    """The mains switch that the device's power goes through here."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rig:
    """What we test with: where the picture comes from, where the keys go."""

    id: str
    name: str
    capture: str | None
    controls: dict[str, str] = field(default_factory=dict)
    """The URI of each control by its name; a virtual device's has places to be filled in."""
    note: str = ""
    power: PowerProfile | None = None

    def record(self) -> RigRecord:
        """Return the rig as a run's record holds it."""
        power = [f"power ({self.power.kind})"] if self.power else []
        return RigRecord(
            id=self.id,
            name=self.name,
            capture=_scheme(self.capture) if self.capture else "none",
            control=", ".join([f"{name} ({_scheme(uri)})" for name, uri in self.controls.items()] + power),
            note=self.note,
        )


def rig_for(device: str, profile: Profile, name: str | None, folders: Sequence[Path]) -> Rig:
    """Return the rig of a device: the named one, else the ports in the device's own profile.

    Raises InputError for a rig that is not registered, or a control that the device does not have.
    """
    controls = {control: found.uri for control, found in profile.controls.items()}
    if name is None:
        what = "virtual rig" if profile.virtual else f"ports of {device}"
        return Rig(f"{device}-ports", what, profile.capture, controls, power=profile.power)
    found = _find(name, folders)
    for control in found.controls:
        if control not in controls:
            raise InputError(
                f"rig {name!r}: {device} has no control {control!r}{nearest(control, list(controls))}"
            )
    return Rig(
        name,
        found.name,
        found.capture or profile.capture,
        controls | found.controls,
        found.note,
        found.power or profile.power,
    )


def _find(name: str, folders: Sequence[Path]) -> RigFile:
    paths = {path.stem: path for folder in reversed(folders) for path in (folder / "rigs").glob("*.yaml")}
    if name not in paths or not ID.fullmatch(name):
        known = ", ".join(sorted(paths)) or "none"
        raise InputError(f"no rig {name!r}{nearest(name, list(paths))} in devices/rigs; known: {known}")
    return load(paths[name], RigFile)


def _scheme(uri: str) -> str:
    """Return a URI without its password, and without a place that holds for one run of a virtual device."""
    scheme, _, place = uri.partition(":")
    return scheme if "{" in place else without_password(uri)
