"""A mains switch on the network: turns a device's power off and on. Shelly, Tasmota, or any by two paths."""

import json
import os
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple
from urllib.parse import quote

from pydantic import AfterValidator, Field, SecretStr, model_validator

from harness.clock import Clock, MonotonicClock
from harness.config import Strict
from harness.control.faults import Refused, told
from harness.control.web import Site
from harness.errors import ConfigError

REFUSED = "it refuses the password; correct `user` and `password_env` in the device's `power:`"
Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Kind = Literal["shelly1", "shelly2", "tasmota", "http"]


def _address(url: str) -> str:
    Site(url)
    return url.rstrip("/")


def _path(path: str) -> str:
    if not path.startswith("/") or not path.isascii() or not path.isprintable() or " " in path:
        raise ValueError(f"{path!r} is not a path such as /relay/0?turn=on")
    return path


Path = Annotated[str, AfterValidator(_path)]


class PowerProfile(Strict):
    """The switch that a device's power goes through: `power:` in a device's or a rig's file."""

    kind: Kind
    url: Annotated[str, AfterValidator(_address)]
    """`http://HOST` or `https://HOST`."""
    outlet: Annotated[int, Field(ge=0, le=31)] = 0
    """Which of its outlets, counted from 0."""
    user: str = ""
    password: SecretStr = SecretStr("")
    password_env: str = ""
    """Environment variable that holds the password: then it is in no file."""
    on_path: Path | None = None
    off_path: Path | None = None
    """Paths, for the kind `http` only; any status 2xx counts as done."""
    method: Literal["GET", "POST", "PUT"] = "GET"
    off_s: Seconds = 10.0
    """How long the power stays off in a cycle."""
    boot_s: Seconds = 180.0
    """How long the device may take until it answers again."""

    @model_validator(mode="after")
    def _paths_of_http(self) -> "PowerProfile":
        has = self.on_path is not None and self.off_path is not None
        if (self.kind == "http") != has or (self.kind != "http" and (self.on_path or self.off_path)):
            raise ValueError("kind `http` needs `on_path` and `off_path`, the other kinds have neither")
        return self


class _Way(NamedTuple):
    """How a kind of switch is asked, and whether its answer says that it did."""

    path: Callable[[PowerProfile, bool, str], str]
    done: Callable[[str, bool], bool]


class PowerSwitch:
    """One outlet. Every method raises ControlLost, in one line and without the password."""

    def __init__(self, profile: PowerProfile, clock: Clock | None = None) -> None:
        self.profile = profile
        self._clock = clock or MonotonicClock()
        self._password = _password(profile)
        self._site = Site(profile.url, profile.user or "admin", self._password)

    def on(self) -> None:
        """Turn the power on."""
        self._turn(True)

    def off(self) -> None:
        """Turn the power off."""
        self._turn(False)

    def cycle(self) -> None:
        """Turn the power off, wait, and turn it on again."""
        self.off()
        try:
            self._clock.sleep_s(self.profile.off_s)
        finally:
            self.on()

    def _turn(self, on: bool) -> None:
        way = WAYS[self.profile.kind]
        with told(f"power switch {self.profile.url}", lambda: None):
            reply = self._site.ask(way.path(self.profile, on, self._password), self.profile.method)
            if reply.status in (401, 403):
                raise Refused(REFUSED)
            if not 200 <= reply.status < 300:
                raise Refused(f"it answers with HTTP status {reply.status}; is it a {self.profile.kind}?")
            if not way.done(reply.text, on):
                wanted = "on" if on else "off"
                raise Refused(
                    f"outlet {self.profile.outlet} did not turn {wanted}; is it a {self.profile.kind}?"
                )


def _password(profile: PowerProfile) -> str:
    if not profile.password_env:
        return profile.password.get_secret_value()
    if profile.password_env not in os.environ:
        raise ConfigError(
            f"power: the environment variable {profile.password_env} with the password is not set"
        )
    return os.environ[profile.password_env]


def _shelly1_path(profile: PowerProfile, on: bool, _: str) -> str:
    return f"/relay/{profile.outlet}?turn={'on' if on else 'off'}"


def _shelly2_path(profile: PowerProfile, on: bool, _: str) -> str:
    return f"/rpc/Switch.Set?id={profile.outlet}&on={'true' if on else 'false'}"


def _tasmota_path(profile: PowerProfile, on: bool, password: str) -> str:
    who = (
        f"user={quote(profile.user or 'admin', safe='')}&password={quote(password, safe='')}&"
        if password
        else ""
    )
    return f"/cm?{who}cmnd=Power{profile.outlet + 1}%20{'On' if on else 'Off'}"


def _http_path(profile: PowerProfile, on: bool, _: str) -> str:
    return (profile.on_path if on else profile.off_path) or "/"


def _tasmota_done(text: str, on: bool) -> bool:
    return any(name.startswith("POWER") and value == ("ON" if on else "OFF") for name, value in _fields(text))


def _fields(text: str) -> list[tuple[str, object]]:
    """Return the fields of a JSON object; none of anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return list(found.items()) if isinstance(found, dict) else []


WAYS = {
    "shelly1": _Way(_shelly1_path, lambda text, on: ("ison", on) in _fields(text)),
    "shelly2": _Way(_shelly2_path, lambda text, _: "was_on" in dict(_fields(text))),
    "tasmota": _Way(_tasmota_path, _tasmota_done),
    "http": _Way(_http_path, lambda *_: True),
}
"""Sources: Shelly's API documentation (Gen1 `/relay`, Gen2 `Switch.Set`), Tasmota's `Commands` (`/cm`)."""
