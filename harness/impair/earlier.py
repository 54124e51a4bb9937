"""Remembers the last few pictures, for defects that show a part of an earlier one."""

from collections import deque

from harness.impair.base import Picture


class Earlier:
    """The pictures that came before, at most `most` of them."""

    def __init__(self, most: int) -> None:
        self._pictures: deque[Picture] = deque(maxlen=most + 1)

    def see(self, picture: Picture) -> None:
        """Take the next picture of the title."""
        if self._pictures and self._pictures[-1][0].shape != picture[0].shape:
            self._pictures.clear()
        self._pictures.append(picture)

    def back(self, count: int) -> Picture:
        """Return the picture `count` before the last one seen, or the oldest there is."""
        return self._pictures[max(0, len(self._pictures) - 1 - count)]
