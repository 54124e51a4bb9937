"""CPU cost of the detectors on 1080p pictures, each and together, shared views apart.

python benchmarks/detectors.py [--frames 300]
"""

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from fractions import Fraction

import cv2
import numpy as np

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.detectors import DETECTORS
from harness.media import AudioBlock, AudioFormat, Frame, StreamFormat, VideoFormat

WIDTH, HEIGHT, FPS, RATE_HZ = 1920, 1080, 60, 48_000
AIM_MS = 8.0


def pictures(count: int) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    soft = cv2.GaussianBlur(
        random.integers(0, 256, (HEIGHT, WIDTH + 8 * count)).astype(np.float32), (0, 0), 5
    )
    world = np.clip((soft - soft.mean()) * 8 + 120, 16, 235).astype(np.uint8)
    return [np.ascontiguousarray(world[:, 8 * index : 8 * index + WIDTH]) for index in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    frames = parser.parse_args().frames
    cv2.setNumThreads(1)
    world = pictures(24)
    u = v = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    hop = RATE_HZ // FPS
    sound = (np.random.default_rng(1).standard_normal((hop, 2)) * 0.1).astype(np.float32)
    stream = StreamFormat(VideoFormat(WIDTH, HEIGHT, Fraction(FPS)), AudioFormat(RATE_HZ, 2))
    engine = Engine([detector() for detector in DETECTORS], Context(stream))
    start_s = time.process_time()
    for index in range(frames):
        t_ns = round(index * 1e9 / FPS)
        engine.feed(Frame(t_ns, index, world[index % len(world)], u, v))
        engine.feed(AudioBlock(t_ns, index * hop, sound))
    fed_s = time.process_time() - start_s
    analysis = engine.finish()
    total_s = time.process_time() - start_s
    print(f"{WIDTH}x{HEIGHT} at {FPS} fps with sound, {frames} frames, one thread")
    for name, cost_ms in analysis.cost_ms.items():
        print(f"  {name:26s} {cost_ms:7.3f} ms")
    print(f"  {'all, CPU a frame':26s} {1e3 * fed_s / frames:7.3f} ms (aim: under {AIM_MS})")
    print(f"  {'with the end, CPU a frame':26s} {1e3 * total_s / frames:7.3f} ms")


if __name__ == "__main__":
    main()
