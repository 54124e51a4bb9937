"""The registered devices: `devices/<id>.yaml`, one file each, read strictly."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from harness.config import Location, Mistakes, Strict, load, nearest
from harness.control.power import PowerProfile
from harness.errors import ConfigError, InputError

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
FOR_VIRTUAL = (
    "only a device with a `virtual:` section has URIs to be filled in: keep that section, "
    "or write where the device is, such as adb:192.168.1.7:5555"
)
MediaState = Literal["NONE", "STOPPED", "PAUSED", "PLAYING", "BUFFERING", "ERROR"]


def _inside(path: str) -> str:
    parts = Path(path).parts
    if not parts or Path(path).is_absolute() or ".." in parts:
        raise ValueError(f"{path!r} must be a path below the folder of the device's file")
    return path


Below = Annotated[str, AfterValidator(_inside)]
Seconds = Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)]


class ControlProfile(Strict):
    """One way of controlling the device: `adb:...`, `ir:...` or `none:`, and its key map."""

    uri: str
    keys: Below | None = None


class Step(Strict):
    """One step of a script: exactly one of the verbs. `{title}`, `{channel}` and `{app}` are filled in."""

    press: str | None = None
    """A key by its HDMI-CEC name."""
    digits: str | None = None
    """Number keys, one a digit."""
    text: str | None = None
    launch: str | None = None
    """An app by its id, where a control can start one (Roku)."""
    shell: tuple[str, ...] | None = None
    """A command on the device, word by word; each is quoted."""
    wait_s: Seconds | None = None
    via: str | None = None
    """Which control presses; by default the device's default control."""

    @model_validator(mode="after")
    def _one_verb(self) -> "Step":
        if len(self.model_fields_set - {"via"}) != 1:
            raise ValueError("a step is one of press, digits, text, launch, shell, wait_s")
        return self


class Expect(Strict):
    """The proof that a state is reached: all that is named must hold."""

    foreground: str | None = None
    """Package, or `package/.Activity`, of the app in front."""
    media: tuple[MediaState, ...] | None = None
    """What the app's media session may say."""
    signal: bool | None = None
    """Whether the HDMI signal is there; only asked when a capture can tell."""

    @model_validator(mode="after")
    def _something(self) -> "Expect":
        if not self.model_fields_set:
            raise ValueError(
                "expect at least one of foreground, media, signal: a state without proof is a guess"
            )
        return self

    def __str__(self) -> str:
        """Say it in words."""
        signal = {True: "signal present", False: "no signal", None: ""}[self.signal]
        front = f"{self.foreground} in front" if self.foreground else ""
        media = f"media {' or '.join(self.media)}" if self.media else ""
        return ", ".join(filter(None, (front, media, signal)))


class State(Strict):
    """A state, the script that reaches it, and its proof."""

    after: str | None = None
    """The state that the script begins in; it is reached first."""
    steps: tuple[Step, ...] = ()
    expect: Expect
    within_s: Seconds = 15.0
    always: bool = False
    """Run the script even if the proof holds already."""


class VirtualOptions(Strict):
    """How a virtual device is launched; its URIs hold `{adb}`, `{ir}` and `{hdmi}`."""

    mode: str = "720p50"
    clock_ppm: Annotated[float, Field(ge=-1000, le=1000)] = 0.0
    adb_auth: bool = False
    start_up_s: Annotated[float, Field(ge=0, le=60)] = 0.8


class Profile(Strict):
    """All that is known of one device under test."""

    name: Annotated[str, Field(min_length=1)]
    model: str = ""
    features: tuple[str, ...] = ()
    """What a plan may require: `vod`, `live`, `ir` ..."""
    controls: Annotated[dict[str, ControlProfile], Field(min_length=1)]
    default_control: str | None = None
    capture: str | None = None
    """URI of what captures the device's HDMI output."""
    power: PowerProfile | None = None
    """The mains switch that its power goes through."""
    app: str | None = None
    """Package of the app under test."""
    states: dict[str, State] = Field(default_factory=dict)
    play: tuple[Step, ...] = ()
    """Plays `{title}`; the last step is the one that asks for it."""
    live: tuple[Step, ...] = ()
    """Tunes to `{channel}`."""
    stop: tuple[Step, ...] = ()
    screens: dict[str, Below] = Field(default_factory=dict)
    """Known screens as PNG files, such as `home` and `error`."""
    virtual: VirtualOptions | None = None

    @model_validator(mode="after")
    def _named_things_exist(self) -> "Profile":
        wrong = [
            *_unknown(("default_control",), self.default_control, self.controls),
            *(
                mistake
                for name, state in self.states.items()
                for mistake in _unknown(("states", name, "after"), state.after, self.states)
            ),
            *(
                mistake
                for place, step in self.steps()
                for mistake in _unknown((*place, "via"), step.via, self.controls)
            ),
            *((place, FOR_VIRTUAL) for place, uri in self._uris() if not self.virtual and "{" in uri),
        ]
        if wrong:
            raise Mistakes(wrong)
        for name in self.states:
            self.path_to(name)
        return self

    def _uris(self) -> Iterator[tuple[Location, str]]:
        """Yield the URI of every control and of the capture, with its place in the file."""
        for name, control in self.controls.items():
            yield ("controls", name, "uri"), control.uri
        yield ("capture",), self.capture or ""

    def steps(self) -> Iterator[tuple[Location, Step]]:
        """Yield every step of every script, with its place in the file."""
        scripts: dict[Location, tuple[Step, ...]] = {
            ("play",): self.play,
            ("live",): self.live,
            ("stop",): self.stop,
        }
        scripts |= {("states", name, "steps"): state.steps for name, state in self.states.items()}
        for place, script in scripts.items():
            for number, step in enumerate(script):
                yield (*place, number), step

    @property
    def default(self) -> str:
        """Return the control that presses keys unless a plan says otherwise."""
        return self.default_control or next(iter(self.controls))

    def path_to(self, state: str) -> list[str]:
        """Return the states on the way to one, itself last; raises ValueError when they go in a circle."""
        path = [state]
        while (before := self.states[path[0]].after) is not None:
            if before in path:
                raise ValueError(f"the state {state!r} comes after itself: {' -> '.join([before, *path])}")
            path.insert(0, before)
        return path


@dataclass(frozen=True, slots=True)
class Registration:
    """A device's profile, with the id and the file it is registered under."""

    id: str
    path: Path
    profile: Profile

    def keymap(self, control: str) -> Path | None:
        """Return the key map of one of its controls."""
        keys = self.profile.controls[control].keys
        return self.path.parent / keys if keys else None

    def require_files(self) -> None:
        """Raise ConfigError when a key map or a picture of a screen is not there."""
        named = {f"the key map of control {name!r}": self.keymap(name) for name in self.profile.controls}
        named |= {f"the picture of screen {name!r}": path for name, path in self.screens().items()}
        for what, path in named.items():
            if path and not path.is_file():
                raise ConfigError(f"{self.path}: {what} is missing: {path}")

    def screens(self) -> dict[str, Path]:
        """Return the pictures of its known screens."""
        return {name: self.path.parent / path for name, path in self.profile.screens.items()}


def load_profile(path: Path) -> Registration:
    """Return the device at `path`; raises ConfigError with file, line and a hint."""
    if not ID.fullmatch(path.stem):
        raise ConfigError(f"{path}: a device's id has small letters, digits, `.`, `_` and `-` only")
    return Registration(path.stem, path, load(path, Profile))


def default_folders() -> list[Path]:
    """Return where devices are looked for: `devices/` here, then that of the harness."""
    return list(dict.fromkeys((Path.cwd() / "devices", Path(__file__).parents[2] / "devices")))


def known_ids(folders: Iterable[Path]) -> list[str]:
    """Return the ids of all devices that are registered in some folders."""
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})


def find_profile(device_id: str, folders: Sequence[Path]) -> Registration:
    """Return a device from the first folder that has it; raises InputError naming the nearest."""
    return load_profile(find_file(device_id, folders))


def find_file(device_id: str, folders: Sequence[Path]) -> Path:
    """Return the file of a device, which need not be valid; raises InputError naming the nearest."""
    known = known_ids(folders)
    if device_id not in known:
        raise InputError(
            f"no device {device_id!r}{nearest(device_id, known)}; known: {', '.join(known) or 'none'}"
            f" (add one with: harness devices add {_example(device_id)})"
        )
    return next(path for folder in folders if (path := folder / f"{device_id}.yaml").is_file())


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with each `{name}` replaced; raises InputError for a name without a value."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            raise InputError(f"{text!r}: nothing is known for {{{name}}}{nearest(name, list(values))}")
        return values[name]

    return re.sub(r"\{(\w+)\}", value, text)


def _unknown(
    place: Location, name: str | None, known: Mapping[str, object]
) -> Iterator[tuple[Location, str]]:
    if name is not None and name not in known:
        yield place, f"there is no {name!r}{nearest(name, list(known))}; known: {', '.join(known)}"


def _example(device_id: str) -> str:
    return device_id if ID.fullmatch(device_id) else "NAME"
