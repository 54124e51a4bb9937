"""An error dialog: a code, what it means, and OK."""

from collections.abc import Hashable

from harness.simulator.api import MediaSession
from harness.simulator.screen.canvas import ACCENT, CARD, MUTED, Canvas
from harness.simulator.screen.screen import Stage, Still


class DialogScreen(Still):
    """Tells of an error in the app; OK and BACK return to the catalogue."""

    component = "org.captureharness.player/.Player"

    def __init__(self, stage: Stage, code: str, words: str, title: str = "") -> None:
        super().__init__(stage)
        self.code, self.words, self.title = code, words, title

    def look(self) -> Hashable:
        """Return the words."""
        return (self.code, self.words)

    def session(self) -> MediaSession:
        """Return that the player failed."""
        return MediaSession("org.captureharness.player", "ERROR", self.title, 0)

    def key(self, key: str) -> None:
        """Close the dialog."""
        if key in ("SELECT", "BACK"):
            self.stage.catalogue(self.title)

    def draw(self, canvas: Canvas) -> None:
        """Draw the card, its words and the button."""
        canvas.card((290, 180, 990, 540), CARD, 28)
        canvas.disc((640, 252), 36, (232, 96, 96))
        canvas.card((635, 230, 645, 260), (255, 255, 255), 4)
        canvas.disc((640, 270), 5, (255, 255, 255))
        canvas.text((640, 328), "Something went wrong", 34, anchor="mm")
        canvas.text((640, 376), canvas.fitted(self.words, 23, 640), 23, MUTED, anchor="mm")
        canvas.text((640, 410), f"Error {self.code}", 21, MUTED, anchor="mm")
        canvas.card((550, 450, 730, 508), ACCENT, 16)
        canvas.text((640, 479), "OK", 26, (14, 20, 40), anchor="mm")
