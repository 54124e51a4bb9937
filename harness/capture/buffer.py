"""The bounded buffer between a capture that must never wait and a reader that sometimes does."""

import threading
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Literal, Self

from harness.capture.protocol import CaptureSource
from harness.media import AudioBlock, Captured, Frame, Gap

READ_S = 0.2
"""How soon the buffer notices that it is to stop, at the latest."""


class CaptureBuffer:
    """Reads an opened source in a thread of its own; iterate over it to get what was captured.

    What does not fit is dropped and comes out as a Gap. Iteration ends at the end of a file or after
    `stop`, when everything was taken; it raises what the source raised (CaptureLost) at that point.

    Parameters
    ----------
    source : CaptureSource
        Already open; the buffer does not close it.
    max_bytes : int
        What the items that wait may hold together.

    """

    def __init__(self, source: CaptureSource, max_bytes: int = 500_000_000) -> None:
        self.lost_frames = 0
        self.lost_blocks = 0
        self._source = source
        self._max_bytes = max_bytes
        self._items: deque[Captured] = deque()
        self._bytes = 0
        self._losses = {"video": _Loss("video", max_bytes), "audio": _Loss("audio", max_bytes)}
        self._change = threading.Condition()
        self._stopping = threading.Event()
        self._ended = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="capture-buffer", daemon=True)

    def start(self) -> None:
        """Start to capture."""
        self._thread.start()

    def stop(self) -> None:
        """Capture no more; what waits can still be taken. Idempotent."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def get(self, timeout_s: float | None = None) -> Captured | None:
        """Return the next item, or None if nothing came in time; raises EOFError at the end."""
        with self._change:
            self._change.wait_for(lambda: self._items or self._ended, timeout_s)
            if self._items:
                item = self._items.popleft()
                self._bytes -= _size(item)
                return item
            if self._error is not None:
                raise self._error
            if self._ended:
                raise EOFError(f"{self._source.uri}: the capture has ended")
            return None

    @property
    def filled(self) -> float:
        """Return how much of it is taken, 0..1: what was captured and not yet recorded."""
        return self._bytes / self._max_bytes

    def __iter__(self) -> Iterator[Captured]:
        """Yield items until the end."""
        while True:
            try:
                item = self.get()
            except EOFError:
                return
            if item is not None:
                yield item

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                item = self._source.read(READ_S)
                if item is not None:
                    self._put(item)
        except EOFError:
            pass
        except Exception as error:
            self._error = error
        finally:
            with self._change:
                self._append(*(gap for loss in self._losses.values() if (gap := loss.end())))
                self._ended = True
                self._change.notify_all()

    def _put(self, item: Captured) -> None:
        with self._change:
            loss = self._losses.get(_medium(item))
            if loss is None:
                gaps = [gap for loss in self._losses.values() if (gap := loss.end())]
                self._append(*gaps, item)
                return
            if self._bytes + _size(item) > self._max_bytes:
                loss.add(item.t_ns)  # type: ignore[union-attr]
                self.lost_frames += isinstance(item, Frame)
                self.lost_blocks += isinstance(item, AudioBlock)
                return
            gap = loss.end(item.t_ns)  # type: ignore[union-attr]
            self._append(*filter(None, (gap,)), item)

    def _append(self, *items: Captured) -> None:
        self._items.extend(items)
        self._bytes += sum(_size(item) for item in items)
        self._change.notify()


class _Loss:
    """What of one medium is being lost."""

    def __init__(self, medium: Literal["video", "audio"], max_bytes: int) -> None:
        self._medium = medium
        self._reason = f"the recorder was too slow: the buffer of {max_bytes // 1_000_000} MB was full"
        self._start_ns: int | None = None
        self._last_ns: int | None = None
        self._period_ns = 0

    def add(self, t_ns: int) -> None:
        """Lose the item that begins at `t_ns`."""
        self._seen(t_ns)
        self._start_ns = t_ns if self._start_ns is None else self._start_ns

    def end(self, t_ns: int | None = None) -> Gap | None:
        """Return the gap up to the next item, or up to where the last lost one ended, if there is one."""
        start_ns, last_ns = self._start_ns, self._last_ns
        self._start_ns = None
        if t_ns is not None:
            self._seen(t_ns)
        if start_ns is None or last_ns is None:
            return None
        end_ns = last_ns + self._period_ns if t_ns is None else t_ns
        return Gap(start_ns, max(start_ns, end_ns), self._medium, self._reason)

    def _seen(self, t_ns: int) -> None:
        if self._last_ns is not None:
            self._period_ns = max(0, t_ns - self._last_ns)
        self._last_ns = t_ns


def _medium(item: Captured) -> str:
    return "video" if isinstance(item, Frame) else "audio" if isinstance(item, AudioBlock) else ""


def _size(item: Captured) -> int:
    if isinstance(item, Frame):
        return item.y.nbytes + item.u.nbytes + item.v.nbytes
    return item.samples.nbytes if isinstance(item, AudioBlock) else 0
