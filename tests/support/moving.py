"""Moving pictures made in memory, what a detector finds in them, and what of them survives coding."""

from fractions import Fraction

import cv2
import numpy as np

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.impair import IMPAIRMENTS
from harness.impair.base import FaultSpec
from harness.media import Frame, StreamFormat, VideoFormat
from harness.recording.recording import Recording
from tests.support import planting

FPS = 25
WIDTH, HEIGHT = 640, 368
CHROMA = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)


def world(seed=0, width=1600, height=900, softness=3.0):
    """Return a large soft picture with structure of all sizes."""
    random = np.random.default_rng(seed)
    fine = cv2.GaussianBlur(random.integers(0, 256, (height, width)).astype(np.float32), (0, 0), softness)
    coarse = cv2.resize(
        random.random((9, 16)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    mixed = (fine - fine.mean()) / fine.std() * 18 + (coarse - 0.5) * 110 + 120
    return np.clip(mixed, 20, 230).astype(np.uint8)


def pan(count, speed_px=(5, 0), seed=0):
    """Return pictures of a camera that pans over a world, so many px right and down a picture."""
    scene = world(seed)
    pictures = []
    for index in range(count):
        left = round(index * speed_px[0]) % (scene.shape[1] - WIDTH)
        top = round(index * speed_px[1]) % (scene.shape[0] - HEIGHT)
        pictures.append(grey(scene[top : top + HEIGHT, left : left + WIDTH]))
    return pictures


def grey(y):
    """Return a picture without colour."""
    return np.ascontiguousarray(y), CHROMA, CHROMA


def plant(pictures, fault):
    """Return the pictures with a fault such as `tearing:start_s=1,level=hard`, and the planting."""
    spec = FaultSpec.parse(fault)
    impairment = IMPAIRMENTS[spec.defect](spec, Fraction(FPS), 48_000)
    return [impairment.picture(picture, index / FPS) for index, picture in enumerate(pictures)], impairment


def coded(path, pictures, **how):
    """Return the pictures as they come back from a recording."""
    planting.code(path, pictures, FPS, **how)
    frames = [item for item in Recording(path).items() if isinstance(item, Frame)]
    return [(frame.y, frame.u, frame.v) for frame in frames]


def find(detector, pictures):
    """Return (first frame, frame after the last) of each finding of one detector."""
    height, width = pictures[0][0].shape
    engine = Engine([detector], Context(StreamFormat(VideoFormat(width, height, Fraction(FPS)), None)))
    for index, planes in enumerate(pictures):
        engine.feed(Frame(round(index / FPS * 1e9), index, *planes))
    return [
        (round(item.start_ns * FPS / 1e9), round(item.end_ns * FPS / 1e9))
        for item in engine.finish().findings
    ]
