"""The colour of a frame, block by block."""

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.picture import Picture
from harness.media import Plane


def colour_blocks(picture: Picture) -> NDArray[np.float32]:
    """Return the mean U and V of each block of the small luma, shape (2, rows, columns); 0 is neutral.

    Of a large frame every few samples are taken: colour is soft, and a block has enough of them.
    """
    step = max(1, int(picture.scale))
    rows, columns = picture.blocks.shape
    size = (columns, rows)
    return np.stack([_means(plane[step // 2 :: step, step // 2 :: step], size) for plane in _planes(picture)])


def _planes(picture: Picture) -> tuple[Plane, Plane]:
    return picture.frame.u, picture.frame.v


def _means(plane: Plane, size: tuple[int, int]) -> NDArray[np.float32]:
    fine = np.ascontiguousarray(plane, dtype=np.float32)
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA) - 128.0, dtype=np.float32)
