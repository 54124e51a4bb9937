"""Plants one defect in what a clip yields, and measures what that really changed: the ground truth."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.clock import NS_PER_S, ns_to_seconds
from harness.config import nearest
from harness.errors import InputError
from harness.impair import IMPAIRMENTS
from harness.impair.base import FaultSpec, Picture
from harness.media import AudioBlock, Captured, Frame, Plane, StreamFormat

SCHEMA: Final = "harness.truth/1"
VISIBLE_CODES: Final = 3
"""A pixel counts as changed when its luma differs by more than this, 8-bit code values; a sample of chroma
when U and V together do, 3 or 4 in CIE Lab (2.3 are just noticeable)."""

BREAK_CODES: Final = 10
"""A px of a row breaks off where the step to the row above became larger by so much, code values: a line of
such steps is seen at a glance in a picture that moves."""

MOST_DB: Final = 99.0
"""Stands for no difference at all."""


@dataclass(slots=True)
class _Changed:
    """What was changed so far: edges of the first and last unit by declared interval, and how much."""

    spans_ns: dict[int, list[int]] = field(default_factory=dict)
    units: int = 0
    worst_share: float = 0.0
    worst_colour_share: float = 0.0
    line_shares: list[float] = field(default_factory=list)
    squared: float = 0.0
    clean_squared: float = 0.0
    values: int = 0


class Planting:
    """Plants one defect in the frames and the sound of a clip.

    Parameters
    ----------
    spec : FaultSpec
        What to plant; its times count from the start of the clip.
    stream : StreamFormat
        What the clip delivers.

    Raises InputError for a defect that cannot be planted, or not in this clip.

    """

    def __init__(self, spec: FaultSpec, stream: StreamFormat) -> None:
        _require(spec, stream)
        self.spec = spec
        self._fps = stream.video.fps if stream.video else None
        self._rate_hz = stream.audio.rate_hz if stream.audio else None
        self._impairment = IMPAIRMENTS[spec.defect](spec, self._fps, self._rate_hz)
        self._frame_ns = round(NS_PER_S / self._fps) if self._fps else 0
        self._changed = _Changed()
        self._end_ns = 0

    def items(self, clean: Iterable[Captured]) -> Iterator[Captured]:
        """Yield what comes in, with the defect in it."""
        for item in clean:
            if isinstance(item, Frame):
                yield self._frame(item)
            elif isinstance(item, AudioBlock):
                yield self._block(item)
            else:
                yield item

    def truth(self) -> dict[str, Any]:
        """Return what was planted, as JSON: `intervals_s` holds what differs, to the frame or the sample.

        Call once all items have come through.
        """
        intervals = [[ns_to_seconds(edge) for edge in span] for span in self._spans_ns()]
        return {
            "schema": SCHEMA,
            "defect": self.spec.defect,
            "kind": self._impairment.kind or None,
            "level": self.spec.level,
            "seed": self.spec.seed,
            "medium": self._impairment.medium,
            "intervals_s": [[round(edge, 6) for edge in interval] for interval in intervals],
            "declared_s": [
                [round(edge, 6) for edge in interval] for interval in self._impairment.intervals_s()
            ],
            "measured": self._measured(),
        }

    def _frame(self, frame: Frame) -> Frame:
        self._end_ns = max(self._end_ns, frame.t_ns + self._frame_ns)
        clean = (frame.y, frame.u, frame.v)
        planted = self._impairment.picture(clean, ns_to_seconds(frame.t_ns))
        if planted is clean:
            return frame
        if any(not np.array_equal(one, other) for one, other in zip(clean, planted, strict=True)):
            self._note(frame.t_ns, frame.t_ns + self._frame_ns, 1)
            self._compare(clean, planted)
        return replace(frame, y=planted[0], u=planted[1], v=planted[2])

    def _compare(self, clean: Picture, planted: Picture) -> None:
        apart = planted[0].astype(np.int16) - clean[0]
        share = np.count_nonzero(np.abs(apart) > VISIBLE_CODES) / apart.size
        self._changed.worst_share = max(self._changed.worst_share, share)
        self._changed.squared += float(np.mean(np.square(apart, dtype=np.float32)))
        self._changed.values += 1
        u, v = (new.astype(np.int32) - old for new, old in zip(planted[1:], clean[1:], strict=True))
        recoloured = np.count_nonzero(u * u + v * v > VISIBLE_CODES**2) / u.size
        self._changed.worst_colour_share = max(self._changed.worst_colour_share, recoloured)
        if self.spec.defect == "tearing":
            self._changed.line_shares.append(_line_share(clean[0], planted[0]))

    def _block(self, block: AudioBlock) -> AudioBlock:
        if self._rate_hz is None:
            return block
        length_ns = round(len(block.samples) * NS_PER_S / self._rate_hz)
        self._end_ns = max(self._end_ns, block.t_ns + length_ns)
        clean = np.clip(np.rint(block.samples * np.float32(32768)), -32768, 32767).astype(np.int16)
        planted = self._impairment.sound(clean, ns_to_seconds(block.t_ns))
        if planted is clean:
            return block
        if self._impairment.medium == "sound":
            self._listen(block, clean, planted)
        return replace(block, samples=planted.astype(np.float32) / np.float32(32768))

    def _listen(self, block: AudioBlock, clean: NDArray[np.int16], planted: NDArray[np.int16]) -> None:
        apart = planted.astype(np.float64) - clean
        differs = np.flatnonzero(apart.any(axis=1))
        if not differs.size or self._rate_hz is None:
            return
        for rows in np.split(differs, np.flatnonzero(np.diff(differs) > 1) + 1):
            start_ns, end_ns = (
                block.t_ns + round(int(row) * NS_PER_S / self._rate_hz) for row in (rows[0], rows[-1] + 1)
            )
            self._note(start_ns, end_ns, len(rows))
        self._changed.squared += float(np.square(apart).sum())
        self._changed.clean_squared += float(np.square(clean[differs], dtype=np.float64).sum())

    def _note(self, start_ns: int, end_ns: int, units: int) -> None:
        """Widen the span of the declared interval that what differs lies in."""
        self._changed.units += units
        for number, (start_s, end_s) in enumerate(self._impairment.intervals_s()):
            if end_ns / NS_PER_S > start_s and start_ns / NS_PER_S < end_s:
                span = self._changed.spans_ns.setdefault(number, [start_ns, end_ns])
                span[0], span[1] = min(span[0], start_ns), max(span[1], end_ns)

    def _spans_ns(self) -> list[list[int]]:
        """Return the measured spans, in order of time."""
        return [self._changed.spans_ns[number] for number in sorted(self._changed.spans_ns)]

    def _measured(self) -> dict[str, Any]:
        changed = self._changed
        if self._impairment.medium == "picture":
            mean = changed.squared / max(1, changed.values)
            measured = {
                "frames": changed.units,
                "psnr_db": round(_decibels(255.0**2, mean), 2),
                "area_share": round(changed.worst_share, 5),
                "colour_share": round(changed.worst_colour_share, 5),
            }
            if changed.line_shares:
                measured["line_share"] = round(float(np.median(changed.line_shares)), 5)
            return measured
        return {
            "samples": changed.units,
            "snr_db": round(_decibels(changed.clean_squared, changed.squared), 2),
        }


def _line_share(clean: Plane, planted: Plane) -> float:
    """Return the share of the width along which a picture breaks off at the row where it breaks most."""
    steps = (np.abs(np.diff(plane.astype(np.int16), axis=0)) for plane in (planted, clean))
    broken = np.subtract(*steps) > BREAK_CODES
    return float(broken.mean(axis=1).max(initial=0.0))


def _decibels(signal: float, noise: float) -> float:
    if noise <= 0 or signal <= 0:
        return MOST_DB if noise <= 0 else -MOST_DB
    return float(min(MOST_DB, 10 * np.log10(signal / noise)))


def _require(spec: FaultSpec, stream: StreamFormat) -> None:
    kind = IMPAIRMENTS.get(spec.defect)
    if kind is None:
        known = sorted(IMPAIRMENTS)
        hint = nearest(spec.defect, known)
        raise InputError(f"no defect {spec.defect!r} can be planted{hint}; known: {', '.join(known)}")
    if spec.kind and spec.kind not in kind.kinds:
        takes = f"comes as {', '.join(kind.kinds)}" if kind.kinds else "has no kinds"
        raise InputError(f"{spec.defect} {takes}, not as {spec.kind!r}{nearest(spec.kind, list(kind.kinds))}")
    if (stream.video if kind.medium == "picture" else stream.audio) is None:
        raise InputError(f"{spec.defect} damages the {kind.medium}, and there is none")
