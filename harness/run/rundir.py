"""The folder of one run: its name, and where recordings and evidence go in it."""

import re
import secrets
from datetime import UTC, datetime
from hashlib import blake2s
from pathlib import Path

from harness.errors import RigError

_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


class RunDir:
    """`reports/<run>/` with `recordings/` and `evidence/` below it; nothing is written until asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def new(cls, parent: Path, now: datetime | None = None) -> "RunDir":
        """Return a folder that nobody uses yet, named by UTC date and time and a random suffix."""
        moment = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
        return cls(parent / f"{moment}-{secrets.token_hex(2)}")

    @property
    def name(self) -> str:
        """Return the name of the run."""
        return self.path.name

    def recording(self, nodeid: str, number: int) -> Path:
        """Return where the recording of a test's watch of that number goes; raises RigError."""
        folder = self.path / "recordings"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RigError(f"{folder}: cannot make the folder: {error.strerror or error}") from error
        return folder / f"{slug(nodeid)}-{number}.mkv"

    def evidence(self, nodeid: str, number: int) -> Path:
        """Return the folder for the evidence of a test's watch of that number; whoever fills it makes it."""
        return self.path / "evidence" / f"{slug(nodeid)}-{number}"

    def relative(self, path: Path | None) -> str | None:
        """Return a path as the record writes it: from the run's folder, with forward slashes."""
        return path.relative_to(self.path).as_posix() if path else None


def slug(nodeid: str) -> str:
    """Return a file name for a test: what can be read of its name, and a hash that keeps it apart."""
    name = _UNSAFE.sub("-", nodeid.rpartition("/")[2]).strip("-")[:60]
    return f"{name}-{blake2s(nodeid.encode(), digest_size=4).hexdigest()}"
