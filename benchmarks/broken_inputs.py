"""Analyses many broken files, each in a process of its own, and counts how that ends.

python benchmarks/broken_inputs.py --count 1000 [--media DIR] [--jobs 2]
"""

import argparse
import collections
import concurrent.futures
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support import planting  # noqa: E402
from tests.support.broken import KINDS, broken_file  # noqa: E402

LIMIT_S = 30.0
BATCH = 20


def clean_files(folder: Path) -> list[Path]:
    """Return small sound files of several shapes: odd sizes, one frame, sound alone, MP4 and TS."""
    random = np.random.default_rng(0)
    made = []
    for name, width, height, count in (
        ("a.mkv", 128, 96, 30),
        ("b.mp4", 66, 34, 12),
        ("c.ts", 320, 192, 25),
        ("d.mkv", 16, 16, 1),
    ):
        chroma = np.full((height // 2, width // 2), 128, np.uint8)
        frames = [
            (random.integers(16, 236, (height, width), dtype=np.uint8), chroma, chroma) for _ in range(count)
        ]
        planting.code(folder / name, frames, Fraction(25))
        made.append(folder / name)
    with av.open(str(folder / "e.flac"), "w") as container:
        stream = container.add_stream("flac", rate=48_000)
        stream.layout = "stereo"
        samples = (random.standard_normal((1, 2 * 24_000)) * 3_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return [*made, folder / "e.flac"]


WORKER = """
import contextlib, io, sys, time, traceback
from harness.cli import main
for path in sys.argv[1:]:
    errors, start = io.StringIO(), time.monotonic()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
            status = main(["analyze", path])
        told = errors.getvalue().strip().splitlines()
        plain = len(told) == (status == 2)
        status = f"status {status}" if plain else f"status {status} with {len(told)} lines"
    except BaseException as error:
        status = f"traceback {type(error).__name__}: {error}"
    print(f"{time.monotonic() - start:.2f}|{status}|{path}", flush=True)
"""


def analyse(paths: list[Path]) -> list[tuple[str, str]]:
    """Return (how it ended, path) of each file; a crash or a hang is put down to the file it was at."""
    ended: list[tuple[str, str]] = []
    left = [str(path) for path in paths]
    while left:
        command = [sys.executable, "-c", WORKER, *left]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=LIMIT_S * len(left), check=False
            )
            lines, died = done.stdout.splitlines(), f"crash, exit status {done.returncode}"
        except subprocess.TimeoutExpired as error:
            lines, died = (error.stdout or b"").decode().splitlines(), "hang"
        for line in lines:
            seconds, status, path = line.split("|", 2)
            ended.append((status if float(seconds) <= LIMIT_S else f"{status}, over {LIMIT_S:.0f} s", path))
        left = left[len(lines) :]
        if left:
            ended.append((died, left.pop(0)))
    return ended


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--media", type=Path, help="break the short files of this folder too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clean = clean_files(folder)
        if args.media:
            clean += [
                path
                for path in sorted(args.media.rglob("*"))
                if path.is_file() and path.stat().st_size < 600_000
            ][:8]
        contents = [path.read_bytes() for path in clean]
        paths = [
            broken_file(
                folder, contents[number % len(contents)], KINDS[number // len(contents) % len(KINDS)], number
            )
            for number in range(args.count)
        ]
        batches = [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            ended = [item for batch in pool.map(analyse, batches) for item in batch]
    counts = collections.Counter(status for status, _ in ended)
    for status, count in counts.most_common():
        print(f"{count:6d}  {status}")
    bad = [item for item in ended if item[0] not in {f"status {code}" for code in range(4)}]
    for status, path in bad[:10]:
        print(f"  {Path(path).name}: {status}")
    return 1 if bad or len(ended) != args.count else 0


if __name__ == "__main__":
    sys.exit(main())
