"""What each planted picture defect looks like: a sheet, one row a defect, one column a level."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.bench.negatives import NEGATIVES
from harness.impair import IMPAIRMENTS
from harness.impair.base import LEVELS, FaultSpec, Picture
from harness.media import VideoFormat

SCENE: Final = "hand_held"
"""It moves, has fine detail, and a face."""
VIDEO: Final = VideoFormat(1280, 720, Fraction(25))
FRAMES: Final = 30
"""So many are shown; the last one is drawn."""
PLANTED_S: Final = (0.6, 1.0)
THUMB_PX: Final = (320, 180)
LABEL_PX: Final = 22
FAINT_CODES: Final = 15.0
"""A defect that changes the picture by less than this, mean code values, is shown under a glass."""
GLASS_PX: Final = (256, 144)
IN_TIME_ALONE: Final = frozenset({"freeze_frame", "stutter", "flicker"})
"""What a still cannot show."""

Colour = NDArray[np.uint8]
Corner = tuple[int, int]


def draw_examples(path: Path) -> None:
    """Write the sheet; faint defects are enlarged where they show most."""
    pictures = _scene()
    names = [name for name, kind in IMPAIRMENTS.items() if kind.medium == "picture"]
    cv2.imwrite(str(path), np.vstack([_row(pictures, name) for name in names if name not in IN_TIME_ALONE]))


def _scene() -> list[Picture]:
    reel = next(item for item in NEGATIVES if item.name == SCENE).open(VIDEO)
    return [reel.picture(index / VIDEO.fps) for index in range(FRAMES)]


def _row(pictures: list[Picture], name: str) -> Colour:
    clean = pictures[-1]
    planted = {f"{name}, {level}": _planted(pictures, name, level) for level in LEVELS}
    corner = _where([_difference(clean, picture) for picture in planted.values()])
    return np.hstack(
        [_thumb(picture, label, corner) for label, picture in ({"clean": clean} | planted).items()]
    )


def _planted(pictures: list[Picture], name: str, level: str) -> Picture:
    impairment = IMPAIRMENTS[name](FaultSpec(name, *PLANTED_S, level, seed=1), VIDEO.fps, None)
    return [impairment.picture(item, float(index / VIDEO.fps)) for index, item in enumerate(pictures)][-1]


def _difference(clean: Picture, planted: Picture) -> NDArray[np.float32]:
    """Return how far each px of luma is off, and its colour as much as its luma."""
    size = clean[0].shape[::-1]
    planes = [cv2.absdiff(one, other) for one, other in zip(clean, planted, strict=True)]
    total = sum(cv2.resize(plane, size).astype(np.float32) for plane in planes)
    return np.asarray(total, dtype=np.float32)


def _where(differences: list[NDArray[np.float32]]) -> Corner | None:
    """Return the upper left corner of the glass, or None where the whole picture shows the defect."""
    if differences[0].mean() >= FAINT_CODES:
        return None
    shares = np.sum([each / max(1e-6, float(each.mean())) for each in differences], axis=0, dtype=np.float32)
    inside = cv2.boxFilter(shares, -1, GLASS_PX, anchor=(0, 0))
    inside = inside[: shares.shape[0] - GLASS_PX[1], : shares.shape[1] - GLASS_PX[0]]
    y, x = np.unravel_index(int(np.argmax(inside)), inside.shape)
    return int(x) // 2 * 2, int(y) // 2 * 2


def _thumb(picture: Picture, label: str, corner: Corner | None) -> Colour:
    y, u, v = picture
    planes = np.concatenate([np.ascontiguousarray(plane).ravel() for plane in (y, u, v)])
    colour = cv2.cvtColor(planes.reshape(y.shape[0] * 3 // 2, y.shape[1]), cv2.COLOR_YUV2BGR_I420)
    if corner:
        colour = colour[corner[1] : corner[1] + GLASS_PX[1], corner[0] : corner[0] + GLASS_PX[0]]
        label += f" (enlarged {VIDEO.width_px / GLASS_PX[0]:.0f} x)"
    thumb = cv2.resize(colour, THUMB_PX, interpolation=cv2.INTER_CUBIC if corner else cv2.INTER_AREA)
    strip = np.full((LABEL_PX, THUMB_PX[0], 3), 255, np.uint8)
    cv2.putText(strip, label, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (30, 25, 21), 1, cv2.LINE_AA)
    return np.vstack([strip, thumb])
