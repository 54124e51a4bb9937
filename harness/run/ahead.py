"""Takes items out of a recording in a thread of its own, a little ahead of whoever looks at them."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

T = TypeVar("T")

AHEAD_ITEMS: Final = 24
"""So many items wait at most: a fifth of a second of pictures and their sound, 60 MB at 1080p."""

_END: Final = object()


@contextmanager
def ahead(items: Iterator[T], most: int = AHEAD_ITEMS) -> Iterator[Iterator[T]]:
    """Yield the same items, up to `most` made while earlier ones are looked at; raises what they raise."""
    waiting: queue.Queue[object] = queue.Queue(most)
    leaving = threading.Event()
    thread = threading.Thread(target=_fill, args=(items, waiting, leaving), name="ahead", daemon=True)
    thread.start()
    try:
        yield _taken(waiting)
    finally:
        leaving.set()
        while thread.is_alive():
            _drain(waiting)
            thread.join(0.01)


def _fill(items: Iterator[T], waiting: "queue.Queue[object]", leaving: threading.Event) -> None:
    try:
        for item in items:
            waiting.put(item)
            if leaving.is_set():
                return
        waiting.put(_END)
    except BaseException as error:  # noqa: BLE001, RUF100 - raised again where the items are looked at
        waiting.put(error)


def _taken(waiting: "queue.Queue[object]") -> Iterator[T]:
    while (item := waiting.get()) is not _END:
        if isinstance(item, BaseException):
            raise item
        yield item  # type: ignore[misc]


def _drain(waiting: "queue.Queue[object]") -> None:
    while not waiting.empty():
        waiting.get_nowait()
