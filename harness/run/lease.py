"""One device, one run: a file lock that a dead process cannot keep."""

import json
import os
import re
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from harness.errors import InputError, RigError
from harness.run.registry import ID

TRY_AGAIN_S = 0.2


@contextmanager
def lease(
    names: Sequence[str],
    timeout_s: float,
    waiting: Callable[[str], None] | None = None,
    folder: Path | None = None,
) -> Iterator[str]:
    """Hold the first free device of some, and yield its name.

    Waits up to `timeout_s` while all are held; `waiting` is told once by whom. The lock is the kernel's: it
    ends with its process, however that ends. Raises RigError when none gets free in time.
    """
    for name in names:
        if not ID.fullmatch(name):
            raise InputError(
                f"{name!r} cannot be leased: a device's id has small letters, digits, `.`, `_`, `-`"
            )
    folder = folder or runtime_folder()
    name, lock = _wait(names, timeout_s, waiting, folder)
    holder = _holder_file(folder, name)
    try:
        holder.write_text(json.dumps({"pid": os.getpid(), "since": datetime.now().isoformat(" ", "seconds")}))
        yield name
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def held_by(name: str, folder: Path | None = None) -> str:
    """Say who holds a device, as far as is known."""
    try:
        told = json.loads(_holder_file(folder or runtime_folder(), name).read_text())
        return f"{name} is held by process {int(told['pid'])} since {_plain(str(told['since']))}"
    except (OSError, ValueError, KeyError, TypeError):
        return f"{name} is held by another process"


def runtime_folder() -> Path:
    """Return this user's own folder for locks; raises RigError if somebody else prepared it."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    usable = base and os.access(base, os.W_OK)
    folder = Path(base or "") / "capture-harness" if usable else _temporary()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise RigError(f"cannot make the folder of leases {folder}: {error.strerror or error}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise RigError(f"{folder} is not a folder of yours: remove it, or set XDG_RUNTIME_DIR")
    return folder


def _wait(
    names: Sequence[str], timeout_s: float, waiting: Callable[[str], None] | None, folder: Path
) -> tuple[str, FileLock]:
    end_s, told = time.monotonic() + timeout_s, False
    while True:
        for name in names:
            lock = FileLock(folder / f"{name}.lock", mode=0o600)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            return name, lock
        holders = "; ".join(held_by(name, folder) for name in names) or "no device was named"
        if time.monotonic() >= end_s:
            raise RigError(f"{holders}; gave up after {timeout_s:g} s")
        if waiting and not told:
            waiting(f"{holders}; waiting up to {timeout_s:g} s")
            told = True
        time.sleep(TRY_AGAIN_S)


def _holder_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.holder"


def _temporary() -> Path:
    return Path(tempfile.gettempdir()) / f"capture-harness-{os.getuid()}"


def _plain(text: str) -> str:
    return re.sub(r"[^0-9T :.+-]", "?", text)[:32]
