"""The settings: the output's mode, and captions."""

from collections.abc import Hashable

from harness.simulator.modes import MODES
from harness.simulator.screen.canvas import ACCENT, CARD, INK, MUTED, Canvas
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
        rows = [(f"Output {name}", name == self.stage.mode) for name in MODES]
        rows.append(("Captions", self.stage.preferences.captions))
        for place, (words, on) in enumerate(rows):
            top = 138 + place * (HEIGHT + GAP)
            box = (72, top, 840, top + HEIGHT)
            canvas.card(box, CARD if place != self.focus else (58, 70, 120), 16)
            if place == self.focus:
                canvas.ring(box, ACCENT, 16, 4)
            canvas.text(
                (104, top + HEIGHT / 2), words, 26, INK if place == self.focus else MUTED, anchor="lm"
            )
            if on:
                canvas.disc((790, top + HEIGHT / 2), 15, ACCENT)
                canvas.disc((790, top + HEIGHT / 2), 7, CARD)
            else:
                canvas.ring((775, top + HEIGHT / 2 - 15, 805, top + HEIGHT / 2 + 15), MUTED, 15, 3)
        canvas.text((640, 664), "OK sets   *   Back goes home", 21, MUTED, anchor="mm")
