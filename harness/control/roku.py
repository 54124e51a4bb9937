"""Roku players and TVs by their External Control Protocol, HTTP on port 8060: `roku:192.168.1.5`.

Source: Roku's developer documentation, "External Control Protocol (ECP)".
"""

import http.client
import re
from contextlib import AbstractContextManager
from html import unescape
from urllib.parse import quote

from harness.clock import Clock, MonotonicClock
from harness.control.faults import Refused, told
from harness.control.keymap import known_key
from harness.control.uri import Wanted, host_and_port
from harness.control.web import Reply, Site
from harness.errors import DeviceError, PlanError
from harness.timeline import Press

PORT = 8060
ROKU_KEYS = {
    "SELECT": "Select",
    "UP": "Up",
    "DOWN": "Down",
    "LEFT": "Left",
    "RIGHT": "Right",
    "HOME": "Home",
    "BACK": "Back",
    "MENU": "Info",
    "INFO": "Info",
    "ENTER": "Enter",
    "CLEAR": "Backspace",
    "PLAY": "Play",
    "PAUSE": "Play",
    "PLAY_PAUSE": "Play",
    "REWIND": "Rev",
    "FAST_FORWARD": "Fwd",
    "SKIP_BACKWARD": "InstantReplay",
    "POWER": "Power",
    "SLEEP": "PowerOff",
    "WAKEUP": "PowerOn",
    "VOLUME_UP": "VolumeUp",
    "VOLUME_DOWN": "VolumeDown",
    "MUTE": "VolumeMute",
    "CHANNEL_UP": "ChannelUp",
    "CHANNEL_DOWN": "ChannelDown",
    **{f"NUMBER_{digit}": f"Lit_{digit}" for digit in range(10)},
    "X_SEARCH": "Search",
    "X_FIND_REMOTE": "FindRemote",
    "X_HDMI_1": "InputHDMI1",
    "X_HDMI_2": "InputHDMI2",
    "X_HDMI_3": "InputHDMI3",
    "X_HDMI_4": "InputHDMI4",
    "X_TUNER": "InputTuner",
}
"""What each key is called there; Roku has one key for play and pause."""

FORBIDDEN = (
    "it refuses control from the network; on the Roku set Settings > System > Advanced system settings >"
    " Control by mobile apps > Network access to Enabled"
)
FIELD = r"<{0}>([^<]*)</{0}>"


def make(wanted: Wanted) -> "RokuControl":
    """Return the control of `roku:HOST[:PORT]`; it needs no key map."""
    address, _ = wanted.parts()
    try:
        host, port = host_and_port(address, PORT)
    except ValueError as error:
        raise wanted.wrong(str(error)) from None
    return RokuControl(host, port, wanted.clock)


class RokuControl:
    """Presses keys, types and starts apps on one Roku."""

    name = "roku"
    what = "Roku"
    keys = ROKU_KEYS

    def __init__(self, host: str, port: int = PORT, clock: Clock | None = None) -> None:
        self.address = f"{host}:{port}"
        self._site = Site(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
        self._clock = clock or MonotonicClock()
        self._info: dict[str, str] | None = None

    def open(self) -> None:
        """See that a Roku answers; idempotent. Raises ControlLost."""
        if self._info is None:
            with self._told():
                text = self._ask("/query/device-info", "GET").text
                if "<device-info>" not in text:
                    raise Refused("what answers there is not a Roku; correct the URI")
                self._info = {name: _field(text, name) for name in ("model-name", "friendly-device-name")}

    def press(self, key: str, *, hold_s: float = 0.0) -> Press:
        """Press a key, for `hold_s` seconds; raises PlanError for one Roku does not have, ControlLost."""
        name = ROKU_KEYS[known_key(key, list(ROKU_KEYS), "roku")]
        self.open()
        with self._told():
            start_ns = self._clock.now_ns()
            if hold_s > 0:
                self._ask(f"/keydown/{name}")
                try:
                    self._clock.sleep_s(hold_s)
                finally:
                    self._ask(f"/keyup/{name}")
            else:
                self._ask(f"/keypress/{name}")
            return Press(key, start_ns, self._clock.now_ns(), self.name)

    def text(self, text: str) -> None:
        """Type into the focused field, letter by letter; raises ControlLost."""
        self.open()
        with self._told():
            for letter in text:
                self._ask(f"/keypress/Lit_{quote(letter, safe='')}")

    def launch(self, app: str) -> None:
        """Start an app by its id, such as 12; raises PlanError for no id, DeviceError, ControlLost."""
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", app):
            raise PlanError(
                f"roku: {app!r} is not an app's id such as 12; see http://{self.address}/query/apps"
            )
        self.open()
        with self._told():
            reply = self._ask(f"/launch/{app}", missing=True)
        if reply.status == http.client.NOT_FOUND:
            raise DeviceError(
                f"roku {self.address}: it has no app {app}; see http://{self.address}/query/apps"
            )

    def ask(self) -> None:
        """See that the device still answers; raises ControlLost."""
        self._info = None
        self.open()

    def version(self) -> str:
        """Return its model and the name that its owner gave it; raises ControlLost."""
        self.open()
        return " ".join(filter(None, (self._info or {}).values()))

    def power_status(self) -> str:
        """Return `PowerOn`, `Ready` (off), `DisplayOff` ...; raises ControlLost."""
        with self._told():
            return _field(self._ask("/query/device-info", "GET").text, "power-mode")

    def close(self) -> None:
        """Forget the device; idempotent, never raises."""
        self._info = None

    def _ask(self, path: str, method: str = "POST", *, missing: bool = False) -> Reply:
        """Make one request; raises Refused when it is not taken. `missing` lets status 404 pass."""
        reply = self._site.ask(path, method)
        if reply.status == http.client.FORBIDDEN:
            raise Refused(FORBIDDEN)
        if reply.status == http.client.NOT_FOUND and missing:
            return reply
        if reply.status >= http.client.MULTIPLE_CHOICES:
            raise Refused(f"it answers with HTTP status {reply.status}; is this a Roku?")
        return reply

    def _told(self) -> AbstractContextManager[None]:
        return told(f"roku {self.address}", self.close)


def _field(text: str, name: str) -> str:
    """Return one field of the device's own XML, without trusting it to a parser."""
    found = re.search(FIELD.format(re.escape(name)), text)
    return unescape(found[1])[:100] if found else ""
