"""The home screen: a row of tiles. It shows no clock, so that it always looks the same."""

from collections.abc import Hashable

from harness.simulator.screen.canvas import ACCENT, CARD, INK, MUTED, Canvas
from harness.simulator.screen.screen import Stage, Still, moved

TILES = (
    ("Titles", "Films and patterns", (233, 116, 81)),
    ("Live TV", "Channels, one to four", (76, 141, 226)),
    ("Settings", "Picture and captions", (106, 178, 112)),
    ("Sleep", "Stand by", (142, 112, 206)),
)
WIDTH, GAP, TOP = 258, 28, 262


class HomeScreen(Still):
    """Where the device starts."""

    component = "org.captureharness.home/.Home"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.focus = 0

    def look(self) -> Hashable:
        """Return the tile in focus."""
        return self.focus

    def key(self, key: str) -> None:
        """Move along the tiles; SELECT opens one, HOME goes back to the first."""
        if key == "HOME":
            self.focus = 0
        elif key == "SELECT":
            self._open()
        self.focus = moved(self.focus, key, len(TILES), "LEFT", "RIGHT")

    def draw(self, canvas: Canvas) -> None:
        """Draw name, tiles and a hint."""
        canvas.disc((92, 92), 22, ACCENT)
        canvas.disc((92, 92), 11, (16, 20, 40))
        canvas.text((130, 92), "Capture Harness", 36, anchor="lm")
        canvas.text((1208, 92), "Virtual set-top box", 24, MUTED, anchor="rm")
        canvas.text((72, 200), "Good to see you. What would you like to watch?", 30, MUTED, anchor="lm")
        for place, (words, below, colour) in enumerate(TILES):
            left = 82 + place * (WIDTH + GAP)
            box = (left, TOP, left + WIDTH, TOP + 250)
            if place == self.focus:
                grown = (box[0] - 10, box[1] - 10, box[2] + 10, box[3] + 10)
                canvas.card(grown, colour, 26)
                canvas.ring(grown, INK, 26, 5)
            else:
                canvas.card(box, colour, 20)
                canvas.card((*box[:3], box[3] - 8), CARD, 20)
            middle = left + WIDTH / 2
            _icon(canvas, place, (middle, TOP + 92))
            canvas.text((middle, TOP + 178), words, 32, anchor="mm")
            below_colour = INK if place == self.focus else MUTED
            canvas.text((middle, TOP + 216), below, 19, below_colour, anchor="mm")
        canvas.text((640, 640), "Arrows move   ·   OK opens   ·   Back returns", 21, MUTED, anchor="mm")

    def _open(self) -> None:
        stage = self.stage
        opens = (
            stage.catalogue,
            lambda: stage.play(stage.library.channel(1), channel=1),
            stage.settings,
            stage.sleep,
        )
        opens[self.focus]()


def _icon(canvas: Canvas, place: int, centre: tuple[float, float]) -> None:
    x, y = centre
    if place == 0:
        canvas.ring((x - 48, y - 36, x + 48, y + 36), INK, 10, 5)
        canvas.shape([(x - 14, y - 20), (x - 14, y + 20), (x + 22, y)], INK)
    elif place == 1:
        canvas.disc((x, y), 9, INK)
        for radius in (24, 42):
            canvas.ring((x - radius, y - radius, x + radius, y + radius), INK, radius, 5)
    elif place == 2:
        for row, knob in ((-24, -16), (0, 20), (24, -4)):
            canvas.card((x - 46, y + row - 3, x + 46, y + row + 3), INK, 3)
            canvas.disc((x + knob, y + row), 10, INK)
    else:
        canvas.ring((x - 36, y - 32, x + 36, y + 40), INK, 36, 6)
        canvas.card((x - 4, y - 46, x + 4, y + 2), INK, 4)
