"""The tick loop: each frame has its nominal moment on the device's own clock, whatever the host does."""

import threading
from fractions import Fraction
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.clock import NS_PER_S, Clock, MonotonicClock, ns_to_seconds, seconds_to_ns
from harness.impair.base import Picture
from harness.media import AudioFormat, VideoFormat
from harness.simulator.device import VirtualStb
from harness.simulator.screen.screen import Tick
from harness.simulator.titles.title import SOUND

BEHIND_NS: Final = seconds_to_ns(3.0)
"""So late may a frame be delivered; a host that falls further behind loses frames, which the card reports."""
DARK_FPS: Final = Fraction(50)


class Output(Protocol):
    """The device's end of the HDMI cable (`harness.capture.hdmi_link.HdmiOutput`)."""

    def set_mode(self, video: VideoFormat, audio: AudioFormat | None, t_ns: int) -> None:
        """Begin to send a format."""

    def signal_lost(self, t_ns: int) -> None:
        """Stop sending."""

    def send(
        self, t_ns: int, index: int, picture: Picture, samples: NDArray[np.int16] | None, first_sample: int
    ) -> None:
        """Put one frame on the wire."""


class TickLoop:
    """Ticks a device and sends what it shows.

    Parameters
    ----------
    device : what is drawn
    output : where it goes
    clock_ppm : how much faster than the host's clock the device's own runs, in parts per million
    clock : the host's monotonic clock

    """

    def __init__(
        self, device: VirtualStb, output: Output, clock_ppm: float = 0.0, clock: Clock | None = None
    ) -> None:
        self._device = device
        self._output = output
        self._rate = 1 + Fraction(clock_ppm).limit_denominator(10**6) / 10**6
        self._clock = clock or MonotonicClock()
        self._video: VideoFormat | None = None
        self._start_ns = self._clock.now_ns()
        self._ticks = 0
        self._index = 0
        self._first_sample = 0
        self.frames_lost = 0

    def run(self, stop: threading.Event) -> None:
        """Tick until told to stop."""
        self._device.ticking = True
        try:
            while not stop.is_set():
                self.step()
        finally:
            self._device.ticking = False
            self._device.close()

    def step(self) -> None:
        """Wait for the next frame's moment, then draw it and send it."""
        self._catch_up()
        t_ns = self._wire_ns(self._ticks)
        self._clock.sleep_s(ns_to_seconds(t_ns - self._clock.now_ns()))
        video = self._device.apply(t_ns)
        if video != self._video:
            self._switch(video, t_ns)
        if video is not None:
            self._send(video, self._wire_ns(self._ticks))
        self._ticks += 1

    def _send(self, video: VideoFormat, t_ns: int) -> None:
        samples = round(SOUND.rate_hz / video.fps)
        shown = self._device.draw(Tick(t_ns, video, samples))
        self._output.send(t_ns, self._index, shown.picture, shown.sound, self._first_sample)
        self._index += 1
        self._first_sample += samples

    def _switch(self, video: VideoFormat | None, t_ns: int) -> None:
        self._start_ns, self._ticks = t_ns, 0
        if video is None:
            self._output.signal_lost(t_ns)
        else:
            self._output.set_mode(video, SOUND, t_ns)
        self._video = video

    def _wire_ns(self, ticks: int) -> int:
        fps = self._video.fps if self._video else DARK_FPS
        return self._start_ns + round(ticks * NS_PER_S / (fps * self._rate))

    def _catch_up(self) -> None:
        late_ns = self._clock.now_ns() - self._wire_ns(self._ticks)
        if late_ns <= BEHIND_NS:
            return
        fps = self._video.fps if self._video else DARK_FPS
        lost = int(late_ns * fps / NS_PER_S)
        self._ticks += lost
        if self._video:
            self._index += lost
            self._first_sample += lost * round(SOUND.rate_hz / fps)
            self.frames_lost += lost
            self._device.note("W", "HdmiControl", f"host too slow: {lost} frames never reached the wire")
