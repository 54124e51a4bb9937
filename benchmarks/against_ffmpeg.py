"""The whole set of detectors against one ffmpeg process running its own filters, on the same file.

    python benchmarks/against_ffmpeg.py --rounds 3

Draws a 1080p60 H.264 file with stereo sound (or takes --file), and runs in turn: `harness analyze`, decoding
alone, and the static ffmpeg of the imageio-ffmpeg wheel with blackdetect, freezedetect, blockdetect,
blurdetect, idet, cropdetect, signalstats, silencedetect, astats and ebur128. Prints the medians and their
ratios; the cores' load stands beside each round, because other work on the machine changes all three.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from harness.decoding import probe_duration_ns
from harness.media import AudioBlock, Frame, StreamFormat, VideoFormat
from harness.run.media_writer import MediaWriter
from harness.simulator.titles.library import Library
from harness.simulator.titles.title import SOUND

PICTURE_FILTERS = "blackdetect,freezedetect,blockdetect,blurdetect,idet,cropdetect,signalstats"
SOUND_FILTERS = "silencedetect,astats,ebur128"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of the drawn file")
    parser.add_argument("--file", type=Path, help="measure on this file instead")
    parser.add_argument("--no-ffmpeg", action="store_true", help="leave out the slow one")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = args.file or draw(Path(folder) / "film.mp4", args.seconds)
        lasts_s = duration_s(path)
        commands = {"decoding alone": decoding(path), "harness analyze": harness(path)}
        if not args.no_ffmpeg:
            commands["ffmpeg filters"] = ffmpeg(path)
        rounds = [measure(commands, lasts_s) for _ in range(args.rounds)]
    report(rounds, lasts_s, args.json)


def draw(path, seconds):
    """Write an animated film at 1080p60 with stereo sound, of a bitrate that is usual."""
    video = VideoFormat(1920, 1080, Fraction(60))
    reel = Library().title("big_buck_bunny").open(video)
    with MediaWriter(path, StreamFormat(video, SOUND), crf=20) as writer:
        for index in range(round(seconds * 60)):
            writer.write(Frame(round(index * 1e9 / 60), index, *reel.picture(Fraction(index, 60))))
            samples = np.float32(reel.sound(index * 800, 800)) / 32768
            writer.write(AudioBlock(round(index * 1e9 / 60), index * 800, samples))
    reel.close()
    return path


def duration_s(path):
    return probe_duration_ns(path) / 1e9


def decoding(path):
    code = (
        "import sys; from pathlib import Path; from harness.decoding import MediaFile\n"
        "with MediaFile(Path(sys.argv[1])) as media:\n    print(sum(1 for _ in media.items()))"
    )
    return [sys.executable, "-c", code, str(path)]


def harness(path):
    return [sys.executable, "-m", "harness", "analyze", str(path), "--json", os.devnull]


def ffmpeg(path):
    return [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-hide_banner", "-nostats", "-i", str(path)),
        *("-vf", PICTURE_FILTERS, "-af", SOUND_FILTERS, "-f", "null", "-"),
    ]


def measure(commands, lasts_s):
    row = {}
    for name, command in commands.items():
        load, before, start_s = os.getloadavg()[0], children_s(), time.monotonic()
        done = subprocess.run(command, check=False, capture_output=True)
        wall_s = time.monotonic() - start_s
        # 1 and 3 are verdicts of `harness analyze`. A process that broke off has measured nothing.
        if done.returncode not in ((0, 1, 3) if name == "harness analyze" else (0,)):
            raise SystemExit(f"{name} broke off with {done.returncode}: {done.stderr[-300:].decode()}")
        row[name] = {
            "wall_s": wall_s,
            "cpu_s": children_s() - before,
            "speed": lasts_s / wall_s,
            "load": load,
        }
        print(
            f"{name}: {wall_s:.1f} s, {lasts_s / wall_s:.2f} x real time, CPU {row[name]['cpu_s']:.1f} s, "
            f"load before {load:.1f}",
            flush=True,
        )
    return row


def children_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(rounds, lasts_s, out):
    median = {name: statistics.median(row[name]["speed"] for row in rounds) for name in rounds[0]}
    cpu = {name: statistics.median(row[name]["cpu_s"] for row in rounds) for name in rounds[0]}
    print(f"\nmedians of {len(rounds)} rounds over {lasts_s:.1f} s of media:")
    for name, speed in median.items():
        print(f"  {name}: {speed:.2f} x real time, {cpu[name] / lasts_s:.2f} s of CPU a second of media")
    if "ffmpeg filters" in median:
        print(f"  harness is {median['harness analyze'] / median['ffmpeg filters']:.1f} x as fast as ffmpeg")
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  largest process: {peak_mb:.0f} MB")
    if out:
        out.write_text(json.dumps({"media_s": lasts_s, "rounds": rounds}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
