"""The virtual set-top box: power, screens, apps. Sockets ask it, the tick loop draws it."""

import io
import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

from harness.clock import Clock, MonotonicClock, seconds_to_ns
from harness.config import nearest
from harness.errors import InputError
from harness.impair.base import FaultSpec, Picture
from harness.media import VideoFormat
from harness.simulator.api import MediaSession
from harness.simulator.faults import FaultBoard
from harness.simulator.inbox import Action, Inbox
from harness.simulator.journal import Journal
from harness.simulator.launcher import HOME, PLAYER, SETTINGS, component_of, title_of
from harness.simulator.modes import MODES
from harness.simulator.properties import PROPERTIES
from harness.simulator.screen.canvas import to_image
from harness.simulator.screen.catalogue import CatalogueScreen
from harness.simulator.screen.dialog import DialogScreen
from harness.simulator.screen.home import HomeScreen
from harness.simulator.screen.player import PlayerScreen
from harness.simulator.screen.screen import Preferences, Screen, Shown, Tick
from harness.simulator.screen.settings import SettingsScreen
from harness.simulator.titles.library import Library
from harness.simulator.titles.title import Title

SWITCHING_NS: Final = seconds_to_ns(0.5)
"""How long the signal is away when the mode changes."""
PATIENCE_S: Final = 10.0


class Link(Protocol):
    """What reaches the device besides HDMI and infrared: its ADB daemon."""

    def go_away(self, seconds: float | None = None) -> None:
        """Drop every connection for some seconds, or for good (None)."""


class VirtualStb:
    """Implements `harness.simulator.api.DeviceApi`. State belongs to the thread that ticks.

    Parameters
    ----------
    library : its titles
    mode : a name in `MODES`
    preferences : what a user may set, and how long things take
    faults : what is planted
    clock : the host's monotonic clock

    """

    properties: Mapping[str, str] = MappingProxyType(PROPERTIES)

    def __init__(
        self,
        library: Library,
        mode: str = "720p50",
        preferences: Preferences | None = None,
        faults: FaultBoard | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.library = library
        self.mode = checked_mode(mode)
        self.preferences = preferences or Preferences()
        self.faults = faults or FaultBoard()
        self.adb: Link | None = None
        self.ticking = False
        self._clock = clock or MonotonicClock()
        self._inbox = Inbox()
        self._journal = Journal()
        self._now_ns = 0
        self._dark_until_ns = 0
        self._awake = True
        self._screen: Screen = HomeScreen(self)
        self._last: Picture | None = None
        self.note("I", "SystemServer", f"boot completed, output {self.mode}")

    # --- asked by the sockets ---

    def key(self, key: str, t_ns: int) -> None:
        """Take a key by its HDMI-CEC name, pressed at `t_ns`."""
        self._inbox.post(t_ns, lambda: self._key(key))

    def text(self, text: str) -> None:
        """Take typed text; no screen has a field, so it is only noted."""
        self.note("I", "InputMethod", f"{len(text)} characters without a field in focus")

    def start_app(self, component: str | None, data: str | None, extras: Mapping[str, str]) -> None:
        """Bring an app forward; raises LookupError when there is no such app or title."""
        app = component_of(component, data)
        found = title_of(self.library, data)
        mode = checked_mode(extras["mode"], LookupError) if "mode" in extras else None
        self._ask(lambda: self._start(app, found, mode))

    def stop_app(self, package: str) -> None:
        """Force-stop an app; home comes forward if it was in front."""
        self._ask(lambda: self._stop(package))

    def foreground(self) -> str:
        """Return `package/.Activity` of what is on the screen."""
        return self._screen.component

    def media_session(self) -> MediaSession:
        """Return the state of the player."""
        return self._screen.session()

    def screenshot_png(self) -> bytes:
        """Return the last frame as a PNG; in stand-by, the screen as it would be drawn, black."""
        picture = self._last
        image = (
            to_image(picture) if picture else to_image(HomeScreen(self).picture(1280, 720)).point(lambda _: 0)
        )
        file = io.BytesIO()
        image.save(file, "PNG")
        return file.getvalue()

    def log(self) -> Sequence[str]:
        """Return the device's log so far."""
        return self._journal.lines()

    def reboot(self) -> None:
        """Go away, and come back at the home screen."""
        self._inbox.post(self._clock.now_ns(), self._reboot)

    def plant(self, spec: FaultSpec) -> None:
        """Plant a fault; raises InputError for an unknown one, naming the nearest."""
        self.faults.plant(spec)
        self.note("I", "FaultBoard", f"planted {spec}")

    def clear_faults(self) -> None:
        """Remove every fault that has been planted."""
        self.faults.clear()

    def planted(self) -> Sequence[Mapping[str, object]]:
        """Return what was planted and when it was seen on the wire."""
        return self.faults.planted()

    # --- asked by the tick loop ---

    def apply(self, t_ns: int) -> VideoFormat | None:
        """Apply what was asked by `t_ns`; return the mode of the tick at `t_ns`, None without signal."""
        self._now_ns = t_ns
        self._inbox.apply(t_ns)
        if self._awake and t_ns >= self._dark_until_ns:
            return MODES[self.mode]
        self._last = None
        return None

    def draw(self, tick: Tick) -> Shown:
        """Return what goes on the wire with a tick."""
        shown = self._screen.tick(tick)
        self._last = shown.picture
        return shown

    # --- asked by the screens (`Stage`) ---

    def home(self) -> None:
        """Go to the home screen."""
        self._show(HomeScreen(self))

    def catalogue(self, focus: str | None = None) -> None:
        """Open the catalogue, with the focus on a title."""
        self._show(CatalogueScreen(self, focus))

    def settings(self) -> None:
        """Open the settings."""
        self._show(SettingsScreen(self))

    def play(self, title: Title, channel: int | None = None) -> None:
        """Open the player."""
        self._show(PlayerScreen(self, title, channel))

    def fail(self, code: str, words: str, title: str) -> None:
        """Show the error dialog."""
        self._show(DialogScreen(self, code, words, title))

    def crashed(self, tick: Tick) -> Shown:
        """Go home within a tick, because the app died."""
        self.home()
        return self._screen.tick(tick)

    def set_mode(self, mode: str) -> None:
        """Switch the output: the signal goes, and comes back in the new mode."""
        if mode != self.mode:
            self.mode = checked_mode(mode)
            self._dark_until_ns = self._now_ns + SWITCHING_NS
            self.note("I", "HdmiControl", f"output {mode}")

    def sleep(self) -> None:
        """Go to stand-by; the app in front is closed."""
        if self._awake:
            self.home()
            self._awake = False
            self.note("I", "PowerManager", "going to sleep")

    def wake(self) -> None:
        """Come out of stand-by, at home."""
        if not self._awake:
            self._awake = True
            self.note("I", "PowerManager", "waking up")

    def lose_adb(self, seconds: float) -> None:
        """Drop ADB for some seconds; infinite for good."""
        away_s = None if seconds == float("inf") else seconds
        self.note("W", "adbd", "connection lost")
        if self.adb is None:
            return
        # In a thread: a connection that is being dropped may itself wait for the next tick.
        threading.Thread(target=self.adb.go_away, args=(away_s,), name="adb-away", daemon=True).start()

    def note(self, level: str, tag: str, message: str) -> None:
        """Write a line into the device's log."""
        self._journal.note(level, tag, message)

    def close(self) -> None:
        """Let go of what the screen in front holds."""
        self._screen.leave(self._now_ns)

    # --- inside ---

    def _ask(self, action: Action) -> None:
        applied = self._inbox.post(self._clock.now_ns(), action)
        if self.ticking:
            applied.wait(PATIENCE_S)

    def _show(self, screen: Screen) -> None:
        self._screen.leave(self._now_ns)
        self._screen = screen
        self.note("I", "ActivityTaskManager", f"Displayed {screen.component}")

    def _key(self, key: str) -> None:
        self.note("I", "InputDispatcher", f"key {key}")
        if key in ("POWER", "SLEEP", "WAKEUP"):
            self._power(key)
        elif self._awake and self._now_ns >= self._dark_until_ns:
            if key == "HOME" and not isinstance(self._screen, HomeScreen):
                self.home()
            else:
                self._screen.key(key)

    def _power(self, key: str) -> None:
        if key == "SLEEP" or (key == "POWER" and self._awake):
            self.sleep()
        else:
            self.wake()

    def _start(self, app: str, found: tuple[Title, int | None] | None, mode: str | None) -> None:
        self.note("I", "ActivityTaskManager", f"START u0 {{cmp={app}}}")
        self.wake()
        if mode:
            self.set_mode(mode)
        if app == HOME:
            self.home()
        elif app == SETTINGS:
            self.settings()
        elif found and app == PLAYER:
            self.play(*found)
        else:
            self.catalogue()

    def _stop(self, package: str) -> None:
        self.note("I", "ActivityManager", f"Force stopping {package}")
        if self._screen.component.partition("/")[0] == package:
            self.home()

    def _reboot(self) -> None:
        self.home()
        self._awake = True
        self._dark_until_ns = self._now_ns + seconds_to_ns(self.preferences.boot_s)
        self.note("I", "SystemServer", "rebooting")
        self.lose_adb(self.preferences.boot_s)


def checked_mode(mode: str, error: type[Exception] = InputError) -> str:
    """Return a mode that exists; raises `error`, naming the nearest."""
    if mode not in MODES:
        raise error(f"there is no mode {mode!r}{nearest(mode, list(MODES))}; known: {', '.join(MODES)}")
    return mode
