"""The latest picture of a capture, for people to look at while they choose."""

import threading
from typing import Final

from harness.capture import open_source
from harness.clock import Clock, MonotonicClock, seconds_to_ns
from harness.enrol.answers import say_format
from harness.enrol.pictures import small, unlike
from harness.errors import HarnessError
from harness.media import Frame, Plane, SignalEvent, StreamFormat

READ_S: Final = 0.2
END_S: Final = 3.0
KEY_S: Final = 3.0
"""A device answers a key, its animation included, within so long."""


class Preview:
    """Captures in a thread of its own and keeps the last frame; whatever goes wrong is kept in words.

    Safe to use from any thread.
    """

    def __init__(self, uri: str, clock: Clock | None = None) -> None:
        self.uri = uri
        self.clock = clock or MonotonicClock()
        self._frame: Frame | None = None
        self._format: StreamFormat | None = None
        self._trouble = ""
        self._anchor: Plane | None = None
        self._changed_ns = 0
        self._moved_ns: int | None = None
        self._key_ns: int | None = None
        self._change = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="preview", daemon=True)
        self._thread.start()

    @property
    def frame(self) -> Frame | None:
        """Return the last frame that came, None before the first and without a signal."""
        return self._frame

    @property
    def changed_ns(self) -> int:
        """Return when the picture last became another one: since then it has been still."""
        return self._changed_ns

    @property
    def moved_ns(self) -> int | None:
        """Return when the picture last changed without a key, None if it never did."""
        return self._moved_ns

    def note_key(self) -> None:
        """A key is about to be pressed: what changes within some seconds is put down to it."""
        self._key_ns = self.clock.now_ns()

    @property
    def alive(self) -> bool:
        """Return whether more can come."""
        return self._thread.is_alive()

    def wait(self, timeout_s: float, after_ns: int = -1) -> Frame | None:
        """Return the first frame that is newer than `after_ns`; None if none comes in time."""
        with self._change:
            self._change.wait_for(lambda: self._newer(after_ns) or bool(self._trouble), timeout_s)
            return self._frame if self._newer(after_ns) else None

    def words(self) -> str:
        """Say what comes: its format, or what is wrong."""
        with self._change:
            if self._trouble:
                return self._trouble
            if self._format is None:
                return "connected, but no signal: is the device awake and the cable plugged in?"
            if self._frame is None:
                return f"{say_format(self._format)}, but no picture has come yet"
            return say_format(self._format)

    def close(self) -> None:
        """Capture no more; a driver that hangs is left behind after some seconds. Idempotent."""
        self._stopping.set()
        self._thread.join(END_S)

    def _newer(self, after_ns: int) -> bool:
        return self._frame is not None and self._frame.t_ns > after_ns

    def _run(self) -> None:
        try:
            self._capture()
        except EOFError:
            self._end("the capture is at its end")
        except HarnessError as error:
            self._end(str(error))
        except Exception as error:
            self._end(f"{self.uri}: the capture failed: {' '.join(str(error).split())}")

    def _capture(self) -> None:
        source = open_source(self.uri)
        try:
            with self._change:
                self._format = source.open()
            while not self._stopping.is_set():
                item = source.read(READ_S)
                if isinstance(item, Frame | SignalEvent):
                    self._take(item)
        finally:
            source.close()

    def _take(self, item: Frame | SignalEvent) -> None:
        with self._change:
            if isinstance(item, Frame):
                self._frame = item
                self._compare(item)
            else:
                self._anchor = None
                self._format = None if item.kind == "signal_lost" else item.format
                self._frame = None
            self._change.notify_all()

    def _compare(self, frame: Frame) -> None:
        seen, first = small(frame), self._anchor is None
        if self._anchor is not None and not unlike(seen, self._anchor):
            return
        self._anchor, self._changed_ns = seen, frame.t_ns
        by_key = self._key_ns is not None and frame.t_ns - self._key_ns < seconds_to_ns(KEY_S)
        if not (first or by_key):
            self._moved_ns = frame.t_ns

    def _end(self, words: str) -> None:
        with self._change:
            self._trouble = words
            self._change.notify_all()
