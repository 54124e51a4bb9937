"""How far a picture is from what a device shows without a programme: one colour, or colour bars."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.chroma import colour_blocks
from harness.analysis.picture import Picture

FAR: Final = 255.0
"""The stray of a picture that is neither, in code values."""

ENOUGH: Final = 4.0
"""What strays further than this, in code values, need not be looked at more closely."""

COLOURFUL: Final = 20.0
"""So far from neutral, in code values, lies at least one of U and V; else it is black, grey or white."""

NEUTRAL: Final = 5.0
"""Grey keeps both of them this near to neutral."""

GREY: Final = (50.0, 200.0)
"""The luma of a grey screen: darker is black (`black_frames`), brighter is a flash or a fade to white."""

HUES: Final = ((112.0, -18.0), (-84.0, -96.0), (-128.0, -128.0))
"""U and V of the blue of "no signal", of full green, and of the green of a decoder that yields zeros."""

SAME_HUE: Final = 0.985
"""Least cosine to one of them, 10 degrees: a matrix of another standard turns them by up to 9."""

LOGO_SHARE: Final = 0.02
"""So much of the picture, off its middle, may be something else: a channel's logo."""

BARS: Final = ((1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0))
"""Red, green and blue of the bars from the left (ITU-R BT.471); where there are seven, black is left out."""

ALIKE: Final = 0.96
"""Least correlation with true bars: duller ones and those of another matrix reach it."""

ROWS: Final = (0.15, 0.6)
"""Bars may have something else below (ramps, black), and a logo or a clock above: shares of the height."""

WIDE: Final = 40.0
"""Least difference in luma between the brightest and the darkest bar, code values."""


def off_one_colour(picture: Picture) -> float:
    """Return how far the blocks stray from one colour that is neither black nor white, code values."""
    if np.ptp(_middle(picture.blocks)) > 2 * ENOUGH:
        return FAR
    tones = _tones(picture)
    colour = np.median(tones, axis=(1, 2))
    strength = float(np.abs(colour[1:]).max())
    grey = strength <= NEUTRAL and GREY[0] <= colour[0] <= GREY[1]
    if strength < COLOURFUL and not grey:
        return FAR
    off = np.abs(tones - colour[:, None, None]).max(axis=0)
    return float(max(_middle(off).max(), np.quantile(off, 1 - LOGO_SHARE)))


def generated(picture: Picture) -> float:
    """Return 1 where the usual colour of the picture has the hue that a generator shows, else 0."""
    strong = np.median(picture.of(colour_blocks), axis=(1, 2)).astype(np.float64)
    strength = float(np.hypot(*strong))
    hues = [float(np.dot(strong, hue)) / (strength * float(np.hypot(*hue)) + 1e-6) for hue in HUES]
    return float(strength <= COLOURFUL / 2 or max(hues) >= SAME_HUE)


def ground(picture: Picture, colour: NDArray[np.float32]) -> float:
    """Return the share of the picture that has a colour, given as Y, U and V."""
    return float(np.mean(np.abs(_tones(picture) - colour[:, None, None]).max(axis=0) <= ENOUGH))


def usual_colour(picture: Picture) -> NDArray[np.float32]:
    """Return the median Y, U and V of the picture; U and V are 0 where neutral."""
    return np.asarray(np.median(_tones(picture), axis=(1, 2)), dtype=np.float32)


def off_bars(picture: Picture) -> float:
    """Return how far the columns of bars stray from one colour each, code values."""
    top, bottom = (round(share * picture.blocks.shape[0]) for share in ROWS)
    some = picture.blocks[top:bottom, ::7]
    if bottom - top < 2 or np.sort(np.ptp(some, axis=0))[some.shape[1] // 2] > ENOUGH:
        return FAR
    tones = _tones(picture)[:, top:bottom]
    return min(_off_bars(tones, count) for count in (7, 8))


def _tones(picture: Picture) -> NDArray[np.float32]:
    return np.concatenate([picture.blocks[None], picture.of(colour_blocks)])


def _middle(blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the middle half both ways: a title card has letters there, a logo or a clock has not."""
    (top, bottom), (left, right) = ((side // 4, max(side // 4 + 1, side * 3 // 4)) for side in blocks.shape)
    return blocks[top:bottom, left:right]


def _off_bars(tones: NDArray[np.float32], count: int) -> float:
    width = tones.shape[2] / count
    edges = [(round((bar + 0.25) * width), round((bar + 0.75) * width)) for bar in range(count)]
    bars = [tones[:, :, left : max(right, left + 1)] for left, right in edges]
    seen = np.array([np.median(bar, axis=(1, 2)) for bar in bars])
    if np.ptp(seen[:, 0]) < WIDE:
        return FAR
    alike = np.corrcoef(_deviations(seen), _deviations(_true_bars(count)))[0, 1]
    if alike < ALIKE:
        return FAR
    strays = [np.abs(bar - tone[:, None, None]) for bar, tone in zip(bars, seen, strict=True)]
    return float(max(np.quantile(stray, 0.9) for stray in strays))


def _true_bars(count: int) -> NDArray[np.float64]:
    """Return Y, U, V of each bar, shape (bars, 3), up to a factor and an offset (ITU-R BT.709)."""
    red, green, blue = np.array(BARS[:count], dtype=np.float64).T
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return np.stack([luma, (blue - luma) / 1.8556, (red - luma) / 1.5748], axis=1)


def _deviations(tones: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(tones - tones.mean(axis=0), dtype=np.float64).ravel()
