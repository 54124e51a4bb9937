"""What wrong handling of colour makes of a picture, and how closely two frames follow it."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.analysis.chroma import colour_blocks
from harness.analysis.frame_view import FrameView
from harness.analysis.matrices import BT601, BT709
from harness.analysis.picture import Picture

Tones = NDArray[np.float32]
"""Y, U, V of every block, shape (3, rows, columns); U and V are 0 where neutral."""

MEMORY: Final = 0.5
"""What moved is remembered for some frames: every other picture may repeat the one before."""

STEP_FACTOR: Final = (0.3, 1.4)
"""What happened between two frames is so many times what the error would make, if it is that error."""

BETTER: Final = 2.0
"""An error adds so many times more to what a change of light explains of a step than light adds to it."""

ADDS: Final = 0.003
"""And it adds this share of the step at least (energy): in a flat picture, all that happens looks alike."""

VISIBLE: Final = 0.45
"""An error that would change less than this, RMS code values, cannot be seen in this picture."""


def tones(picture: Picture) -> Tones:
    """Return Y, U, V of every block."""
    return np.concatenate([picture.blocks[None], picture.of(colour_blocks)])


def step(view: FrameView) -> Tones | None:
    """Return how the tones changed since the previous frame, or None without one."""
    return None if view.previous is None else view.picture.of(tones) - view.previous.picture.of(tones)


def movement(view: FrameView) -> Tones | None:
    """Return how much each block moved of late: the last step, or half of what it was before.

    Ask for it at every frame, since each looks back at the one before.
    """
    last, before = view.of(step), None if view.previous is None else view.previous.of(movement)
    if last is None:
        return None
    return np.abs(last) if before is None else np.maximum(np.abs(last), MEMORY * before)


def calmness(view: FrameView) -> Tones | None:
    """Return a weight for every block: 1 where nothing had moved before the last step, less where it had."""
    moved = None if view.previous is None else view.previous.of(movement)
    if moved is None:
        return None
    around = [cv2.dilate(plane, np.ones((3, 3), np.uint8)) for plane in moved]
    return np.asarray(1 / (1 + np.square(around)), dtype=np.float32)


def size(happened: Tones, calm: Tones) -> float:
    """Return the RMS of a step where it was calm before, code values."""
    return float(np.sqrt(np.vdot(calm, happened * happened) / calm.sum()))


def swapped(before: Tones) -> Tones:
    """Return what U and V, given alone, look like in each other's place."""
    return before[::-1]


def crushed(before: Tones) -> Tones:
    """Return narrow range that was stretched as if it had to fill 0..255: what is dark or bright is lost."""
    y = np.clip((before[0] - 16) * (255 / 219), 0, 255)
    return np.stack([y, *np.clip(before[1:] * (255 / 224), -128, 127)])


def washed(before: Tones) -> Tones:
    """Return narrow range that was squeezed as if it were full range: black is grey, colours are pale."""
    return np.stack([before[0] * (219 / 255) + 16, *(before[1:] * (224 / 255))])


def as_709(before: Tones) -> Tones:
    """Return BT.601 colours that were taken for BT.709."""
    return _matrix(_TO_709, before)


def as_601(before: Tones) -> Tones:
    """Return BT.709 colours that were taken for BT.601."""
    return _matrix(_TO_601, before)


def closeness(happened: Tones, before: Tones, calm: Tones, error: Callable[[Tones], Tones]) -> float:
    """Return the cosine between what happened and what an error makes of the picture before; 0: not it.

    `before` and what follows from it have as many of the planes Y, U, V, counted from the last.
    """
    made = error(before) - before
    if size(made, calm) < VISIBLE:
        return 0.0
    weighed = calm * made
    inner, energy = float(np.vdot(happened, weighed)), float(np.vdot(made, weighed))
    if not STEP_FACTOR[0] <= inner / energy <= STEP_FACTOR[1]:
        return 0.0
    whole = float(np.vdot(happened, calm * happened))
    alone = whole - inner * inner / energy
    for light in _lights(before):
        by_light, by_both = _left(happened, calm, light), _left(happened, calm, light, made)
        if by_light - by_both < max(BETTER * (alone - by_both), ADDS * whole):
            return 0.0
    return inner / float(np.sqrt(energy * whole))


def _lights(before: Tones) -> list[Tones]:
    """Return what may happen to a picture by design: light on its scene, a fade to white, a plain shift."""
    if len(before) < len("YUV"):
        return [before]
    y, chroma = before[:1], before[1:]
    lit, white = np.concatenate([y - 16, chroma]), np.concatenate([235 - y, -chroma])
    plain = np.concatenate([np.ones_like(y), np.zeros_like(chroma)])
    return [lit, white, plain]


def _left(happened: Tones, calm: Tones, *causes: Tones) -> float:
    """Return what is left of a step (energy) when as much as fits has come from the causes, one or two."""
    weighed = [calm * cause for cause in causes]
    answers = np.array([np.vdot(happened, cause) for cause in weighed], dtype=np.float64)
    products = np.array([[np.vdot(one, cause) for one in causes] for cause in weighed], dtype=np.float64)
    shares = np.linalg.lstsq(products, answers, rcond=1e-9)[0]
    return float(np.vdot(happened, calm * happened)) - float(shares @ answers)


def _matrix(matrix: NDArray[np.float32], before: Tones) -> Tones:
    return np.asarray(np.tensordot(matrix, before, axes=1), dtype=np.float32)


_TO_709: Final = np.asarray(np.linalg.inv(BT601) @ BT709, dtype=np.float32)
_TO_601: Final = np.asarray(np.linalg.inv(BT709) @ BT601, dtype=np.float32)
