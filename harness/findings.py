"""What detectors say: metrics, findings, and for every defect name whether it was checked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DEFECTS: Final[dict[str, str]] = {
    "block_corruption": "picture",
    "blockiness": "picture",
    "black_frames": "picture",
    "solid_colour": "picture",
    "blur": "picture",
    "banding": "picture",
    "noise": "picture",
    "colour_error": "picture",
    "combing": "picture",
    "aspect_error": "picture",
    "tearing": "picture",
    "flicker": "picture",
    "freeze_frame": "motion",
    "stutter": "motion",
    "stalling": "motion",
    "error_screen": "screen",
    "silence": "sound",
    "audio_dropout": "sound",
    "hum": "sound",
    "hiss": "sound",
    "distortion": "sound",
    "clicks": "sound",
    "loudness": "sound",
    "channel_error": "sound",
    "av_sync": "sync",
    "caption_missing": "captions",
    "caption_drift": "captions",
    "caption_text": "captions",
    "caption_legibility": "captions",
}
"""Every defect name of the contract and its group, in the order in which reports list them."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What a detector measures: a name in the field's words, and the unit."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One interval `[start_ns, end_ns)` in which a defect was seen or heard.

    `confidence` is 0..1; `region` is (x, y, width, height) in px; `channel` counts from 0.
    `inconclusive` says why the finding cannot be trusted (it touches a gap, for one), else `None`.
    `explained_by` names what explains it (another defect, or an intended pause), else `None`.
    """

    defect: str
    start_ns: int
    end_ns: int
    confidence: float
    metric: Metric
    peak: float
    detector: str
    limit: float | None = None
    region: tuple[int, int, int, int] | None = None
    channel: int | None = None
    explained_by: str | None = None
    inconclusive: str | None = None


class Status(StrEnum):
    """What came of a check."""

    CLEAR = "clear"
    FOUND = "found"
    INCONCLUSIVE = "inconclusive"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True)
class Check:
    """Whether one defect was looked for, and what came out; `detector` is None if nobody looked."""

    defect: str
    status: Status
    reason: str | None = None
    detector: str | None = None


@dataclass(frozen=True, slots=True)
class AvSync:
    """How far sound is from picture; positive `offset_ms` means sound early (ITU-R BT.1359).

    `rig_offset_ms` is the rig's own, which has been taken off; None where none is known.
    """

    status: str
    offset_ms: float | None
    interval_ms: tuple[float, float] | None
    method: str
    rig_offset_ms: float | None = None
