"""The catalogue: a card for each title, with a poster out of the title itself."""

from collections.abc import Hashable

from harness.simulator.api import MediaSession
from harness.simulator.screen.canvas import ACCENT, CARD, INK, MUTED, Canvas
from harness.simulator.screen.screen import Stage, Still
from harness.simulator.titles.previews import Preview
from harness.simulator.titles.title import Title

COLUMNS, WIDTH, HEIGHT, GAP = 4, 264, 149, 28
ROW = HEIGHT + 82
ROWS_SEEN = 2


class CatalogueScreen(Still):
    """The app's first screen."""

    component = "org.captureharness.player/.Player"

    def __init__(self, stage: Stage, focus: str | None = None) -> None:
        super().__init__(stage)
        self.names = list(stage.library.titles)
        self.focus = self.names.index(focus) if focus in self.names else 0

    def look(self) -> Hashable:
        """Return the titles, the card in focus, and which previews have been made."""
        library = self.stage.library
        made = tuple(self._preview(title) for title in self._seen().values())
        return (library.previews, tuple(self.names), self.focus, made)

    def session(self) -> MediaSession:
        """Return that nothing plays."""
        return MediaSession("org.captureharness.player", "STOPPED", "", 0)

    def key(self, key: str) -> None:
        """Move between the cards; SELECT or PLAY plays the one in focus, BACK goes home."""
        if key in ("SELECT", "PLAY", "PLAY_PAUSE"):
            self.stage.play(self.stage.library.titles[self.names[self.focus]])
        elif key == "BACK":
            self.stage.home()
        else:
            step = {"LEFT": -1, "RIGHT": 1, "UP": -COLUMNS, "DOWN": COLUMNS}.get(key, 0)
            if 0 <= self.focus + step < len(self.names):
                self.focus += step

    def draw(self, canvas: Canvas) -> None:
        """Draw the cards of the rows around the focus."""
        canvas.text((72, 76), "Titles", 42, anchor="lm")
        canvas.text((1208, 76), f"{self.focus + 1} of {len(self.names)}", 24, MUTED, anchor="rm")
        for place, title in self._seen().items():
            left = 70 + place % COLUMNS * (WIDTH + GAP)
            row = place // COLUMNS - self._top_row
            self._card(canvas, title, (left, 142 + row * ROW), place)
        canvas.text((640, 664), "OK plays   ·   Back goes home", 21, MUTED, anchor="mm")

    def _card(self, canvas: Canvas, title: Title, corner: tuple[float, float], place: int) -> None:
        left, top = corner
        right, bottom = left + WIDTH, top + HEIGHT
        if place == self.focus:
            canvas.card((left - 8, top - 8, right + 8, bottom + 64), CARD, 20)
            canvas.ring((left - 8, top - 8, right + 8, bottom + 64), ACCENT, 20, 5)
        preview = self._preview(title)
        if preview and preview.poster:
            canvas.picture((left, top, right, bottom), preview.poster, 14)
        else:
            canvas.card((left, top, right, bottom), CARD, 14)
            words = "No picture" if preview else "..."
            canvas.text(((left + right) / 2, (top + bottom) / 2), words, 20, MUTED, anchor="mm")
        colour = INK if place == self.focus else MUTED
        canvas.text(
            (left + 8, bottom + 20), canvas.fitted(title.words, 23, WIDTH - 16), 23, colour, anchor="lm"
        )
        about = f"{_length(preview)}{'   CC' if title.captions else ''}"
        canvas.text((left + 8, bottom + 46), about, 17, MUTED, anchor="lm")

    @property
    def _top_row(self) -> int:
        return max(0, self.focus // COLUMNS - ROWS_SEEN + 1)

    def _seen(self) -> dict[int, Title]:
        """Return the titles of the rows around the focus by their places."""
        first = self._top_row * COLUMNS
        names = self.names[first : first + ROWS_SEEN * COLUMNS]
        return {first + place: self.stage.library.titles[name] for place, name in enumerate(names)}

    def _preview(self, title: Title) -> Preview | None:
        return self.stage.library.previews.of(title, wait=not self.stage.ticking)


def _length(preview: Preview | None) -> str:
    if preview is None or preview.duration_s is None:
        return ""
    seconds = round(preview.duration_s)
    return f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s, repeats"
