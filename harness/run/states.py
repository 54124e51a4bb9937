"""What can be seen of a device from outside: the app in front, its media session, the HDMI signal."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.control.protocol import Shell
from harness.run.registry import Expect

RESUMED = re.compile(
    r"\b(?:topResumedActivity|m?ResumedActivity)[:=]\s*ActivityRecord\{\S+ \S+ ([^\s}]+/[^\s}]+)"
)
FOCUS = re.compile(r"\bmCurrentFocus=Window\{\S+ \S+ ([^\s}]+/[^\s}]+)")
PACKAGE = re.compile(r"^\s*package=(\S+)$")
PLAYBACK = re.compile(r"^\s*state=PlaybackState \{\s*state=(?:[A-Z_]+\()?(\d+)")
TITLE = re.compile(r"\bmetadata:.*?description=(.*?)(?:, null)*$")

MEDIA_STATES = {0: "NONE", 1: "STOPPED", 2: "PAUSED", 3: "PLAYING", 6: "BUFFERING", 7: "ERROR"}
"""Android's `PlaybackState` numbers; the others (seeking, connecting) count as BUFFERING."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a device at one moment; None is what nobody could tell."""

    foreground: str | None = None
    media: str | None = None
    title: str = ""
    signal: bool | None = None

    def proves(self, expect: Expect) -> bool:
        """Return whether all that is expected was seen; what nobody could tell is not held against it."""
        return (
            (expect.foreground is None or _is_app(self.foreground, expect.foreground))
            and (expect.media is None or self.media in expect.media)
            and (expect.signal is None or self.signal in (None, expect.signal))
        )

    def __str__(self) -> str:
        """Say it in words."""
        media = f"{self.media} {self.title!r}" if self.title else self.media
        signal = {True: "signal present", False: "no signal", None: ""}[self.signal]
        words = (f"{self.foreground or 'unknown app'} in front", f"media {media or 'unknown'}", signal)
        return ", ".join(filter(None, words))


def look(shell: Shell | None, app: str | None, signal: Callable[[], bool] | None) -> Seen:
    """Return what can be seen of a device now; raises ControlLost."""
    present = signal() if signal else None
    if shell is None:
        return Seen(signal=present)
    front = foreground(shell.shell(["dumpsys", "activity", "activities"]).stdout)
    front = front or foreground(shell.shell(["dumpsys", "window"]).stdout)
    media, title = media_session(shell.shell(["dumpsys", "media_session"]).stdout, app)
    return Seen(front, media, title, present)


def foreground(dump: str) -> str | None:
    """Return `package/.Activity` of the app in front, from what `dumpsys activity` or `window` prints."""
    found = RESUMED.search(dump) or FOCUS.search(dump)
    if not found:
        return None
    package, _, activity = found[1].partition("/")
    return f"{package}/{activity.removeprefix(package)}"


def media_session(dump: str, app: str | None) -> tuple[str, str]:
    """Return state and title of the app's media session (without an app, the first) from the dump."""
    sessions: list[tuple[str, str, str]] = []
    for line in dump.splitlines():
        if found := PACKAGE.search(line):
            sessions.append((found[1], "NONE", ""))
        elif sessions and (found := PLAYBACK.search(line)):
            sessions[-1] = (sessions[-1][0], MEDIA_STATES.get(int(found[1]), "BUFFERING"), sessions[-1][2])
        elif sessions and (found := TITLE.search(line)):
            sessions[-1] = (*sessions[-1][:2], "" if found[1] == "null" else found[1])
    of_app = [session for session in sessions if app in (None, session[0])]
    return of_app[0][1:] if of_app else ("NONE", "")


def _is_app(seen: str | None, expected: str) -> bool:
    return seen is not None and expected in (seen, seen.partition("/")[0])
