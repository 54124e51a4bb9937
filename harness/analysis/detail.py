"""The finest detail of a picture, px by px: gradients, how they bend, and what stands out alone.

Measured on bands of rows spread over the height, at full resolution: the shared small luma has none of
it, and bands of a quarter of a 1080p picture tell as much as the whole.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.frame_view import FrameView
from harness.media import Plane

BLOCK_PX: Final = 16
"""A band is so high, and is looked at in blocks so wide."""

MOST_BANDS: Final = 16
"""So many bands are a quarter of 1080 rows."""

LEAST_BANDS: Final = 2
"""A picture with room for fewer is not measured."""

MARGIN_PX: Final = 1
"""Rows above and below a band that a 3 x 3 window needs."""

BAND_PX: Final = BLOCK_PX + 2 * MARGIN_PX

PARTS: Final = (4, 3)
"""Rows and columns of parts of the picture that are told apart."""

SPIKE_CODES: Final = 40
"""A pixel that differs so much from the median of its 3 x 3 neighbours stands alone, code values."""

Sums = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Detail:
    """What the bands of one picture hold.

    Parameters
    ----------
    gradient : float32 array, shape (bands, width - 1)
        Mean absolute difference of neighbours in a row, averaged over the rows of a band, code values.
    slope, bend, residual : float32 arrays, shape (bands, columns)
        Per block the mean gradient, the mean change of the gradient from px to px, and the mean distance
        from the median of 3 x 3 px, code values.
    spikes : float32 array, shape (up to 4, 3)
        Share of px that differ from that median by more than `SPIKE_CODES`, in each part of the picture.

    """

    gradient: Sums
    slope: Sums
    bend: Sums
    residual: Sums
    spikes: Sums


def detail(view: FrameView) -> Detail | None:
    """Return the detail of a picture, or None where it is too small for bands."""
    rows = _rows(view.height_px)
    if rows is None or view.width_px < 2 * BLOCK_PX:
        return None
    bands = view.luma[rows]
    gradient = cv2.absdiff(bands[:, 1:], bands[:, :-1])
    bend = cv2.absdiff(gradient[:, 1:], gradient[:, :-1])
    residual = cv2.absdiff(bands, cv2.medianBlur(bands, 3))
    spikes = cv2.compare(residual, SPIKE_CODES, cv2.CMP_GT)
    across = _over_rows(gradient)
    return Detail(
        gradient=across,
        slope=_over_blocks(across),
        bend=_over_blocks(_over_rows(bend)),
        residual=_over_blocks(_over_rows(residual)),
        spikes=_shares(spikes),
    )


def _rows(height_px: int) -> NDArray[np.intp] | None:
    """Return the numbers of the rows of all bands, each with its margin."""
    room = height_px // BAND_PX
    if room < LEAST_BANDS:
        return None
    bands = min(room, MOST_BANDS)
    first = np.linspace(0, height_px - BAND_PX, bands).astype(np.intp)
    return np.asarray((first[:, None] + np.arange(BAND_PX)).ravel())


def _inner(band: Plane) -> Plane:
    return band[MARGIN_PX:-MARGIN_PX]


def _shares(mask: Plane) -> Sums:
    """Return the share of px that are set, in each part of the picture."""
    bands = [_inner(band) for band in np.split(mask, len(mask) // BAND_PX)]
    edges = np.linspace(0, mask.shape[1], PARTS[1] + 1).astype(int).tolist()
    sides = list(pairwise(edges))
    counts = np.array([[cv2.countNonZero(band[:, left:right]) for left, right in sides] for band in bands])
    parts = np.array_split(counts, min(PARTS[0], len(bands)))
    return np.array([part.mean(axis=0) * PARTS[1] / (BLOCK_PX * mask.shape[1]) for part in parts], np.float32)


def _over_rows(picture: Plane) -> Sums:
    bands = picture.reshape(-1, BAND_PX, picture.shape[1])[:, MARGIN_PX:-MARGIN_PX]
    return np.asarray(bands.sum(axis=1, dtype=np.uint16) * np.float32(1 / BLOCK_PX), np.float32)


def _over_blocks(columns: Sums) -> Sums:
    whole = columns.shape[1] // BLOCK_PX
    blocks = columns[:, : whole * BLOCK_PX].reshape(len(columns), whole, BLOCK_PX)
    return np.asarray(blocks.mean(axis=2), np.float32)
