"""One frame alone, and pictures of it computed once and shared by all detectors."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.shared import Shares, shared
from harness.media import Captured, Frame, Plane

SMALL_LONG_SIDE_PX: Final = 480
"""The shared small luma is at most this long: motion and shape stay, camera noise averages out."""

BLOCK_PX: Final = 8
"""Side of a block, in px of the small luma."""


class Picture(Shares):
    """One frame, whatever came before it; each picture of it is computed at first use, then kept.

    Code values are 8-bit, narrow range.
    """

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.frame = frame

    @property
    def luma(self) -> Plane:
        """Return the luma plane, shape (height, width); never write to it."""
        return self.frame.y

    @property
    def width_px(self) -> int:
        """Return the width of the frame."""
        return int(self.frame.y.shape[1])

    @property
    def height_px(self) -> int:
        """Return the height of the frame."""
        return int(self.frame.y.shape[0])

    @property
    def scale(self) -> float:
        """Return how many px of the frame one px of the small luma stands for, at least 1."""
        return max(1.0, max(self.width_px, self.height_px) / SMALL_LONG_SIDE_PX)

    @shared
    def small(self) -> Plane:
        """Return the luma, area-averaged to at most `SMALL_LONG_SIDE_PX` on its long side."""
        return _shrink(self.frame.y, self.scale)

    @shared
    def small_u(self) -> Plane:
        """Return the U plane, at half the size of the small luma."""
        return _shrink(self.frame.u, self.scale)

    @shared
    def small_v(self) -> Plane:
        """Return the V plane, at half the size of the small luma."""
        return _shrink(self.frame.v, self.scale)

    @shared
    def blocks(self) -> NDArray[np.float32]:
        """Return the mean luma of each block, shape (rows, columns), code values."""
        return block_means(self.small)

    @shared
    def mean_luma(self) -> float:
        """Return the mean luma, code value."""
        return float(cv2.mean(self.small)[0])

    @shared
    def spread(self) -> float:
        """Return the standard deviation of the small luma, code values: 0 for a flat picture."""
        return float(cv2.meanStdDev(self.small)[1][0, 0])

    @shared
    def histogram(self) -> NDArray[np.float32]:
        """Return the shares of the small luma's px in 64 bins of 4 code values; they sum to 1."""
        counts = cv2.calcHist([self.small], [0], None, [64], [0, 256])
        shares: NDArray[np.float32] = counts.ravel() / self.small.size
        return shares

    @shared
    def level(self) -> NDArray[np.float64]:
        """Return the mean luma of the blocks less the mean of all, flat."""
        return centred(self.blocks)


def pictures(items: Iterable[Captured]) -> Iterator[Captured | Picture]:
    """Yield the items, with a picture in the place of each frame; for the thread that takes them ahead.

    Only the small luma is made there: it is what every frame is asked for. More would cost both threads more
    than it spares one of them, as a picture is looked at where it lies in the cache.
    """
    for item in items:
        if isinstance(item, Frame):
            picture = Picture(item)
            _ = picture.small
            yield picture
        else:
            yield item


def block_means(plane: Plane) -> NDArray[np.float32]:
    """Return the mean of each block of a picture of the size of the small luma."""
    rows, columns = max(1, plane.shape[0] // BLOCK_PX), max(1, plane.shape[1] // BLOCK_PX)
    whole = plane[: rows * BLOCK_PX, : columns * BLOCK_PX]
    fine = cv2.resize(whole.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(fine, dtype=np.float32)


def centred(picture: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return a picture less its mean, flat."""
    flat = picture.ravel().astype(np.float64)
    return np.asarray(flat - flat.mean())


def _shrink(plane: Plane, scale: float) -> Plane:
    if scale == 1.0:
        return plane
    height, width = plane.shape
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    # OpenCV halves seven times as fast as it averages over four.
    while plane.shape[0] % 2 == plane.shape[1] % 2 == 0 and plane.shape[1] >= 2 * size[0]:
        half = (plane.shape[1] // 2, plane.shape[0] // 2)
        plane = np.asarray(cv2.resize(plane, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if plane.shape == size[::-1]:
        return plane
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
