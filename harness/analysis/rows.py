"""Full-height pictures for what happens between one row and the next: every row, every fourth column."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.frame_view import FrameView
from harness.analysis.picture import Picture
from harness.media import Plane

COLUMN_STEP_PX: Final = 4
"""Of so many columns one is kept: a defect of rows runs across many columns."""

SPARSE_STEP_PX: Final = 8
"""The same where whole areas are counted."""


def rows(picture: Picture) -> Plane:
    """Return the luma with all its rows and every fourth column."""
    return _some_columns(picture.luma, COLUMN_STEP_PX)


def sparse_rows(picture: Picture) -> Plane:
    """Return the luma with all its rows and every eighth column."""
    return _some_columns(picture.of(rows), SPARSE_STEP_PX // COLUMN_STEP_PX)


def _some_columns(luma: Plane, step: int) -> Plane:
    whole = luma[:, : luma.shape[1] // step * step]
    if not whole.shape[1] or whole.strides[1] != 1:
        return np.ascontiguousarray(luma[:, ::step])
    # The first byte of each little-endian word of `step` bytes: twice as fast as a slice with a step.
    return whole.view(f"<u{step}").astype(np.uint8)


def steps(picture: Picture) -> Plane:
    """Return |difference| of each row to the one above it, shape (height - 1, columns)."""
    thin = picture.of(rows)
    return np.asarray(cv2.absdiff(thin[1:], thin[:-1]), dtype=np.uint8)


def row_means(picture: Plane) -> NDArray[np.float32]:
    """Return the mean of each row."""
    summed = cv2.reduce(picture, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    return np.asarray(summed, dtype=np.float32).ravel()


def even_and_odd(picture: Picture) -> tuple[Plane, Plane]:
    """Return the rows 0, 2, 4... and 1, 3, 5...; as many of one as of the other."""
    thin = picture.of(sparse_rows)
    pairs = thin.shape[0] // 2
    return thin[0 : 2 * pairs : 2], thin[1 : 2 * pairs : 2]


def moves(view: FrameView) -> bool:
    """Return whether anything in the picture changed since the previous one, by more than coding noise."""
    change = view.block_change
    return change is not None and float(change.max()) >= STILL_CODES


STILL_CODES: Final = 1.0
"""A block of the small luma that changes by less than this, mean code values, shows what it showed."""
