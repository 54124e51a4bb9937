"""The commands `ls`, `cat`, `rm` and `mkdir`, inside the device's own directory."""

import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

from harness.simulator.adb.shell.context import Context, Failure

BLOCK_BYTES = 512 * 1024


async def cat(context: Context, arguments: list[str]) -> int:
    """Print files, or standard input."""
    if not arguments:
        while data := await context.terminal.read():
            await context.terminal.out(data)
        return 0
    status = 0
    for path in arguments:
        try:
            with context.files.locate(path, context.folder).open("rb") as file:
                while block := file.read(BLOCK_BYTES):
                    await context.terminal.out(block)
        except OSError as error:
            if isinstance(error, ConnectionError):
                raise
            await context.complain(f"cat: {path}: {error.strerror or error}")
            status = 1
    return status


async def ls(context: Context, arguments: list[str]) -> int:
    """List files and folders; `-l` tells mode, size and time, `-a` includes hidden names."""
    options, paths = _options(arguments, "la1")
    status = 0
    for path in paths or ["."]:
        place = context.files.locate(path, context.folder)
        if not place.exists():
            await context.complain(f"ls: {path}: No such file or directory")
            status = 1
            continue
        entries = sorted(place.iterdir()) if place.is_dir() else [place]
        for entry in entries:
            if "a" in options or not entry.name.startswith("."):
                await context.say(_long(entry) if "l" in options else entry.name)
    return status


async def rm(context: Context, arguments: list[str]) -> int:
    """Remove files; `-r` removes folders with all that is in them, `-f` does not mind what is missing."""
    options, paths = _options(arguments, "rRf")
    if not paths and "f" not in options:
        raise Failure("needs a path")
    for path in paths:
        place = context.files.locate(path, context.folder)
        if place == context.files.root or place.resolve() == context.files.root.resolve():
            raise Failure(f"{path}: the device's root cannot be removed")
        if place.is_dir() and not place.is_symlink():
            if not options & {"r", "R"}:
                raise Failure(f"{path}: is directory")
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok="f" in options)
    return 0


async def mkdir(context: Context, arguments: list[str]) -> int:
    """Make folders; `-p` makes those above them too and does not mind what exists."""
    options, paths = _options(arguments, "p")
    if not paths:
        raise Failure("needs a path")
    for path in paths:
        place = context.files.locate(path, context.folder)
        place.mkdir(parents="p" in options, exist_ok="p" in options)
    return 0


def _options(arguments: list[str], known: str) -> tuple[set[str], list[str]]:
    flags = {letter for word in arguments if word.startswith("-") and word != "--" for letter in word[1:]}
    if unknown := flags - set(known):
        raise Failure(f"unknown option -{min(unknown)}")
    return flags, [word for word in arguments if not word.startswith("-")]


def _long(path: Path) -> str:
    status = path.lstat()
    when = datetime.fromtimestamp(status.st_mtime, UTC).strftime("%Y-%m-%d %H:%M")
    return (
        f"{stat.filemode(status.st_mode)} {status.st_nlink} shell shell {status.st_size} {when} {path.name}"
    )
