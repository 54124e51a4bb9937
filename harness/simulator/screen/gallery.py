"""Draws every screen as a PNG: to look at, and as the known screens that a device's YAML refers to."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from harness.clock import NS_PER_S
from harness.media import VideoFormat
from harness.simulator.device import VirtualStb
from harness.simulator.modes import MODES
from harness.simulator.screen.canvas import to_image
from harness.simulator.screen.screen import Shown, Tick
from harness.simulator.titles.library import Library
from harness.simulator.titles.title import SOUND

STILL = (320, 180)


class _Sofa:
    """Somebody in front of a device whose time goes on when asked to."""

    def __init__(self, library: Library) -> None:
        self.device = VirtualStb(library)
        self._ticks = 0

    def press(self, *keys: str) -> None:
        """Press keys, one a tick."""
        for key in keys:
            self.device.key(key, 0)
            self.wait(1 / MODES[self.device.mode].fps)

    def play(self, name: str) -> None:
        """Start a title, and see its first frames."""
        self.device.start_app(None, f"harness://title/{name}", {})
        self.wait(Fraction(1))

    def wait(self, seconds: Fraction) -> Shown:
        """Watch for a while; return the last frame."""
        video = MODES[self.device.mode]
        for _ in range(max(1, round(seconds * video.fps))):
            shown = self._tick(video)
        return shown

    def _tick(self, video: VideoFormat) -> Shown:
        t_ns = round(self._ticks * NS_PER_S / video.fps)
        self._ticks += 1
        self.device.apply(t_ns)
        return self.device.draw(Tick(t_ns, video, round(SOUND.rate_hz / video.fps)))


def _catalogue(sofa: _Sofa) -> None:
    sofa.press("SELECT", "RIGHT")


def _settings(sofa: _Sofa) -> None:
    sofa.press("RIGHT", "RIGHT", "SELECT")


def _buffering(sofa: _Sofa) -> None:
    sofa.device.start_app(None, "harness://title/sync_pattern", {})
    sofa.wait(Fraction(1, 2))


def _captions(sofa: _Sofa) -> None:
    sofa.play("talking_points")
    sofa.wait(Fraction(1))


def _paused(sofa: _Sofa) -> None:
    sofa.play("news")
    sofa.wait(Fraction(3))
    sofa.press("PAUSE")


def _error(sofa: _Sofa) -> None:
    sofa.device.fail("E-201", "This title cannot be played.", "")


SCREENS: dict[str, Callable[[_Sofa], None]] = {
    "home": lambda sofa: None,
    "catalogue": _catalogue,
    "settings": _settings,
    "buffering": _buffering,
    "sync-pattern": lambda sofa: sofa.play("sync_pattern"),
    "captions": _captions,
    "paused": _paused,
    "error": _error,
}


def draw_screens(folder: Path, titles: Path | None = None) -> Iterator[Path]:
    """Draw each screen at 1280x720, and home as a small still as well; yield the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    library = Library(titles)
    for name, reach in SCREENS.items():
        sofa = _Sofa(library)
        reach(sofa)
        image = to_image(sofa.wait(Fraction(1, 50)).picture)
        path = folder / f"{name}.png"
        image.save(path)
        yield path
        if name == "home":
            still = folder / "virtual-stb-home.png"
            image.resize(STILL).save(still, optimize=True)
            yield still
        sofa.device.close()
