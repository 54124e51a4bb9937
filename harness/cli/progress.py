"""A progress bar for what takes long, silent where nobody watches."""

import sys
import time
from collections.abc import Callable
from typing import Any, Final

from rich.console import Console
from rich.progress import Progress

PATIENCE_S: Final = 2.0
"""A bar appears when the work takes longer than this."""


class Bar:
    """A progress bar on stderr, if that is a terminal, from `PATIENCE_S` on.

    `total` returns how much there is to do, in the unit that `advance` is told (nanoseconds of media,
    steps); it is asked only when there is a bar to draw.
    """

    def __init__(self, title: str, total: Callable[[], int]) -> None:
        self.wanted = sys.stderr.isatty()
        self._title, self._total = title, total
        self._start_s = time.monotonic()
        self._bar: Any = None

    def advance(self, done: int, title: str | None = None) -> None:
        """Show how much is done."""
        if not self.wanted:
            return
        if self._bar is None and time.monotonic() - self._start_s > PATIENCE_S:
            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(self._title, total=max(1, self._total()))
            self._bar.start()
        if self._bar is not None:
            self._bar.update(self._task, completed=done, description=title or self._title)

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
