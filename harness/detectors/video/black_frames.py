"""black_frames: the picture goes black in the middle of a scene."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.detector import Context, Series, VideoDetector
from harness.analysis.explaining import MARRED
from harness.analysis.frame_view import FrameView
from harness.analysis.outage import Across, abrupt, same_scene
from harness.analysis.trigger import Interval, Trigger, confidence, runs
from harness.clock import NS_PER_S
from harness.findings import Metric

LOGO_SHARE: Final = 0.1
"""So much of the picture, off its centre, may be lit: a logo of 5 %, with the blocks that it touches."""

LIFTED_MOST: Final = 48.0
"""Black may be lifted to this luma: sRGB #202020 is 44."""

FLAT_CODES: Final = 6.0
"""Black has no content: all but the logo lies within so many code values."""

NEUTRAL_CODES: Final = 8.0
"""Black has no colour: U and V stay this near to 128."""

LONG_S: Final = 2.0
"""File QC counts black from here on, whatever its edges (EBU QC, FFmpeg blackdetect)."""

NOT_BLACK: Final = 255.0


class BlackFrames(VideoDetector):
    """The viewer sees the picture drop out to black for a moment, or stay black.

    Measures how bright the picture is apart from a logo, if the rest is flat and colourless; a dark scene
    has structure, a title card is lit in the middle. Films fade or cut to black by design, so what is
    shorter than 2 s counts only where black begins and ends from one frame to the next, and the same
    scene is there before and after it.

    Limit: 0.2 s is what a device test cares for; 2 s is the limit of file QC (FFmpeg blackdetect, EBU QC).
    """

    defect = "black_frames"
    metric = Metric("luma of the picture apart from a logo", "8-bit code value")
    columns = ("black_level", "mean_luma", "spread", "likeness_across")
    trigger = Trigger(enter=LIFTED_MOST, leave=LIFTED_MOST, min_s=0.2, above=False)
    explains = MARRED | {"freeze_frame", "stutter", "stalling", "error_screen"}

    def __init__(self) -> None:
        self._across = Across()

    def measure(self, view: FrameView) -> tuple[float, ...]:
        """Return the level if the frame is black (else 255), brightness, contrast, and likeness across.

        The last is how much the first frame after black is like the last one before it, else NaN.
        """
        level = _black_level(view)
        across = self._across.measure(view, gone=level < NOT_BLACK)
        return level, view.mean_luma, view.spread, across

    def find(self, series: Series, context: Context) -> list[Interval]:
        """Return where black begins and ends abruptly within a scene, or lasts long."""
        edges_ns = np.append(series.t_ns, series.end_ns)
        level = series.columns["black_level"]
        half_frame_ns = float(np.median(np.diff(edges_ns))) / 2 if level.size else 0.0
        found = []
        for start, stop in runs(level <= self.trigger.enter):
            length_ns = int(edges_ns[stop] - edges_ns[start])
            if length_ns + half_frame_ns < self.trigger.min_s * NS_PER_S:
                continue
            if length_ns < LONG_S * NS_PER_S and not _drops_out(series, start, stop):
                continue
            found.append(
                Interval(
                    int(edges_ns[start]),
                    int(edges_ns[stop]),
                    peak=float(np.median(level[start:stop])),
                    confidence=confidence(length_ns, round(self.trigger.min_s * NS_PER_S / 4)),
                    limit=self.trigger.enter,
                    region=context.whole_picture,
                )
            )
        return found


def _black_level(view: FrameView) -> float:
    if view.mean_luma > LIFTED_MOST + LOGO_SHARE * 200:
        return NOT_BLACK
    blocks = view.blocks.ravel()
    low, high = (int(share * (blocks.size - 1)) for share in (0.02, 1 - LOGO_SHARE))
    ordered = np.partition(blocks, (low, high))
    if ordered[high] > LIFTED_MOST or ordered[high] - ordered[low] > FLAT_CODES:
        return NOT_BLACK
    if _centre(view.blocks).max() - ordered[low] > FLAT_CODES:
        return NOT_BLACK
    colour = max(abs(float(plane.mean()) - 128.0) for plane in (view.picture.small_u, view.picture.small_v))
    return float(ordered[high]) if colour <= NEUTRAL_CODES else NOT_BLACK


def _centre(blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the middle third both ways: a title card lights it, a logo or a subtitle does not."""
    (top, bottom), (left, right) = ((side // 3, max(side // 3 + 1, side * 2 // 3)) for side in blocks.shape)
    return blocks[top:bottom, left:right]


def _drops_out(series: Series, start: int, stop: int) -> bool:
    if not same_scene(series, start, stop):
        return False
    rich = {"mean_luma": float(np.min(series.columns["mean_luma"])), "spread": 0.0}
    return abrupt(series, start - 1, -1, rich) and abrupt(series, stop, 1, rich)
