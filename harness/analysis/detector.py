"""The contract of a detector: measure each frame or block, then find intervals in the series.

Three steps with three owners: *measure* is the detector's, *trigger* (run lengths, hysteresis) the
engine's, *judge* belongs to the criteria. `find` sees the stored series alone, never a frame: so live
and offline agree, and old recordings can be re-tuned without decoding them again.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.analysis.frame_view import FrameView
from harness.analysis.sound_view import SoundView
from harness.analysis.trigger import Interval, Trigger
from harness.findings import AvSync, Metric
from harness.media import StreamFormat
from harness.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Series:
    """What a detector measured, one row a frame (or a sound hop).

    Parameters
    ----------
    t_ns : int64 array, shape (rows,)
        When each frame or hop begins.
    columns : dict of float32 arrays, shape (rows,)
        One per name in the detector's `columns`.
    end_ns : int
        When the last row ends.
    """

    t_ns: NDArray[np.int64]
    columns: dict[str, NDArray[np.float32]]
    end_ns: int


@dataclass(frozen=True, slots=True)
class Context:
    """What `find` may know besides its series: formats, the timeline, the device's known screens."""

    format: StreamFormat
    timeline: Timeline = field(default_factory=Timeline)
    screens: dict[str, NDArray[np.uint8]] = field(default_factory=dict)

    @property
    def whole_picture(self) -> tuple[int, int, int, int] | None:
        """Return the region (x, y, width, height) in px of the whole frame, or None without picture."""
        video = self.format.video
        return (0, 0, video.width_px, video.height_px) if video else None


class Detector(ABC):
    """Looks for one defect. Subclass `VideoDetector` or `AudioDetector`."""

    defect: ClassVar[str]
    version: ClassVar[int] = 1
    metric: ClassVar[Metric]
    columns: ClassVar[tuple[str, ...]]
    trigger: ClassVar[Trigger]
    explains: ClassVar[frozenset[str]] = frozenset()
    """Defects whose findings this one explains when they lie inside one of its own."""

    @property
    def identity(self) -> str:
        """Return name and version, as stored beside each finding: `freeze_frame@1`."""
        return f"{self.defect}@{self.version}"

    def unmeasurable(self, context: Context) -> str | None:
        """Return why this input cannot be checked, in one phrase, or None if it can."""
        return None

    def prepare(self, context: Context) -> None:  # noqa: B027 - most detectors need nothing
        """Take what measuring needs besides frames and sound; called once, before the first of them.

        The timeline is still empty then.
        """

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return the intervals of the defect; by default the trigger over the first column."""
        return self.trigger.intervals(series.t_ns, series.columns[self.columns[0]], series.end_ns)


class VideoDetector(Detector):
    """Measures every frame; with `every_picture` False, of more than 45 a second only every other (`Pace`).

    Then `view.previous` is the last one that it was shown.
    """

    every_picture: ClassVar[bool] = True

    @abstractmethod
    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return one number per name in `columns`; called once a frame, in order."""

    def unmeasurable(self, context: Context) -> str | None:
        """Return the reason when there is no picture."""
        return None if context.format.video else "no picture in the input"


class AudioDetector(Detector):
    """Measures every hop of sound (`SoundView.HOP_S` seconds)."""

    @abstractmethod
    def measure(self, view: SoundView) -> tuple[float, ...]:
        """Return one number per name in `columns`; called once a hop, in order."""

    def unmeasurable(self, context: Context) -> str | None:
        """Return the reason when there is no sound."""
        return None if context.format.audio else "no sound in the input"


class SyncDetector(Detector):
    """Measures every frame and every hop of sound, and says how far sound is from picture.

    `columns` names what `measure_picture` returns, `sound_columns` what `measure_sound` returns.
    """

    sound_columns: ClassVar[tuple[str, ...]]

    @abstractmethod
    def measure_picture(self, view: FrameView) -> tuple[float, ...]:
        """Return one number per name in `columns`; called once a frame, in order."""

    @abstractmethod
    def measure_sound(self, view: SoundView) -> tuple[float, ...]:
        """Return one number per name in `sound_columns`; called once a hop, in order."""

    @abstractmethod
    def compare(
        self, picture: Series, sound: Series, context: Context
    ) -> tuple[AvSync | None, list[Interval]]:
        """Return the offset (None: nothing to measure it by) and the intervals that are out of sync."""

    def unmeasurable(self, context: Context) -> str | None:
        """Return the reason when picture or sound is missing."""
        if context.format.video is None:
            return "no picture in the input"
        return None if context.format.audio else "no sound in the input"
