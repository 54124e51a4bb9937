"""Writes a file whole or not at all."""

import tempfile
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write text so that a reader never sees half of it; raises OSError, and then leaves what was there.

    What is no file of its own (`/dev/null`, a pipe, a link) is written into, never put in another's place.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_text(text, encoding="utf-8")
        return
    scratch = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="utf-8"
        ) as file:
            scratch = Path(file.name)
            file.write(text)
        scratch.chmod(0o644)
        scratch.replace(path)
    except BaseException:
        if scratch:
            scratch.unlink(missing_ok=True)
        raise
