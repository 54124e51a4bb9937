"""The settings: the output's mode, and captions."""

from collections.abc import Hashable

from harness.simulator.modes import MODES
from harness.simulator.screen.canvas import ACCENT, CARD, INK, MUTED, Box, Canvas
from harness.simulator.screen.screen import Stage, Still, moved

HEIGHT, GAP = 64, 14


class SettingsScreen(Still):
    """A list: one row a mode, then captions."""

    component = "org.captureharness.settings/.Settings"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.focus = list(MODES).index(stage.mode)

    def look(self) -> Hashable:
        """Return focus and settings."""
        return (self.focus, self.stage.mode, self.stage.preferences.captions)

    def key(self, key: str) -> None:
        """Move along the rows; SELECT sets one, BACK goes home."""
        if key == "BACK":
            self.stage.home()
        elif key == "SELECT" and self.focus < len(MODES):
            self.stage.set_mode(list(MODES)[self.focus])
        elif key == "SELECT":
            self.stage.preferences.captions = not self.stage.preferences.captions
        self.focus = moved(self.focus, key, len(MODES) + 1, "UP", "DOWN")

    def draw(self, canvas: Canvas) -> None:
        """Draw the rows."""
        canvas.text((72, 76), "Settings", 42, anchor="lm")
        for place, (name, video) in enumerate(MODES.items()):
            about = f"{video.width_px} x {video.height_px}, {video.fps} frames a second"
            box = self._row(canvas, place, name, about)
            middle = (box[2] - 50, (box[1] + box[3]) / 2)
            if name == self.stage.mode:
                canvas.disc(middle, 15, ACCENT)
                canvas.disc(middle, 7, CARD)
            else:
                ring = (middle[0] - 15, middle[1] - 15, middle[0] + 15, middle[1] + 15)
                canvas.ring(ring, MUTED, 15, 3)
        on = self.stage.preferences.captions
        box = self._row(canvas, len(MODES), "Captions", "Shown where a title has them" if on else "Not shown")
        _switch(canvas, (box[2] - 64, (box[1] + box[3]) / 2), on)
        canvas.text((640, 664), "OK sets   ·   Back goes home", 21, MUTED, anchor="mm")

    def _row(self, canvas: Canvas, place: int, words: str, about: str) -> Box:
        """Draw the row at a place, with the captions a little apart; return its box."""
        top = 138 + place * (HEIGHT + GAP) + (GAP if place == len(MODES) else 0)
        box = (72.0, top, 1208.0, top + HEIGHT)
        focused = place == self.focus
        canvas.card(box, (58, 70, 120) if focused else CARD, 16)
        if focused:
            canvas.ring(box, ACCENT, 16, 4)
        middle = top + HEIGHT / 2
        canvas.text((104, middle), words, 26, INK, anchor="lm")
        canvas.text((330, middle), about, 22, MUTED, anchor="lm")
        return box


def _switch(canvas: Canvas, centre: tuple[float, float], on: bool) -> None:
    x, y = centre
    canvas.card((x - 30, y - 16, x + 30, y + 16), ACCENT if on else (84, 94, 132), 16)
    canvas.disc((x + (14 if on else -14), y), 12, INK)
