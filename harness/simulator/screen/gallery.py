"""Draws every screen as a PNG: to look at, and as the known screens that a device's YAML refers to."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from harness.clock import NS_PER_S, seconds_to_ns
from harness.errors import InputError
from harness.simulator.device import VirtualStb
from harness.simulator.faults import FaultBoard
from harness.simulator.modes import MODES
from harness.simulator.screen.canvas import to_image
from harness.simulator.screen.screen import Shown, Tick
from harness.simulator.titles.library import Library
from harness.simulator.titles.title import SOUND

STILL = (320, 180)
KNOWN = ("home", "error")
"""What a device profile refers to as its known screens."""


class Sofa:
    """Somebody in front of a device whose time goes on only when asked to; also its clock."""

    def __init__(self, library: Library, mode: str = "720p50", faults: FaultBoard | None = None) -> None:
        self._time_ns = 0
        self.device = VirtualStb(library, mode, faults=faults, clock=self)

    def now_ns(self) -> int:
        """Return the time of the coming tick."""
        return self._time_ns

    def sleep_s(self, seconds: float) -> None:
        """Let time go on without a tick."""
        self._time_ns += seconds_to_ns(seconds)

    def press(self, *keys: str) -> None:
        """Press keys, one a tick."""
        for key in keys:
            self.device.key(key, self._time_ns)
            self.tick()

    def play(self, name: str) -> None:
        """Start a title, and see its first frames."""
        self.device.start_app(None, f"harness://title/{name}", {})
        self.wait(Fraction(1))

    def wait(self, seconds: Fraction) -> Shown:
        """Watch for a while; return the last frame."""
        return self.watch(seconds)[-1]

    def watch(self, seconds: Fraction) -> list[Shown]:
        """Return each frame of a while, one at least; those without signal are left out."""
        fps = MODES[self.device.mode].fps
        ticks = [self.tick() for _ in range(max(1, round(seconds * fps)))]
        return [shown for shown in ticks if shown]

    def tick(self) -> Shown | None:
        """Return the next frame, or None without signal."""
        t_ns = self._time_ns
        fps = MODES[self.device.mode].fps
        self._time_ns += round(NS_PER_S / fps)
        video = self.device.apply(t_ns)
        return self.device.draw(Tick(t_ns, video, round(SOUND.rate_hz / fps))) if video else None


def _catalogue(sofa: Sofa) -> None:
    sofa.press("SELECT", "RIGHT")


def _settings(sofa: Sofa) -> None:
    sofa.press("RIGHT", "RIGHT", "SELECT")


def _buffering(sofa: Sofa) -> None:
    sofa.device.start_app(None, "harness://title/sync_pattern", {})
    sofa.wait(Fraction(1, 2))


def _captions(sofa: Sofa) -> None:
    sofa.play("talking_points")
    sofa.wait(Fraction(1))


def _paused(sofa: Sofa) -> None:
    sofa.play("news")
    sofa.wait(Fraction(3))
    sofa.press("PAUSE")


def _error(sofa: Sofa) -> None:
    sofa.device.fail("E-201", "This title cannot be played.", "")


SCREENS: dict[str, Callable[[Sofa], None]] = {
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
    """Draw each screen at 1280x720, and those that a device is known by as small stills; yield the paths.

    Raises InputError when `folder` cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot make this folder ({error.strerror})") from None
    library = Library(titles)
    for name, reach in SCREENS.items():
        sofa = Sofa(library)
        reach(sofa)
        image = to_image(sofa.wait(Fraction(1, 50)).picture)
        path = folder / f"{name}.png"
        image.save(path)
        yield path
        if name in KNOWN:
            still = folder / f"virtual-stb-{name}.png"
            image.resize(STILL).save(still, optimize=True)
            yield still
        sofa.device.close()
