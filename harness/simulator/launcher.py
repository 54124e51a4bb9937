"""Which app an `am start` means, and which title its data names."""

from typing import Final
from urllib.parse import unquote

from harness.config import nearest
from harness.simulator.titles.library import Library
from harness.simulator.titles.title import Title

HOME: Final = "org.captureharness.home/.Home"
PLAYER: Final = "org.captureharness.player/.Player"
SETTINGS: Final = "org.captureharness.settings/.Settings"
APPS: Final = (HOME, PLAYER, SETTINGS)
TITLE_URI, LIVE_URI = "harness://title/", "harness://live/"


def component_of(component: str | None, data: str | None) -> str:
    """Return the app that is meant: the one named, or the one that opens the data. Raises LookupError."""
    if component is None:
        if data is None:
            raise LookupError("name an app (-n package/.Activity) or data (-d harness://title/...)")
        return PLAYER
    package, _, activity = component.partition("/")
    full = f"{package}/{activity.removeprefix(package)}" if activity else package
    for app in APPS:
        if full in (app, app.partition("/")[0]):
            return app
    raise LookupError(f"there is no app {component!r}{nearest(component, list(APPS))}")


def title_of(library: Library, data: str | None) -> tuple[Title, int | None] | None:
    """Return the title that data names, and its live channel if it is one. Raises LookupError."""
    if not data:
        return None
    if data.startswith(TITLE_URI):
        name = data.removeprefix(TITLE_URI)
        return library.title(name if name in library.titles else unquote(name)), None
    number = data.removeprefix(LIVE_URI)
    if data.startswith(LIVE_URI) and number.isascii() and number.isdigit() and 0 < int(number) < 1000:
        return library.channel(int(number)), int(number)
    raise LookupError(f"cannot open {data!r}; write {TITLE_URI}<name> or {LIVE_URI}<number>")
