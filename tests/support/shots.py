"""Shots drawn in memory, with whatever a test does to them, and what picture detectors find there."""

from fractions import Fraction
from functools import cache

import cv2
import numpy as np

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.detectors.video.banding import Banding
from harness.detectors.video.blockiness import Blockiness
from harness.detectors.video.blur import Blur
from harness.detectors.video.noise import Noise
from harness.impair import IMPAIRMENTS
from harness.impair.base import FaultSpec
from harness.media import Frame, StreamFormat, VideoFormat
from harness.recording.recording import Recording
from tests.support import planting

FPS = 25
WIDTH, HEIGHT = 480, 270
CHROMA = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
MARGIN_PX = 64
GRAIN = 1.0
"""A camera's own noise, in code values."""


def world(seed=0, width=900):
    """A landscape: a smooth sky over texture with edges, shape (height, width), float32."""
    random = np.random.default_rng(seed)
    fine = cv2.GaussianBlur(random.normal(0, 1, (HEIGHT, width)).astype(np.float32), (0, 0), 1.0) * 45
    coarse = cv2.GaussianBlur(random.normal(0, 1, (HEIGHT, width)).astype(np.float32), (0, 0), 12) * 500
    sky = np.linspace(190, 110, HEIGHT, dtype=np.float32)[:, None] + np.linspace(
        0, 25, width, dtype=np.float32
    )
    ground = np.where(coarse > 4, 60, 120) + fine
    horizon = np.clip((np.arange(HEIGHT)[:, None] - HEIGHT * 0.45) / 3, 0, 1)
    return np.asarray(np.clip(sky * (1 - horizon) + ground * horizon, 20, 230), np.float32)


def pan(count, speed_px=1.5, seed=0, grain=GRAIN, scene=None):
    """A camera that pans over a landscape; `speed_px` may be one number a frame."""
    scene = world(seed) if scene is None else scene
    random = np.random.default_rng(seed)
    places = np.cumsum(np.broadcast_to(speed_px, count)) - np.asarray(speed_px).flat[0]
    room = scene.shape[1] - WIDTH
    return [picture(scene[:, int(x) % room : int(x) % room + WIDTH], grain, random) for x in places]


def picture(luma, grain=0.0, random=None):
    """One picture of that luma (float), with camera noise, as planes."""
    if grain:
        row, column = random.integers(0, MARGIN_PX, 2)
        luma = luma + grain * _noise()[row : row + HEIGHT, column : column + WIDTH]
    return np.clip(luma, 16, 235).astype(np.uint8), CHROMA, CHROMA


@cache
def _noise():
    size = (HEIGHT + MARGIN_PX, WIDTH + MARGIN_PX)
    return np.random.default_rng(8).standard_normal(size, np.float32)


def plant(pictures, defect, start, count, level="easy", kind=""):
    """Plant a defect in `count` pictures from `start` on; without a kind, the second one."""
    spec = FaultSpec(defect, start / FPS, count / FPS, level, 1, kind)
    impairment = IMPAIRMENTS[defect](spec, Fraction(FPS), None)
    return [impairment.picture(shown, number / FPS) for number, shown in enumerate(pictures)]


def coded(path, pictures):
    """Return the pictures after the recorder's coding."""
    planting.code(path, pictures, FPS)
    return [(item.y, item.u, item.v) for item in Recording(path).items() if isinstance(item, Frame)]


def find(pictures, fps=FPS):
    """Return (defect, first frame, frame after the last) of each finding that nothing explains."""
    height, width = pictures[0][0].shape
    context = Context(StreamFormat(VideoFormat(width, height, Fraction(fps)), None))
    engine = Engine([Blockiness(), Blur(), Banding(), Noise()], context)
    for index, planes in enumerate(pictures):
        engine.feed(Frame(round(index / fps * 1e9), index, *planes))
    return [
        (item.defect, round(item.start_ns * fps / 1e9), round(item.end_ns * fps / 1e9))
        for item in engine.finish().findings
        if not item.explained_by
    ]
