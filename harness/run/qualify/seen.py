"""Watches the pattern come through the rig, and keeps what figures are made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import markers, patches
from harness.analysis.detector import Context, Series
from harness.analysis.engine import Engine
from harness.capture.protocol import CaptureSource
from harness.clock import NS_PER_S, Clock
from harness.detectors.sync.av_sync import AvSync
from harness.errors import RigError
from harness.media import AudioBlock, Captured, Frame, Gap, RigEvent, SignalEvent, StreamFormat

PATCHES_EVERY: Final = 5
"""The patches stand still: every fifth picture of the pattern tells them."""

LOST_KINDS: Final = ("unplugged", "overflow", "restarted", "protected", "out_of_range")
"""What must not happen to a rig while it is qualified."""


@dataclass(slots=True)
class Seen:
    """What came of the pattern.

    Parameters
    ----------
    stream : StreamFormat
        What was captured.
    picture, sound : Series
        As `av_sync` measured them: `number` and `flash` of each frame, `onset_ms` of each hop.
    codes : float array, shape (pictures, 12, 3)
        The patches of every fifth picture.
    blocks : list of AudioBlock
        All the sound.
    gaps, signal, rig : what was lost, and what happened meanwhile
    """

    stream: StreamFormat
    picture: Series
    sound: Series
    codes: NDArray[np.float64]
    blocks: list[AudioBlock]
    gaps: list[Gap]
    signal: list[SignalEvent]
    rig: list[RigEvent]


class Watcher:
    """Takes what is captured for as long as it is attached to a feed.

    The sound of ten minutes is kept, 230 MB of it; pictures are not.
    """

    def __init__(self, stream: StreamFormat, advance: Callable[[int], None] | None = None) -> None:
        self._stream = stream
        self._engine = Engine([AvSync()], Context(stream), marked=False)
        self._advance = advance
        self._codes: list[patches.Codes] = []
        self._blocks: list[AudioBlock] = []
        self._frames = 0

    def write(self, item: Captured) -> None:
        """Take one item, in order of time."""
        self._engine.feed(item)
        if isinstance(item, Frame):
            self._look(item)
        elif isinstance(item, AudioBlock):
            self._blocks.append(item)

    def finish(self) -> Seen:
        """Return all that was seen; call once, at the end. Raises RigError without picture or sound."""
        series = self._engine.finish().series
        identity = AvSync().identity
        if identity not in series:
            half = "picture" if self._stream.video is None else "sound"
            raise RigError(f"the capture delivers no {half}: name a source that does, then qualify again")
        codes = np.array(self._codes) if self._codes else np.empty((0, len(patches.MADE), 3))
        found, sound = series[identity], series[f"{identity} sound"]
        told = self._engine.context.timeline
        return Seen(self._stream, found, sound, codes, self._blocks, told.gaps, told.signal, told.rig)

    def _look(self, frame: Frame) -> None:
        self._frames += 1
        if self._frames % PATCHES_EVERY == 0 and markers.read(frame.y) is not None:
            self._codes.append(patches.read(frame.y, frame.u, frame.v))
        if self._advance:
            self._advance(frame.t_ns)


@dataclass(slots=True)
class Waiter:
    """Sees whether the pattern is there at all."""

    seen: int = 0
    frames: int = 0

    def write(self, item: Captured) -> None:
        """Take one item."""
        if isinstance(item, Frame):
            self.frames += 1
            self.seen = self.seen + 1 if markers.read(item.y) is not None else 0


@dataclass(slots=True)
class Stamped:
    """A capture source that also notes how long after its stamp each frame was at hand.

    Parameters
    ----------
    source : CaptureSource
        What really captures.
    clock : Clock
        The clock on which it stamps.
    """

    source: CaptureSource
    clock: Clock
    uri: str = field(init=False)
    delays_s: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take over what is captured."""
        self.uri = self.source.uri

    def open(self) -> StreamFormat | None:
        """Begin to capture."""
        return self.source.open()

    def read(self, timeout_s: float = 1.0) -> Captured | None:
        """Return the next item."""
        item = self.source.read(timeout_s)
        if isinstance(item, Frame):
            self.delays_s.append((self.clock.now_ns() - item.t_ns) / NS_PER_S)
        return item

    def close(self) -> None:
        """Stop."""
        self.source.close()
