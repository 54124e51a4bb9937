"""One watch: what the rig captures is recorded, and the recording is analysed while it grows."""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.clock import Clock, ns_to_seconds, seconds_to_ns
from harness.errors import ControlLost, InputError, RigError
from harness.recording.recorder import Recorder
from harness.recording.recording import Recording
from harness.run.analyze import Analyzed, analyze
from harness.run.device import Device
from harness.run.feed import Feed
from harness.timeline import Mark, Press, RigOffset
from harness.verdict import Criteria

SIGNAL_S = 10.0
"""How long a watch waits for a signal before it begins."""

ASK_EVERY_S = 1.0
"""How often the device is asked whether it still answers."""

STEP_S = 0.05
BEHIND_S = 0.5

LEAVE_TO_RECORDER = 0.1
"""Analysis rests while so much of the buffer waits to be recorded: 50 MB, 0.27 s at 1080p60."""

Tell = Callable[[str], None]
"""Shows a line of progress; an empty one takes it away."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watch is made of.

    Parameters
    ----------
    device : Device
        Its key presses and marks go onto the timeline.
    feed : Feed
        Open.
    path : Path
        The recording to write.
    criteria : Criteria
        What is judged by.
    screens : mapping of str to uint8 array, shape (height, width)
        The device's known screens.
    tell : callable
        Shows progress.
    rig_offset : RigOffset, optional
        How early the rig itself brings the sound; it is kept with the recording.
    """

    device: Device
    feed: Feed
    path: Path
    criteria: Criteria
    screens: Mapping[str, NDArray[np.uint8]]
    tell: Tell
    rig_offset: RigOffset | None = None


class Session:
    """Records from `start` to `finish`, and analyses meanwhile.

    Whatever is lost in between (capture, disk, control) ends neither the recording nor the analysis of
    what there is: `wait_s` raises it, and `finish` still returns what was seen up to then.
    """

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._device = watched.device
        self._clock: Clock = watched.device.clock
        self._recorder: Recorder | None = None
        self._writing = threading.Event()
        self._done: Analyzed | None = None
        self._failure: Exception | None = None
        self._start_ns = self._analysed_ns = 0
        self._losses = watched.device.losses
        self._analyst = threading.Thread(target=self._analyse, name="analysis", daemon=True)

    @property
    def virtual(self) -> bool:
        """Return whether the device is the virtual set-top box."""
        return self._device.virtual

    def start(self) -> None:
        """Begin to record; raises RigError without a signal, a capture or room on the disk."""
        watched = self._watched
        stream = watched.feed.await_format(SIGNAL_S)
        self._recorder = Recorder(watched.path, stream)
        self._writing.set()
        self._start_ns = self._clock.now_ns()
        try:
            if watched.rig_offset is not None:
                self._recorder.note(watched.rig_offset)
            watched.feed.record(self._recorder)
        except RigError:
            self._recorder.close()
            raise
        self._device.on_press.append(self._note)
        self._note(Mark("watch_start", self._start_ns, watched.criteria.name))
        self._analyst.start()

    def wait_s(self, seconds: float) -> None:
        """Let so much time pass; raises RigError as soon as capture, disk or control is lost."""
        start_ns = self._clock.now_ns()
        end_ns, ask_ns = start_ns + seconds_to_ns(seconds), start_ns
        while (now_ns := self._clock.now_ns()) < end_ns:
            self.check()
            if now_ns >= ask_ns:
                self._ask_device()
                ask_ns = now_ns + seconds_to_ns(ASK_EVERY_S)
                passed_s = ns_to_seconds(now_ns - start_ns)
                self._watched.tell(f"watching {self._device.id}: {passed_s:.0f} of {seconds:g} s")
            self._clock.sleep_s(min(STEP_S, ns_to_seconds(end_ns - now_ns)))
        self._watched.tell("")
        self.check()

    def check(self) -> None:
        """Raise what has gone wrong with capture, disk or analysis, if anything has."""
        self._watched.feed.check()
        if self._recorder is not None and self._recorder.failure is not None:
            raise self._recorder.failure
        if self._failure is not None:
            raise self._failure

    def mark(self, kind: str, detail: str = "") -> None:
        """Note a moment on the timeline."""
        self._note(Mark(kind, self._clock.now_ns(), detail))

    def finish(self) -> Analyzed | None:
        """End the recording, wait for the analysis, and return what came out; None if nothing was seen."""
        recorder = self._recorder
        if recorder is None:
            return None
        if self._writing.is_set():
            self._end(recorder)
        self._wait_for_analysis()
        self._watched.tell("")
        return self._done

    def _end(self, recorder: Recorder) -> None:
        end_ns = self._clock.now_ns()
        self._note(Mark("watch_end", end_ns))
        with contextlib.suppress(ValueError):
            self._device.on_press.remove(self._note)
        self._watched.feed.release(end_ns)
        try:
            with contextlib.suppress(RigError):
                recorder.close()
        finally:
            self._writing.clear()

    def _wait_for_analysis(self) -> None:
        while self._analyst.is_alive():
            self._analyst.join(BEHIND_S)
            behind_s = ns_to_seconds(self._clock.now_ns() - self._start_ns - self._analysed_ns)
            if self._analyst.is_alive():
                self._watched.tell(f"analysing: {max(behind_s, 0):.0f} s to go")

    def _analyse(self) -> None:
        watched = self._watched
        try:
            self._done = analyze(
                Recording(watched.path),
                watched.criteria,
                follow=self._writing.is_set,
                progress=self._advance,
                screens=watched.screens,
            )
        except InputError as error:
            # Signal lost before the first frame, or a disk that was full from the start: nothing to read.
            self._failure = RigError(f"nothing could be analysed: {error}")
        except Exception as error:
            self._failure = error

    def _advance(self, t_ns: int) -> None:
        self._analysed_ns = t_ns
        # What analysis leaves for later is not lost; a frame is that finds the recorder's buffer full.
        while self._writing.is_set() and self._watched.feed.waiting > LEAVE_TO_RECORDER:
            time.sleep(STEP_S)

    def _note(self, event: Press | Mark) -> None:
        if self._recorder is not None:
            # A full disk is told by `check`, not to whoever presses a key.
            with contextlib.suppress(RigError):
                self._recorder.note(event)

    def _ask_device(self) -> None:
        try:
            self._device.ask()
        except ControlLost as error:
            raise self._lost(str(error), str(error).partition(" ")[0]) from None
        if self._device.losses > self._losses:
            raise self._lost("the connection broke, and came back")

    def _lost(self, reason: str, control: str = "adb") -> ControlLost:
        """Return what to raise, and keep it: a plan that passes over it does not pass."""
        at_s = ns_to_seconds(self._clock.now_ns() - self._start_ns)
        self._failure = ControlLost(f"{control}_lost {at_s:.1f} s into the watch: {reason}")
        return self._failure
