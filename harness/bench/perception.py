"""What of planted defects can be seen or heard in a clip, told from what planting measured."""

import math
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from harness.clock import NS_PER_S
from harness.impair import IMPAIRMENTS
from harness.impair.base import TOLERANCE_S, FaultSpec
from harness.media import AudioBlock, Captured, Frame

LOUD_DBFS: Final = -45.0
"""What is planted in sound softer than this cannot be heard."""
SIDES_HEARD_DB: Final = 27.0
"""Sides softer than this below the sound are not missed when they go: listeners tell noise whose channels
correlate by 0.996 from noise that is the same in both, and no less (Gabriel and Colburn, 1981)."""
TURN_HEARD: Final = 0.18
"""Nor does a channel that turns its polarity change what is heard, if the pair hardly correlates: about no
correlation, listeners need a change of 0.35 (ibid.)."""
VISIBLE_PSNR_DB: Final = 50.0
LEAST_SHARE: Final = {
    **dict.fromkeys(("freeze_frame", "stutter", "tearing", "combing", "aspect_error"), 0.02),
    "blur": 0.05,
    "colour_error": 0.05,
}
"""These show only where the luma of so much of the picture becomes another, or with wrong colours the chroma:
not in what stands still, is mostly black, was soft already, or has no colour."""

LEAST_LINE_SHARE: Final = 0.02
"""Nor is a tear seen unless half of the torn pictures break off along so much of the line."""

FLAT_CODES: Final = 3.0
"""A picture whose luma strays by less than this holds nothing: nobody sees it stand still."""

DARK_CODES: Final = 32.0
"""If its mean is below this, too, black that is planted beside it is the programme's own, a little longer."""


class Listener:
    """Listens to the clean sound where something is planted: its level, and how the front pair correlates.

    Of the clean picture it keeps the last frame before and the first one after: the mean of the luma and how
    far it strays, 8-bit code values; None where there is none.
    """

    def __init__(self, spec: FaultSpec) -> None:
        self._span_s = (spec.start_s, spec.start_s + spec.duration_s)
        self._squared = 0.0
        self._count = 0
        self._pair = np.zeros(3)
        self.before: tuple[float, float] | None = None
        self.after: tuple[float, float] | None = None

    def listen(self, items: Iterable[Captured]) -> Iterator[Captured]:
        """Pass on what comes in."""
        for item in items:
            if isinstance(item, Frame):
                self._look(item)
            inside = self._span_s[0] <= getattr(item, "t_ns", 0) / NS_PER_S < self._span_s[1]
            if inside and isinstance(item, AudioBlock):
                self._squared += float(np.square(item.samples, dtype=np.float64).sum())
                self._count += item.samples.size
                left, right = (
                    item.samples[:, 0].astype(np.float64),
                    item.samples[:, :2][:, -1].astype(np.float64),
                )
                self._pair += left @ left, right @ right, left @ right
            yield item

    def _look(self, frame: Frame) -> None:
        t_s = frame.t_ns / NS_PER_S
        if t_s < self._span_s[0] - TOLERANCE_S:
            self.before = _levels(frame)
        elif t_s >= self._span_s[1] - TOLERANCE_S and self.after is None:
            self.after = _levels(frame)

    @property
    def dbfs(self) -> float:
        """Return the level, full scale 1; -120 where nothing was heard."""
        return 10 * math.log10(self._squared / self._count + 1e-12) if self._count else -120.0

    @property
    def correlation(self) -> float:
        """Return that of the front pair, -1..1; a single channel correlates with itself."""
        left, right, product = self._pair.tolist()
        return product / math.sqrt(left * right) if left > 0 and right > 0 else 0.0


def _levels(frame: Frame) -> tuple[float, float]:
    some = frame.y[::4, ::4]
    return float(some.mean()), float(some.std())


def _flat(side: tuple[float, float] | None, brightest: float = math.inf) -> bool:
    return side is not None and side[0] < brightest and side[1] < FLAT_CODES


def perceptible(spec: FaultSpec, truth: dict[str, Any], meter: Listener) -> bool:
    """Return whether what was planted can be seen or heard in this clip.

    Sound must be loud enough to be heard at all. Of a pair of channels that errs, the difference must be
    heard: not that of a pair that was all but mono and becomes so, nor the polarity of two channels that
    have nothing in common. A picture must differ: over an area, where the defect needs one to show; and
    there must be one, to be held or to go black.
    """
    if IMPAIRMENTS[spec.defect].medium == "sound":
        return meter.dbfs > LOUD_DBFS and (spec.defect != "channel_error" or _pair_errs(truth, meter))
    if spec.defect == "freeze_frame" and _flat(meter.before):
        return False
    if spec.defect == "black_frames" and any(_flat(side, DARK_CODES) for side in (meter.before, meter.after)):
        return False
    measured = truth["measured"]
    if spec.defect not in LEAST_SHARE:
        return bool(measured["psnr_db"] < VISIBLE_PSNR_DB)
    if measured.get("line_share", 1.0) < LEAST_LINE_SHARE:
        return False
    colour = measured["colour_share"] if spec.defect == "colour_error" else 0.0
    return bool(max(measured["area_share"], colour) >= LEAST_SHARE[spec.defect])


def _pair_errs(truth: dict[str, Any], meter: Listener) -> bool:
    """Return whether the difference between a pair of channels and what became of it is heard."""
    turned = truth["kind"] == "inverted"
    heard = truth["measured"]["snr_db"] <= SIDES_HEARD_DB
    return heard and not (turned and abs(meter.correlation) < TURN_HEARD)
