"""What every screen of the virtual device answers to, and what it may ask of the device."""

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import Picture
from harness.media import VideoFormat
from harness.simulator.api import MediaSession
from harness.simulator.faults import FaultBoard
from harness.simulator.screen.canvas import Canvas, to_picture
from harness.simulator.titles.library import Library
from harness.simulator.titles.title import SOUND, Title

KEPT_PICTURES = 24


@dataclass(frozen=True, slots=True)
class Tick:
    """One frame's turn: when it goes on the wire, in which mode, with how many samples beside it."""

    t_ns: int
    video: VideoFormat
    samples: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What goes on the wire in one tick."""

    picture: Picture
    sound: NDArray[np.int16]


@dataclass(slots=True)
class Preferences:
    """What a user may set, and how long the device takes for things."""

    captions: bool = True
    start_up_s: float = 0.8
    """From the order to play until the first frame of the title."""
    boot_s: float = 3.0
    seek_s: float = 10.0


class Stage(Protocol):
    """The device as its screens see it."""

    library: Library
    preferences: Preferences
    faults: FaultBoard
    mode: str
    ticking: bool
    """Whether frames go on the wire in real time, so that none may wait for a disk or a decoder."""

    def home(self) -> None:
        """Go to the home screen."""

    def catalogue(self, focus: str | None = None) -> None:
        """Open the catalogue, with the focus on a title."""

    def settings(self) -> None:
        """Open the settings."""

    def play(self, title: Title, channel: int | None = None) -> None:
        """Open the player; `channel` is the live channel that the title runs on."""

    def fail(self, code: str, words: str, title: str) -> None:
        """Show the error dialog."""

    def crashed(self, tick: "Tick") -> "Shown":
        """Go home within a tick, because the app died; return what home shows in it."""

    def set_mode(self, mode: str) -> None:
        """Switch the output to another mode."""

    def sleep(self) -> None:
        """Go to stand-by: the signal goes."""

    def lose_adb(self, seconds: float) -> None:
        """Drop ADB for some seconds; infinite for good."""

    def note(self, level: str, tag: str, message: str) -> None:
        """Write a line into the device's log; `level` is a letter: I, W, E."""


class Screen(ABC):
    """Something that fills the screen and takes keys."""

    component: ClassVar[str]

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @abstractmethod
    def tick(self, tick: Tick) -> Shown:
        """Return what is seen and heard in one tick."""

    @abstractmethod
    def key(self, key: str) -> None:
        """Take a key by its HDMI-CEC name; those that mean nothing here do nothing."""

    def leave(self, t_ns: int) -> None:
        """Another screen comes in front with the tick at `t_ns`."""
        self.stage.note("I", "ActivityTaskManager", f"paused {self.component}")

    def session(self) -> MediaSession:
        """Return the state of the player: none, unless this is it."""
        return MediaSession(self.component.partition("/")[0], "NONE", "", 0)


class Still(Screen):
    """A screen that changes only with a key: drawn once for each look, without sound."""

    _kept: ClassVar[OrderedDict[Hashable, Picture]] = OrderedDict()

    @abstractmethod
    def look(self) -> Hashable:
        """Return all that the drawing depends on."""

    @abstractmethod
    def draw(self, canvas: Canvas) -> None:
        """Draw the screen over the background."""

    def tick(self, tick: Tick) -> Shown:
        """Return the drawing, and silence."""
        size = (tick.video.width_px, tick.video.height_px)
        return Shown(self.picture(*size), np.zeros((tick.samples, SOUND.channels), np.int16))

    def picture(self, width_px: int, height_px: int) -> Picture:
        """Return the drawing at a size."""
        key = (type(self), self.look(), width_px, height_px)
        if key not in self._kept:
            canvas = Canvas.gradient(width_px, height_px)
            self.draw(canvas)
            self._kept[key] = to_picture(canvas.image)
            while len(self._kept) > KEPT_PICTURES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def moved(place: int, key: str, count: int, back: str, forward: str) -> int:
    """Return the focus after a key: one step back or forward, stopping at the ends."""
    step = (key == forward) - (key == back)
    return min(max(place + step, 0), count - 1)
