"""What the catalogue shows of a title: a poster out of the title itself, and how long it is."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from fractions import Fraction

from PIL import Image

from harness.errors import InputError
from harness.media import VideoFormat
from harness.simulator.screen.canvas import to_image
from harness.simulator.titles.background import in_thread
from harness.simulator.titles.title import Title

POSTER = VideoFormat(320, 180, Fraction(25))
LOOKED_AT = 8
"""Frames from which a poster is chosen."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """One title in the catalogue; both are None for a title that cannot be read."""

    poster: Image.Image | None
    duration_s: float | None


class Previews:
    """Makes previews of titles, one after the other, when they are first asked for."""

    def __init__(self) -> None:
        self._asked: dict[str, Future[Preview]] = {}
        self._one_at_a_time = threading.Lock()

    def of(self, title: Title, *, wait: bool) -> Preview | None:
        """Return the preview of a title; None while it is being made, unless told to wait."""
        if title.name not in self._asked:
            self._asked[title.name] = in_thread(lambda: self._make(title), f"preview-{title.name}")
        asked = self._asked[title.name]
        return asked.result() if wait or asked.done() else None

    def _make(self, title: Title) -> Preview:
        with self._one_at_a_time:
            try:
                return Preview(_poster(title), float(title.duration_s))
            except InputError:
                return Preview(None, None)


def _poster(title: Title) -> Image.Image:
    """Return the frame of most contrast in the first four seconds."""
    reel = title.open(POSTER)
    try:
        span_s = min(title.duration_s, Fraction(4))
        # In the middle of each part: on the whole seconds, a test pattern shows its flash.
        places = [span_s * (2 * part + 1) / (2 * LOOKED_AT) for part in range(LOOKED_AT)]
        pictures = [reel.picture(place) for place in places]
        return to_image(max(pictures, key=lambda picture: float(picture[0].std())))
    finally:
        reel.close()
