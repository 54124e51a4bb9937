"""A media file replayed as if it were captured live."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from harness.clock import NS_PER_S, Clock, MonotonicClock
from harness.decoding import MediaFile
from harness.errors import CaptureLost
from harness.media import AudioBlock, Captured, Frame, StreamFormat


class FileSource:
    """Replays a file at its own pace, stamped with the clock's time.

    Parameters
    ----------
    path : Path
        Any media file.
    clock : Clock
        What paces it.
    paced : bool
        False replays as fast as it is read; the stamps are as if it were paced.

    """

    def __init__(self, path: Path, clock: Clock | None = None, *, paced: bool = True) -> None:
        self.uri = f"file:{path}"
        self._path = path
        self._clock = clock or MonotonicClock()
        self._paced = paced
        self._media: MediaFile | None = None
        self._items: Iterator[Frame | AudioBlock] = iter(())
        self._next: Frame | AudioBlock | None = None
        self._start_ns = 0

    def open(self) -> StreamFormat | None:
        """Start the replay; return the format. Raises InputError when the file is unusable."""
        self._media = MediaFile(self._path)
        self._items = self._media.items()
        self._start_ns = self._clock.now_ns()
        return self._media.format

    def read(self, timeout_s: float = 1.0) -> Captured | None:
        """Return the next item once it is due, None if that is later; raises EOFError at the end."""
        if self._media is None:
            raise CaptureLost(f"{self.uri}: the capture is closed; open it first")
        if self._next is None:
            item = next(self._items, None)
            if item is None:
                raise EOFError(f"{self.uri}: the end of the file")
            self._next = replace(item, t_ns=item.t_ns + self._start_ns)
        if self._paced and not self._due(self._next.t_ns, timeout_s):
            return None
        item, self._next = self._next, None
        return item

    def close(self) -> None:
        """Stop; idempotent."""
        if self._media is not None:
            self._media.close()
        self._media = self._next = None

    def _due(self, t_ns: int, timeout_s: float) -> bool:
        wait_s = (t_ns - self._clock.now_ns()) / NS_PER_S
        if wait_s > 0:
            self._clock.sleep_s(min(wait_s, timeout_s))
        return wait_s <= timeout_s
