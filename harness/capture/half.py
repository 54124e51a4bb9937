"""One source of a joined capture: what it offers next, and its return after it went away."""

import contextlib
import threading
from typing import Literal

from harness.capture.buffer import CaptureBuffer
from harness.capture.protocol import CaptureSource
from harness.errors import HarnessError, RigError
from harness.media import AudioBlock, Captured, Frame, Gap, StreamFormat

BUFFER_BYTES = 150_000_000
"""What a half may hold while it waits for the other: half a second of 1080p60 and a little more."""

AGAIN_S = 2.0
"""How often a source that went away is tried again."""

Medium = Literal["video", "audio"]


class Half:
    """Reads one medium of an opened source in a thread of its own; the next item can be looked at."""

    def __init__(self, source: CaptureSource, medium: Medium) -> None:
        self.source = source
        self._medium = medium
        self._buffer: CaptureBuffer | None = None
        self._head: Captured | None = None

    def start(self) -> None:
        """Start to read."""
        self._buffer = CaptureBuffer(self.source, BUFFER_BYTES)
        self._buffer.start()

    def peek(self, timeout_s: float = 0.0) -> Captured | None:
        """Return the next item without taking it, None if there is none yet; raises what the source did."""
        if self._head is None and self._buffer is not None:
            item = self._buffer.get(timeout_s)
            self._head = item if item is not None and _medium(item) in (None, self._medium) else None
        return self._head

    def wait(self, timeout_s: float) -> None:
        """Wait until there is something to see, or the source has ended; at most so long."""
        # What the source raised, `peek` raises.
        with contextlib.suppress(HarnessError, EOFError):
            self.peek(timeout_s)

    def pop(self) -> Captured | None:
        """Take what `peek` showed."""
        head, self._head = self._head, None
        return head

    def close(self) -> None:
        """Stop to read, and close the source; idempotent."""
        buffer, self._buffer, self._head = self._buffer, None, None
        if buffer is not None:
            buffer.stop()
        self.source.close()


class Return:
    """Opens a source that went away again and again, until it is back or cannot be used any more."""

    def __init__(self, source: CaptureSource, due: StreamFormat | None) -> None:
        self._source = source
        self._due = due
        self._stop = threading.Event()
        self._back = threading.Event()
        self._error: RigError | None = None
        self._thread = threading.Thread(target=self._run, name="sound-return", daemon=True)
        self._thread.start()

    def is_back(self) -> bool:
        """Return whether the source is open again; raises RigError if it came back as another."""
        if self._error is not None:
            raise self._error
        return self._back.is_set()

    def stop(self) -> None:
        """Try no more; the source may be open then, or not."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(AGAIN_S):
            with contextlib.suppress(HarnessError):
                self._source.close()
                found = self._source.open()
                if found != self._due:
                    self._error = RigError(
                        f"{self._source.uri}: came back as {found}, was {self._due}; open the capture anew"
                    )
                self._back.set()
                return


def _medium(item: Captured) -> Medium | None:
    if isinstance(item, Gap):
        return item.medium
    return "video" if isinstance(item, Frame) else "audio" if isinstance(item, AudioBlock) else None
