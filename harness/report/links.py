"""Paths from a record become links only when they stay inside the run's folder."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Link:
    """What a page may do with a path: follow `href`, or only print `text` and say the `problem`."""

    text: str
    href: str | None = None
    problem: str | None = None


class Linker:
    """Turns the record's relative paths into URLs, seen from a page `depth` folders below the run."""

    def __init__(self, run_dir: Path, depth: int = 0) -> None:
        self._root = run_dir.resolve()
        self._up = "../" * depth

    def __call__(self, path: str | None) -> Link | None:
        """Return the link for a path of the record, or None where there is none."""
        if not path:
            return None
        problem = self._problem(path)
        return Link(path, None if problem else self._up + quote(path, safe="/"), problem)

    def _problem(self, path: str) -> str | None:
        plain = PurePosixPath(path)
        windows = PureWindowsPath(path)
        if plain.is_absolute() or windows.drive or windows.root or "\\" in path or "\0" in path:
            return "not a relative path"
        try:
            target = (self._root / plain).resolve()
            inside = target.is_relative_to(self._root)
            there = inside and target.is_file()
        except (OSError, ValueError, RuntimeError):
            return "not a usable path"
        if not inside:
            return "outside the run folder"
        return None if there else "file is missing"
