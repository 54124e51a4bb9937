"""What the virtual device's sockets (ADB, infrared) may ask of the device behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.impair.base import FaultSpec


@dataclass(frozen=True, slots=True)
class MediaSession:
    """What `dumpsys media_session` tells: Android's playback state, title and position."""

    package: str
    state: str
    """One of NONE, STOPPED, PAUSED, PLAYING, BUFFERING, ERROR."""
    title: str
    position_ms: int


class DeviceApi(Protocol):
    """The device as its sockets see it. Every method is safe to call from any thread."""

    properties: Mapping[str, str]
    """What `getprop` prints."""

    def key(self, key: str, t_ns: int) -> None:
        """Take a key by its HDMI-CEC name (`SELECT`, `UP`, `POWER`), pressed at `t_ns`."""

    def text(self, text: str) -> None:
        """Type text into the focused field."""

    def start_app(self, component: str | None, data: str | None, extras: Mapping[str, str]) -> None:
        """Bring an app forward (`package/.Activity`), with a data URI such as `harness://title/x`.

        Raises LookupError when there is no such app or title.
        """

    def stop_app(self, package: str) -> None:
        """Force-stop an app; home comes forward if it was in front."""

    def foreground(self) -> str:
        """Return `package/.Activity` of what is on the screen."""

    def media_session(self) -> MediaSession:
        """Return the state of the player."""

    def screenshot_png(self) -> bytes:
        """Return what is on the screen as a PNG."""

    def log(self) -> Sequence[str]:
        """Return the device's log so far, in `logcat -v threadtime` lines."""

    def reboot(self) -> None:
        """Go away (ADB, signal), and come back at the home screen."""

    def plant(self, spec: FaultSpec) -> None:
        """Plant a fault. Raises InputError for an unknown one, naming the nearest."""

    def clear_faults(self) -> None:
        """Remove every fault that has been planted."""

    def planted(self) -> Sequence[Mapping[str, object]]:
        """Return what was planted: defect, spec, and the `start_ns`, `end_ns` seen on the HDMI output."""
