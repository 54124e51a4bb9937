"""The file under a recording: every byte or a clear error, and a view of it while it grows."""

import io
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from harness.errors import InputError, RigError

LEAST_FREE_BYTES = 200_000_000
POLL_S = 0.02


def require_room(path: Path) -> None:
    """Raise RigError if a recording at `path` could not even begin, InputError if one is there."""
    if path.exists():
        raise InputError(f"{path}: exists already; choose another name, or move it away")
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise InputError(f"{path}: cannot record there ({error.strerror}); make the folder first") from None
    if free < LEAST_FREE_BYTES:
        raise RigError(
            f"{path}: only {free // 1_000_000} MB free on the disk, {LEAST_FREE_BYTES // 1_000_000} MB are "
            "needed to begin; delete old recordings, or record to another disk"
        )


class WholeFile(io.FileIO):
    """A file that is written unbuffered, and never in part without an error."""

    def write(self, data: bytes | memoryview) -> int:  # type: ignore[override]
        """Write all of `data`; raises OSError otherwise."""
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view):
            done += os.write(self.fileno(), view[done:])
        return done


class GrowingFile(io.RawIOBase):
    """Reads a file that another still writes; not seekable, so that a reader takes it as a stream.

    Parameters
    ----------
    path : Path
    follow : callable, optional
        Returns True while more may come; None reads what is there.

    """

    def __init__(self, path: Path, follow: Callable[[], bool] | None) -> None:
        self.path = path
        self._follow = follow
        self._file = path.open("rb", buffering=0)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read what is there; wait where nothing is, as long as more may come."""
        while True:
            more = self._follow() if self._follow else False
            count = self._file.readinto(buffer)
            if count or not more:
                return count or 0
            time.sleep(POLL_S)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
