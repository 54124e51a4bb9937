"""Pictures of a title, defects planted in them, coding as the recorder does, and what detectors find."""

from fractions import Fraction
from functools import lru_cache

import numpy as np

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.impair import IMPAIRMENTS
from harness.impair.base import FaultSpec
from harness.media import Frame, StreamFormat, VideoFormat
from harness.recording.recording import Recording
from harness.simulator.titles.library import Library
from tests.support import planting

FPS = 25
VIDEO = VideoFormat(480, 270, Fraction(FPS))


@lru_cache(maxsize=8)
def film(title="big_buck_bunny", seconds=4.0, start_s=0.0):
    """Return the pictures of a title, which nobody may write to."""
    reel = Library().title(title).open(VIDEO)
    times = [
        Fraction(start_s).limit_denominator() + Fraction(index, FPS) for index in range(int(seconds * FPS))
    ]
    pictures = [tuple(plane.copy() for plane in reel.picture(at_s)) for at_s in times]
    reel.close()
    return pictures


def plant(pictures, *faults, fps=FPS):
    """Return the pictures with faults such as `solid_colour:start_s=2,duration_s=1` in them."""
    for fault in faults:
        spec = FaultSpec.parse(fault)
        impairment = IMPAIRMENTS[spec.defect](spec, Fraction(fps), None)
        pictures = [impairment.picture(picture, index / fps) for index, picture in enumerate(pictures)]
    return pictures


def coded(path, pictures, fps=FPS, **how):
    """Return the pictures after H.264, at the recorder's own quality if nothing else is asked for."""
    planting.code(path, pictures, fps, **how)
    frames = [item for item in Recording(path).items() if isinstance(item, Frame)]
    return [(frame.y, frame.u, frame.v) for frame in frames]


def find(pictures, *detectors, fps=FPS):
    """Return (first frame, frame after the last) of each finding of the first of some detector classes."""
    height, width = pictures[0][0].shape
    engine = Engine(
        [detector() for detector in detectors],
        Context(StreamFormat(VideoFormat(width, height, Fraction(fps)), None)),
    )
    for index, planes in enumerate(pictures):
        engine.feed(Frame(round(index * 1e9 / fps), index, *planes))
    analysis = engine.finish()
    edges = np.arange(len(pictures) + 1) * 1e9 / fps
    return [
        tuple(int(np.abs(edges - t_ns).argmin()) for t_ns in (item.start_ns, item.end_ns))
        for item in analysis.findings
        if item.defect == detectors[0].defect and not item.explained_by
    ]
