"""How much memory a long analysis takes, and whether it grows.

    python -m benchmarks.memory --minutes 60

Feeds drawn pictures and sound to the engine as a recording of that length does, at --size and --fps, and
prints the resident memory every five minutes of media, and the peak when the findings are made.
"""

import argparse
import os
import resource
from fractions import Fraction

import cv2
import numpy as np

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.detectors import DETECTORS
from harness.media import AudioBlock, Frame, StreamFormat, VideoFormat
from harness.simulator.titles.library import Library
from harness.simulator.titles.title import SOUND

LOOP_S = 8
TOLD_EVERY_S = 300


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--size", default="320x180")
    parser.add_argument("--fps", type=int, default=25)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    width, height = map(int, args.size.split("x"))
    video = VideoFormat(width, height, Fraction(args.fps))
    engine = Engine([detector() for detector in DETECTORS], Context(StreamFormat(video, SOUND)))
    feed(engine, video, round(60 * args.minutes))
    before_mb = resident_mb()
    analysis = engine.finish()
    kept = sum(
        array.nbytes
        for series in analysis.series.values()
        for array in (series.t_ns, *series.columns.values())
    )
    print(f"{analysis.frames} frames: {before_mb:.0f} MB; while the findings were made {peak_mb():.0f} MB")
    print(f"the measured series that are kept: {kept / 1e6:.0f} MB")


def feed(engine, video, seconds):
    pictures, sound = drawn(video)
    block = SOUND.rate_hz // int(video.fps)
    for index in range(seconds * int(video.fps)):
        t_ns = round(index * 1e9 / video.fps)
        engine.feed(Frame(t_ns, index, *pictures[index % len(pictures)]))
        first = index * block % len(sound)
        engine.feed(AudioBlock(t_ns, index * block, sound[first : first + block]))
        if t_ns % (TOLD_EVERY_S * 10**9) == 0:
            print(f"after {t_ns / 60e9:.0f} min of media: {resident_mb():.0f} MB", flush=True)


def drawn(video):
    reel = Library().title("news").open(video)
    count = LOOP_S * int(video.fps)
    pictures = [tuple(plane.copy() for plane in reel.picture(index / video.fps)) for index in range(count)]
    sound = np.float32(reel.sound(0, LOOP_S * SOUND.rate_hz)) / 32768
    reel.close()
    return pictures, sound


def resident_mb():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
