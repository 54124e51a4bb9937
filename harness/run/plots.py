"""Draws sound for people: the waveform and the spectrogram around a finding, with axes and units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIZE_PX = (960, 260)
BOX = (64, 10, 936, 222)
"""Left, top, right and bottom of the plotting area, px."""
FLOOR_DBFS = -100.0
MOST_LANES = 2
PAPER, INK, QUIET, RULE = (255, 255, 255), (21, 25, 30), (86, 96, 112), (216, 221, 227)
WAVE, SHADE, EDGE = (11, 87, 164), (252, 226, 223), (176, 32, 26)
_SCALE = np.array(
    [(12, 10, 32), (62, 28, 96), (140, 45, 106), (214, 78, 74), (250, 152, 60), (252, 244, 180)], np.float64
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Sound around a finding.

    Parameters
    ----------
    samples : float32 array, shape (n, channels), full scale +-1
    rate_hz : int
    start_s : float
        When the first sample was heard, in the recording.
    finding_s : (start, end)
        The interval to mark, in the recording.
    """

    samples: NDArray[np.float32]
    rate_hz: int
    start_s: float
    finding_s: tuple[float, float]

    @property
    def end_s(self) -> float:
        """Return when the last sample ends."""
        return self.start_s + len(self.samples) / self.rate_hz

    def x_px(self, t_s: float) -> int:
        """Return where a time lies in the plotting area, held inside it."""
        left, _, right, _ = BOX
        share = (t_s - self.start_s) / max(self.end_s - self.start_s, 1e-9)
        return round(left + min(max(share, 0.0), 1.0) * (right - left))


def waveform(excerpt: Excerpt, path: Path) -> None:
    """Draw the lowest and the highest sample of every column of pixels, in a lane for each channel."""
    image, draw = _canvas()
    left, top, right, bottom = BOX
    start, end = (excerpt.x_px(t_s) for t_s in excerpt.finding_s)
    draw.rectangle((start, top, max(end, start + 1), bottom), fill=SHADE)
    channels = min(excerpt.samples.shape[1], MOST_LANES)
    height = (bottom - top) / channels
    scale = _scale(excerpt.samples)
    for channel in range(channels):
        middle, half = top + height * (channel + 0.5), height * 0.4
        low, high = _envelope(excerpt.samples[:, channel], right - left)
        for share in (-1, 0, 1):
            y = middle - half * share
            draw.line((left, y, right, y), fill=RULE)
            _label(draw, (left - 8, y), f"{share * scale:+g}" if share else "0", "rm")
        for column, (least, most) in enumerate(zip(low, high, strict=True)):
            draw.line(
                (left + column, middle - half * most / scale, left + column, middle - half * least / scale),
                fill=WAVE,
            )
    _axes(draw, excerpt, "1 = full scale" if channels == 1 else "1 = full scale; channels 1 and 2")
    _save(image, path)


def spectrum(excerpt: Excerpt, path: Path) -> None:
    """Draw the level of every frequency over time, the mean of the channels' powers, in dBFS."""
    image, draw = _canvas()
    left, top, right, bottom = BOX
    levels = _strongest(_levels_dbfs(excerpt), bottom - top)
    share = np.clip((levels - FLOOR_DBFS) / -FLOOR_DBFS, 0, 1)
    picture = Image.fromarray(_coloured(share[::-1]))
    image.paste(picture.resize((right - left, bottom - top), Image.Resampling.BILINEAR), (left, top))
    top_khz = excerpt.rate_hz / 2000
    for khz in range(0, int(top_khz) + 1, 5 if top_khz > 10 else 2):
        y = bottom - (bottom - top) * khz / top_khz
        draw.line((left - 4, y, left, y), fill=QUIET)
        _label(draw, (left - 8, y), str(khz), "rm")
    for t_s in excerpt.finding_s:
        x = excerpt.x_px(t_s)
        draw.line((x, top, x, bottom), fill=PAPER, width=3)
        draw.line((x, top, x, bottom), fill=EDGE, width=1)
    draw.rectangle(
        (excerpt.x_px(excerpt.finding_s[0]), top - 6, excerpt.x_px(excerpt.finding_s[1]), top - 2), fill=EDGE
    )
    _axes(draw, excerpt, "kHz")
    _colour_key(image, draw)
    _save(image, path)


def _canvas() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", SIZE_PX, PAPER)
    return image, ImageDraw.Draw(image)


def _save(image: Image.Image, path: Path) -> None:
    image.quantize(128).save(path, optimize=True)


def _scale(samples: NDArray[np.float32]) -> float:
    """Return the smallest round amplitude that holds the loudest sample."""
    peak = float(np.abs(np.nan_to_num(samples)).max(initial=0.0))
    return next((scale for scale in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if scale >= peak), 1.0)


def _envelope(samples: NDArray[np.float32], columns: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    edges = np.linspace(0, len(samples), columns + 1).astype(int)[:-1]
    edges = np.minimum(edges, len(samples) - 1)
    clean = np.clip(np.nan_to_num(samples), -1, 1)
    return np.minimum.reduceat(clean, edges), np.maximum.reduceat(clean, edges)


def _levels_dbfs(excerpt: Excerpt) -> NDArray[np.float64]:
    """Return rows of frequency x columns of time; a full-scale sine reads 0 dBFS."""
    clean = np.clip(np.nan_to_num(excerpt.samples), -1, 1).astype(np.float64)
    length = min(1024, len(clean))
    window = np.hanning(length + 1)[:-1] / max(length / 4, 1.0)
    frames = np.lib.stride_tricks.sliding_window_view(clean, length, axis=0)[:: max(1, length // 4)]
    power = np.square(np.abs(np.fft.rfft(frames * window, axis=-1))).mean(axis=1).T
    return np.asarray(10 * np.log10(np.maximum(power, 1e-12)))


def _strongest(levels: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    """Return at most so many rows, each the strongest of its frequencies, so that no tone fades."""
    if len(levels) <= rows:
        return levels
    return np.asarray(
        np.maximum.reduceat(levels, np.linspace(0, len(levels), rows + 1).astype(int)[:-1], axis=0)
    )


def _coloured(share: NDArray[np.float64]) -> NDArray[np.uint8]:
    anchors = np.linspace(0, 1, len(_SCALE))
    return np.stack([np.interp(share, anchors, _SCALE[:, part]) for part in range(3)], axis=-1).astype(
        np.uint8
    )


def _axes(draw: ImageDraw.ImageDraw, excerpt: Excerpt, unit: str) -> None:
    left, _, right, bottom = BOX
    for t_s in _round_times(excerpt.start_s, excerpt.end_s):
        x = excerpt.x_px(t_s)
        draw.line((x, bottom, x, bottom + 4), fill=QUIET)
        _label(draw, (x, bottom + 6), f"{t_s:g}", "ma")
    draw.line((left, bottom, right, bottom), fill=QUIET)
    _label(draw, (4, SIZE_PX[1] - 4), unit, "ls")
    _label(draw, (right, SIZE_PX[1] - 4), "seconds in the recording", "rs")


def _colour_key(image: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    bar = _coloured(np.linspace(0, 1, 120)[None, :].repeat(8, axis=0))
    x, y = 330, SIZE_PX[1] - 13
    image.paste(Image.fromarray(bar), (x, y))
    _label(draw, (x - 6, y + 4), f"{FLOOR_DBFS:.0f}", "rm")
    _label(draw, (x + 126, y + 4), "0 dBFS", "lm")


def _round_times(start_s: float, end_s: float) -> Sequence[float]:
    span = max(end_s - start_s, 1e-3)
    step = next((step for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60) if span / step <= 10), span)
    first = int(np.ceil(start_s / step))
    return [round(index * step, 3) for index in range(first, int(end_s / step) + 1)]


def _label(draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, anchor: str) -> None:
    draw.text(place, text, fill=QUIET, font=ImageFont.load_default(13), anchor=anchor)


PLOTS: dict[str, Callable[[Excerpt, Path], None]] = {"waveform": waveform, "spectrogram": spectrum}
