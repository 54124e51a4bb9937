"""The player: start-up, title, pause, seek, captions, and the waits that faults put in."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harness.errors import InputError
from harness.impair.base import Picture
from harness.media import VideoFormat
from harness.simulator.api import MediaSession
from harness.simulator.playback import Playback
from harness.simulator.screen import overlays
from harness.simulator.screen.canvas import dimmed
from harness.simulator.screen.screen import Screen, Shown, Stage, Tick
from harness.simulator.screen.sprite import copied
from harness.simulator.titles.title import SOUND, Title

BAR_S = 3
"""How long the progress bar stays after a key."""
DIM = 0.35


@dataclass(frozen=True, slots=True)
class _Bar:
    icon: str
    ticks_left: float


class PlayerScreen(Screen):
    """Plays one title; on a live channel, CHANNEL_UP and CHANNEL_DOWN go to the next."""

    component = "org.captureharness.player/.Player"

    def __init__(self, stage: Stage, title: Title, channel: int | None = None) -> None:
        super().__init__(stage)
        self.title = title
        self.channel = channel
        self.paused = False
        self.stalled = False
        self.sound_offset_s = Fraction(0)
        self._crashed = False
        self._playback: Playback | None = None
        self._video: VideoFormat | None = None
        self._waited = 0
        self._since_first_s = Fraction(-1)
        self._turning = 0
        self._bar: _Bar | None = None
        self._dimmed: tuple[Picture, Picture] | None = None
        self._composed: tuple[Picture, tuple[str, bool], Picture] | None = None
        stage.note("I", "Player", f"play asked: {title.name}")

    def tick(self, tick: Tick) -> Shown:
        """Return the next frame of the title, or what stands in its place."""
        try:
            return self._tick(tick)
        except InputError as error:
            self.stage.note("E", "Player", f"{self.title.name}: {error}")
            self.stage.fail("E-201", "This title cannot be played.", self.title.name)
            return self._nothing(tick)

    def session(self) -> MediaSession:
        """Return what the player does."""
        state = "PAUSED" if self.paused else "PLAYING"
        if not self._started or self.stalled:
            state = "BUFFERING"
        position_s = self._playback.position_s if self._playback else Fraction(0)
        return MediaSession("org.captureharness.player", state, self.title.name, int(position_s * 1000))

    def leave(self, t_ns: int) -> None:
        """Stop the title."""
        super().leave(t_ns)
        if self._playback:
            self._playback.close()
        if self._started:
            self.stage.faults.end(t_ns)

    def crash(self) -> None:
        """Die, as a fault asks."""
        self._crashed = True

    def lose_adb(self, seconds: float) -> None:
        """Drop ADB, as a fault asks."""
        self.stage.lose_adb(seconds)

    def key(self, key: str) -> None:
        """Pause, play, seek, stop, zap, or show where the title is."""
        if self.channel is not None and key in ("CHANNEL_UP", "CHANNEL_DOWN"):
            self._zap(1 if key == "CHANNEL_UP" else -1)
        elif key in ("BACK", "STOP"):
            self._back()
        elif self._started:
            for keys, action in self._actions():
                if key in keys:
                    action()

    def _actions(self) -> tuple[tuple[tuple[str, ...], Callable[[], None]], ...]:
        return (
            (("PAUSE",), lambda: self._pause(True)),
            (("PLAY",), lambda: self._pause(False)),
            (("PLAY_PAUSE", "SELECT"), lambda: self._pause(not self.paused)),
            (("FAST_FORWARD", "RIGHT"), lambda: self._seek(1)),
            (("REWIND", "LEFT"), lambda: self._seek(-1)),
            (("UP", "DOWN", "MENU"), lambda: self._show_bar("play", BAR_S)),
        )

    @property
    def _started(self) -> bool:
        return self._since_first_s >= 0

    def _tick(self, tick: Tick) -> Shown:
        playback = self._at_size(tick.video)
        if not self._started:
            self._waited += 1
            opening = self.stage.ticking and not playback.ready
            if opening or self._waited <= round(self.stage.preferences.start_up_s * tick.video.fps):
                return self._waiting(tick)
            playback.picture()  # raises for a title that cannot be read, before a first frame is told of
            self._since_first_s = Fraction(0)
            self.stage.faults.begin(tick.video.fps, SOUND.rate_hz)
            self.stage.note("I", "Player", f"first frame: {self.title.name}")
        shown = self._faulty(playback, tick)
        self._since_first_s += 1 / tick.video.fps
        return shown

    def _faulty(self, playback: Playback, tick: Tick) -> Shown:
        at_s = float(self._since_first_s)
        faults = self.stage.faults.running(at_s)
        self.stalled, self.sound_offset_s = False, Fraction(0)
        for fault in faults:
            fault.steer(self, at_s)
            fault.see(at_s, float(1 / tick.video.fps), tick.t_ns)
        if self._crashed:
            return self._die(tick)
        playback.sound_offset_s = self.sound_offset_s
        shown = self._content(playback, tick)
        picture, sound = shown.picture, shown.sound
        for fault in faults:
            picture, sound = fault.picture(picture, at_s), fault.sound(sound, at_s)
        return Shown(self._with_bar(picture, tick.video), sound)

    def _content(self, playback: Playback, tick: Tick) -> Shown:
        picture = self._captioned(playback.picture(), tick.video)
        if self.stalled:
            return Shown(self._spun(self._dim(picture), tick.video), playback.silence(tick.samples))
        if self.paused:
            return Shown(picture, playback.silence(tick.samples))
        sound = playback.sound(tick.samples)
        playback.advance()
        return Shown(picture, sound)

    def _captioned(self, picture: Picture, video: VideoFormat) -> Picture:
        text = self._playback.caption() if self._playback and self.stage.preferences.captions else ""
        if not text:
            return picture
        # A bar with less than one tick left goes within this tick.
        raised = self._bar is not None and self._bar.ticks_left >= 1
        key = (text, raised)
        if self._composed is None or self._composed[0] is not picture or self._composed[1] != key:
            written = copied(picture)
            overlays.caption(video.height_px, text, raised).onto(written)
            self._composed = (picture, key, written)
        return self._composed[2]

    def _with_bar(self, picture: Picture, video: VideoFormat) -> Picture:
        if self._bar is None or self._playback is None:
            return picture
        self._bar = _Bar(self._bar.icon, self._bar.ticks_left - 1)
        if self._bar.ticks_left < 0:
            self._bar = None
            return picture
        covered = copied(picture)
        position_s, duration_s = int(self._playback.position_s), round(self.title.duration_s)
        overlays.bar(video.height_px, self.title.words, position_s, duration_s, self._bar.icon).onto(covered)
        return covered

    def _waiting(self, tick: Tick) -> Shown:
        black = self._black(tick.video)
        return Shown(self._spun(black, tick.video), np.zeros((tick.samples, SOUND.channels), np.int16))

    def _nothing(self, tick: Tick) -> Shown:
        return Shown(self._black(tick.video), np.zeros((tick.samples, SOUND.channels), np.int16))

    def _black(self, video: VideoFormat) -> Picture:
        height, width = video.height_px, video.width_px
        chroma = np.full((height // 2, width // 2), 128, np.uint8)
        return np.full((height, width), 16, np.uint8), chroma, chroma

    def _spun(self, picture: Picture, video: VideoFormat) -> Picture:
        self._turning += 1
        steps = overlays.spinner(video.height_px)
        turn = self._turning / (overlays.SPINNER_TURN_S * float(video.fps))
        spun = copied(picture)
        steps[int(turn * len(steps)) % len(steps)].onto(spun)
        return spun

    def _dim(self, picture: Picture) -> Picture:
        if self._dimmed is None or self._dimmed[0] is not picture:
            self._dimmed = (picture, dimmed(picture, DIM))
        return self._dimmed[1]

    def _at_size(self, video: VideoFormat) -> Playback:
        if self._playback is None:
            self._playback = Playback(self.title, video)
        elif video != self._video:
            self._playback.resize(video)
        self._video = video
        return self._playback

    def _pause(self, paused: bool) -> None:
        self.paused = paused
        self._show_bar("pause" if paused else "play", math.inf if paused else BAR_S)

    def _seek(self, way: int) -> None:
        playback = self._playback
        if playback:
            playback.seek(playback.position_s + way * Fraction(self.stage.preferences.seek_s))
            self._show_bar("forward" if way > 0 else "rewind", math.inf if self.paused else BAR_S)

    def _show_bar(self, icon: str, seconds: float) -> None:
        if self._video:
            self._bar = _Bar(icon, seconds * float(self._video.fps))

    def _zap(self, step: int) -> None:
        channels = len(self.stage.library.channels)
        number = ((self.channel or 1) - 1 + step) % channels + 1
        self.stage.play(self.stage.library.channel(number), channel=number)

    def _back(self) -> None:
        if self.channel is None:
            self.stage.catalogue(self.title.name)
        else:
            self.stage.home()

    def _die(self, tick: Tick) -> Shown:
        note = self.stage.note
        note("E", "AndroidRuntime", "FATAL EXCEPTION: main")
        note("E", "AndroidRuntime", "Process: org.captureharness.player")
        note("E", "AndroidRuntime", "java.lang.IllegalStateException: codec released while rendering")
        note("W", "ActivityTaskManager", f"Force finishing activity {self.component}")
        return self.stage.crashed(tick)
