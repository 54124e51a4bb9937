"""A media file that cannot be read: it stands in the catalogue as on any box, and playing it fails."""

from fractions import Fraction

from harness.errors import InputError
from harness.media import VideoFormat
from harness.simulator.titles.captions import Cue
from harness.simulator.titles.title import Reel, readable


class Unplayable:
    """Raises `reason` whenever it is opened.

    Parameters
    ----------
    name : as in `Title`
    reason : what is wrong with the file

    """

    captions: tuple[Cue, ...] = ()
    duration_s = Fraction(0)

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.words = readable(name)
        self._reason = reason

    def open(self, video: VideoFormat) -> Reel:
        """Raise InputError."""
        raise InputError(self._reason)
