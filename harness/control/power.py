"""A mains switch on the network: turns a device's power off and on. Shelly, Tasmota, or any by two paths."""

import os
from contextlib import AbstractContextManager
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import AfterValidator, Field, SecretStr, model_validator

from harness.clock import Clock, MonotonicClock
from harness.config import Strict
from harness.control.faults import Refused, told
from harness.control.switches import KINDS
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

    def state(self) -> bool | None:
        """Return whether the power is on; None for the kind `http`, which cannot be asked."""
        kind = KINDS.get(self.profile.kind)
        if kind is None:
            return None
        with self._told():
            is_on = kind.is_on(self._ask(kind.look(self.profile.outlet)))
            if is_on is None:
                raise Refused(f"it does not say whether outlet {self.profile.outlet} is on{self._doubt()}")
            return is_on

    def says(self) -> str:
        """Return in words whether the power is on; nothing is turned."""
        state = {True: "on", False: "off", None: "not asked: this kind can only be turned"}[self.state()]
        return f"{self.profile.kind} at {self.profile.url}, outlet {self.profile.outlet}: {state}"

    def _turn(self, on: bool) -> None:
        """Turn the power, and see that it did."""
        kind, profile = KINDS.get(self.profile.kind), self.profile
        own = (profile.on_path if on else profile.off_path) or "/"
        with self._told():
            self._ask(kind.turn(profile.outlet, on) if kind else own, profile.method)
            if self.state() not in (on, None):
                raise Refused(f"outlet {profile.outlet} did not turn {'on' if on else 'off'}{self._doubt()}")

    def _ask(self, path: str, method: str = "GET") -> str:
        """Make one request; raises Refused when it is not taken."""
        if self.profile.kind == "tasmota" and self._password:
            # Tasmota takes the login as fields of the query.
            user, password = quote(self.profile.user or "admin", safe=""), quote(self._password, safe="")
            path = path.replace("?", f"?user={user}&password={password}&", 1)
        reply = self._site.ask(path, method)
        if reply.status in (401, 403):
            raise Refused(REFUSED)
        if not 200 <= reply.status < 300:
            raise Refused(f"it answers with HTTP status {reply.status}{self._doubt()}")
        return reply.text

    def _told(self) -> AbstractContextManager[None]:
        return told(f"power switch {self.profile.url}", lambda: None)

    def _doubt(self) -> str:
        return f"; is it a {self.profile.kind}, and are user and password right?"


def _password(profile: PowerProfile) -> str:
    if not profile.password_env:
        return profile.password.get_secret_value()
    if profile.password_env not in os.environ:
        raise ConfigError(
            f"power: the environment variable {profile.password_env} with the password is not set"
        )
    return os.environ[profile.password_env]
