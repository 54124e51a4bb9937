"""A short recording of a drawn title with defects planted where we know."""

from fractions import Fraction

import numpy as np

from harness.impair import IMPAIRMENTS
from harness.impair.base import FaultSpec
from harness.media import AudioBlock, AudioFormat, Frame, StreamFormat, VideoFormat
from harness.recording.recorder import Recorder
from harness.simulator.titles.library import Library
from harness.timeline import Mark, Press

FPS = Fraction(25)
RATE_HZ = 48_000
VIDEO = VideoFormat(480, 270, FPS)


def record(path, *faults, title="nature", seconds=8, notes=(), video=VIDEO, begun=None):
    """Record `title` to `path` with faults such as `freeze_frame:start_s=2,duration_s=1`, and notes.

    `begun` is called once the recorder is open.
    """
    specs = [FaultSpec.parse(fault) for fault in faults]
    impairments = [IMPAIRMENTS[spec.defect](spec, FPS, RATE_HZ) for spec in specs]
    reel = Library().title(title).open(video)
    recorder = Recorder(path, StreamFormat(video, AudioFormat(RATE_HZ, 2)), threads=1)
    if begun:
        begun()
    recorder.note(Mark("watch_start", 0))
    recorder.note(Press("SELECT", 40_000_000, 90_000_000, "ir"))
    recorder.note(Mark("play_asked", 90_000_000, title))
    # The title runs from the first frame on: nothing in the pictures could tell when it was asked for.
    recorder.note(Mark("first_frame", 90_000_000, title))
    for note in notes:
        recorder.note(note)
    block = int(RATE_HZ / FPS)
    for index in range(int(seconds * FPS)):
        t_s = index / FPS
        picture, samples = reel.picture(t_s), reel.sound(index * block, block)
        for impairment in impairments:
            picture = impairment.picture(picture, float(t_s))
            samples = impairment.sound(samples, float(t_s))
        t_ns = round(t_s * 10**9)
        recorder.write(Frame(t_ns, index, *picture))
        recorder.write(AudioBlock(t_ns, index * block, np.float32(samples) / 32768))
    recorder.note(Mark("watch_end", seconds * 10**9))
    recorder.close()
    reel.close()
    return path
