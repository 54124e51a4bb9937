"""Files of devices: written whole or not at all, and never over what somebody else wrote meanwhile."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from harness.config import Strict, parse_text
from harness.enrol.patch import values
from harness.errors import InputError
from harness.run.registry import Profile

LOCK_S = 10.0
MODE = 0o644


@dataclass(frozen=True, slots=True)
class Stored:
    """The file of a device as it was read."""

    path: Path
    text: str

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the text, in hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class ChangedMeanwhile(InputError):
    """Somebody else changed the file between reading and saving; nothing was written."""


def read(path: Path) -> Stored:
    """Return the file of a device; raises InputError."""
    try:
        return Stored(path, path.read_bytes().decode())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not text in UTF-8") from None


def create(path: Path, text: str) -> None:
    """Write a new file of a device; raises InputError if there is one already, or the text is not valid."""
    parse_text(text, Profile, path)
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        publish(path, text.encode())


def publish(path: Path, data: bytes) -> None:
    """Write a new file, whole or not at all; raises FileExistsError, OSError."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.stem}.") as scratch:
        _fill(scratch.fileno(), data, MODE)
        os.link(scratch.name, path)


def replace(stored: Stored, text: str) -> Stored:
    """Write a file anew; raises ChangedMeanwhile if it is not as it was read, InputError."""
    with _locked(stored.path):
        now = read(stored.path)
        if now.digest != stored.digest:
            raise ChangedMeanwhile(f"{stored.path}: somebody changed it meanwhile: {difference(stored, now)}")
        return _written(stored.path, text)


def edit(path: Path, change: Callable[[str], str], model: type[Strict] = Profile) -> tuple[Stored, Stored]:
    """Change a file while nobody else does; return it as it was and as it is now.

    `model` is what its text must be valid as. Raises InputError; then nothing was changed.
    """
    with _locked(path):
        before = read(path)
        return before, _written(path, change(before.text), model)


def difference(before: Stored, after: Stored) -> str:
    """Say in words what differs between two versions of a file."""
    old, new = values(before.text), values(after.text)
    told = [
        f"{key} {_shown(old, key)} -> {_shown(new, key)}"
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]
    return "; ".join(told) or "comments or layout only"


def _shown(known: dict[str, object], key: str) -> str:
    return repr(known[key]) if key in known else "(not there)"


def _written(path: Path, text: str, model: type[Strict] = Profile) -> Stored:
    parse_text(text, model, path)
    with _told(path):
        mode = path.stat().st_mode & 0o777
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.")
        scratch = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                _fill(file.fileno(), text.encode(), mode)
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
    return Stored(path, text)


def _fill(descriptor: int, data: bytes, mode: int) -> None:
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(data)
    os.fchmod(descriptor, mode)
    os.fsync(descriptor)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of all files of a folder; raises InputError when somebody holds it for long."""
    try:
        with FileLock(path.parent / ".lock", timeout=LOCK_S, mode=0o666):
            yield
    except Timeout:
        raise InputError(
            f"{path}: somebody else has been writing there for {LOCK_S:g} s; try again"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise InputError(f"{path} is there already; edit it, or choose another name") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
