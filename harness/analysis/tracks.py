"""What one detector has measured so far, and what it cost."""

import logging
import time
from array import array

import numpy as np

from harness.analysis.detector import AudioDetector, Detector, Series, SyncDetector, VideoDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.sound_view import SoundView

logger = logging.getLogger(__name__)


class Table:
    """Rows of numbers, one a frame or a hop, growing."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.t_ns = array("q")
        self.end_ns = 0
        self._values = array("f")

    def add(self, t_ns: int, end_ns: int, row: tuple[float, ...]) -> None:
        """Append one row."""
        if len(row) != len(self.names):
            raise ValueError(f"{len(row)} values for the columns {', '.join(self.names)}")
        self._values.extend(array("f", row))
        self.t_ns.append(t_ns)
        self.end_ns = end_ns

    def series(self, end_ns: int) -> Series:
        """Return the rows as arrays, none beyond an end, and let go of them, as an hour of them is large."""
        rows = np.frombuffer(self._values, dtype=np.float32).reshape(-1, len(self.names))
        columns = {name: rows[:, number].copy() for number, name in enumerate(self.names)}
        self._values = array("f")
        return Series(np.array(self.t_ns, dtype=np.int64), columns, min(self.end_ns, end_ns))


class Track:
    """Feeds one detector and keeps its rows; a detector that raises is left out, not the recording."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self.failure: str | None = None
        self.cost_ns = 0
        self.every_picture = not isinstance(detector, VideoDetector) or detector.every_picture
        self.picture: Table | None = None
        self.sound: Table | None = None
        if isinstance(detector, VideoDetector | SyncDetector):
            self.picture = Table(detector.columns)
            self._see = detector.measure_picture if isinstance(detector, SyncDetector) else detector.measure
        if isinstance(detector, AudioDetector | SyncDetector):
            self.sound = Table(
                detector.sound_columns if isinstance(detector, SyncDetector) else detector.columns
            )
            self._hear = detector.measure_sound if isinstance(detector, SyncDetector) else detector.measure

    def see(self, view: FrameView, frame_ns: int) -> None:
        """Let the detector measure one frame, which lasts so long."""
        if self.failure or self.picture is None:
            return
        shared_before, start = view.shared_ns, time.perf_counter_ns()
        try:
            row = self._see(view)
            self.picture.add(view.t_ns, view.t_ns + frame_ns, row)
        except Exception as error:
            self.fail(error)
        self.cost_ns += time.perf_counter_ns() - start - (view.shared_ns - shared_before)

    def hear(self, view: SoundView) -> None:
        """Let the detector measure one hop of sound."""
        if self.failure or self.sound is None:
            return
        shared_before, start = view.shared_ns, time.perf_counter_ns()
        try:
            row = self._hear(view)
            self.sound.add(view.t_ns, view.end_ns, row)
        except Exception as error:
            self.fail(error)
        self.cost_ns += time.perf_counter_ns() - start - (view.shared_ns - shared_before)

    def series(self, end_ns: int) -> dict[str, Series]:
        """Return what was measured, by name: `freeze_frame@1`; of a sync detector also `... sound`."""
        identity = self.detector.identity
        if isinstance(self.detector, SyncDetector):
            assert self.picture is not None and self.sound is not None  # noqa: S101 - set with the detector
            return {identity: self.picture.series(end_ns), f"{identity} sound": self.sound.series(end_ns)}
        table = self.picture or self.sound
        return {identity: table.series(end_ns)} if table else {}

    def fail(self, error: Exception) -> None:
        """Leave this detector out: it has a bug, which its check will name."""
        self.failure = f"the detector failed: {type(error).__name__}: {error}"
        logger.error("%s: %s", self.detector.identity, self.failure, exc_info=error)
