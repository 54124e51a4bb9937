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

from harness.analysis.picture import BLOCK_PX as SMALL_BLOCK_PX
from harness.analysis.picture import Picture
from harness.media import Plane

BLOCK_PX: Final = 16
"""A band is so high, and is looked at in blocks so wide."""

MOST_BANDS: Final = 16

MOST_PX: Final = 300_000
"""Bands hold no more px than this, a seventh of 1920 x 1080, so that large pictures cost no more."""

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
    gradient_down : float32 array, shape (bands, rows - 1)
        The same of neighbours in a column, averaged over the width, for each pair of rows in a band.
    rows : integer array, shape (bands, rows - 1)
        The number of the upper row of each such pair.
    bend, residual : float32 arrays, shape (bands, columns)
        Per block the mean change of the gradient from px to px, and the mean distance from the
        median of 3 x 3 px, code values.
    spikes : float32 array, shape (up to 4, 3)
        Share of px that differ from that median by more than `SPIKE_CODES`, in each part of the picture.

    """

    gradient: Sums
    gradient_down: Sums
    rows: NDArray[np.intp]
    bend: Sums
    residual: Sums
    spikes: Sums


def detail(picture: Picture) -> Detail | None:
    """Return the detail of a picture, or None where it is too small for bands."""
    rows = _rows(picture.height_px, picture.width_px)
    if rows is None or picture.width_px < 2 * BLOCK_PX:
        return None
    bands = picture.luma[rows]
    gradient = cv2.absdiff(bands[:, 1:], bands[:, :-1])
    bend = cv2.absdiff(gradient[:, 1:], gradient[:, :-1])
    residual = cv2.absdiff(bands, cv2.medianBlur(bands, 3))
    spikes = cv2.compare(residual, SPIKE_CODES, cv2.CMP_GT)
    across = _over_rows(gradient)
    down = cv2.reduce(cv2.absdiff(bands[1:], bands[:-1]), 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    return Detail(
        gradient=across,
        gradient_down=np.append(down, np.float32(0)).reshape(-1, BAND_PX)[:, :-1],
        rows=rows.reshape(-1, BAND_PX)[:, :-1],
        bend=_over_blocks(_over_rows(bend)),
        residual=_over_blocks(_over_rows(residual)),
        spikes=_shares(spikes),
    )


def fine_bend(picture: Picture) -> Sums | None:
    """Return how much the luma bends from px to px in each block of the bands, or None without bands."""
    found = picture.of(detail)
    return None if found is None else found.bend


def coarse_bend(picture: Picture) -> Sums:
    """Return how much the small luma bends in each of its blocks, code values."""
    down, across = (max(1, side // SMALL_BLOCK_PX) for side in picture.small.shape)
    whole = picture.small[: down * SMALL_BLOCK_PX, : across * SMALL_BLOCK_PX]
    bend = cv2.convertScaleAbs(cv2.Laplacian(whole, cv2.CV_16S)).astype(np.float32)
    return np.asarray(cv2.resize(bend, (across, down), interpolation=cv2.INTER_AREA), np.float32)


def _rows(height_px: int, width_px: int) -> NDArray[np.intp] | None:
    """Return the numbers of the rows of all bands, each with its margin."""
    room = height_px // BAND_PX
    if room < LEAST_BANDS:
        return None
    bands = min(room, MOST_BANDS, max(LEAST_BANDS, MOST_PX // (BLOCK_PX * width_px)))
    first = np.linspace(0, height_px - BAND_PX, bands).astype(np.intp)
    return np.asarray((first[:, None] + np.arange(BAND_PX)).ravel())


def _shares(mask: Plane) -> Sums:
    """Return the share of px that are set, in each part of the picture."""
    bands = np.ascontiguousarray(mask.reshape(-1, BAND_PX, mask.shape[1])[:, MARGIN_PX:-MARGIN_PX])
    edges = np.linspace(0, mask.shape[1], PARTS[1] + 1).astype(int).tolist()
    rows = [part.reshape(-1, mask.shape[1]) for part in np.array_split(bands, min(PARTS[0], len(bands)))]
    parts = [[row[:, left:right] for left, right in pairwise(edges)] for row in rows]
    return np.array([[cv2.countNonZero(part) / part.size for part in row] for row in parts], np.float32)


def _over_rows(picture: Plane) -> Sums:
    bands = picture.reshape(-1, BAND_PX, picture.shape[1])[:, MARGIN_PX:-MARGIN_PX]
    return np.asarray(bands.sum(axis=1, dtype=np.uint16) * np.float32(1 / BLOCK_PX), np.float32)


def _over_blocks(columns: Sums) -> Sums:
    whole = columns.shape[1] // BLOCK_PX
    blocks = np.ascontiguousarray(columns[:, : whole * BLOCK_PX]).reshape(len(columns), whole, BLOCK_PX)
    return np.asarray(blocks @ np.full(BLOCK_PX, 1 / BLOCK_PX, np.float32), np.float32)
