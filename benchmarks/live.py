"""Capture, recording and analysis of the virtual device at once: is anything lost, does analysis keep up.

python -m benchmarks.live [--mode 720p60] [--minutes 5] [--title big_buck_bunny]

Prints the gaps of the capture, how far analysis was behind when the watch ended, the CPU that the device and
the harness took, per frame and as a share of one core, and how busy each core was meanwhile.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from harness.capture import open_source
from harness.clock import MonotonicClock
from harness.recording.recording import Recording
from harness.run.analyze import find_criteria
from harness.run.feed import Feed
from harness.run.opening import opened
from harness.run.registry import default_folders, find_profile
from harness.run.session import Session, Watched

TICKS = os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mode", default="720p60")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--title", default="big_buck_bunny")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the recording here")
    args = parser.parse_args()
    found = find_profile("virtual-stb", default_folders())
    virtual = found.profile.virtual.model_copy(update={"mode": args.mode})
    found = type(found)(found.id, found.path, found.profile.model_copy(update={"virtual": virtual}))
    with tempfile.TemporaryDirectory() as scratch, opened(found) as device:
        feed = Feed(open_source(device.capture_uri), device.clock)
        feed.open()
        try:
            watch(device, feed, Path(args.keep or scratch, "live.mkv"), args)
        finally:
            feed.close()


def watch(device, feed, path, args):
    session = Session(Watched(device, feed, path, find_criteria("default"), {}, lambda text: None))
    device.reach("app")
    clock, seconds = MonotonicClock(), 60 * args.minutes
    began_s, own, others, cores = time.monotonic(), cpu_s("self"), cpu_s(child()), busy()
    session.start()
    device.play(args.title)
    session.wait_s(seconds)
    ended_ns = clock.now_ns()
    done = session.finish()
    behind_s = (clock.now_ns() - ended_ns) / 1e9
    took_s = time.monotonic() - began_s
    own, others = cpu_s("self") - own, cpu_s(child()) - others
    frames = done.analysis.frames
    gaps = Recording(path).timeline.gaps
    print(f"{args.title} at {args.mode}, {seconds:g} s: {frames} frames analysed, {len(gaps)} gaps")
    for gap in gaps[:10]:
        print(f"  {gap.medium} {gap.start_ns / 1e9:.2f}-{gap.end_ns / 1e9:.2f} s: {gap.reason}")
    print(f"analysis was ready {behind_s:.2f} s after the end")
    for name, spent in (("virtual device", others), ("capture, recording, analysis", own)):
        print(f"{name}: {1000 * spent / frames:.2f} CPU ms a frame, {100 * spent / took_s:.0f} % of a core")
    shares = ", ".join(f"{100 * share:.0f} %" for share in since(cores))
    print(f"cores busy: {shares} (everything on this machine)")
    print(f"findings: {[(item.defect, round(item.start_ns / 1e9, 2)) for item in done.analysis.findings]}")
    for name, cost in sorted(done.analysis.cost_ms.items(), key=lambda item: -item[1]):
        print(f"  {name}: {cost:.3f} ms")


def child():
    """Return the process of the virtual device."""
    (pid,) = Path("/proc/self/task", str(os.getpid()), "children").read_text().split()[:1]
    return pid


def cpu_s(process):
    """Return the CPU seconds, user and system, that a process has taken."""
    fields = Path("/proc", process, "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def busy():
    """Return (busy, total) ticks of each core."""
    lines = [line.split() for line in Path("/proc/stat").read_text().splitlines()]
    counts = [
        [int(part) for part in line[1:9]] for line in lines if line[0][:3] == "cpu" and line[0] != "cpu"
    ]
    return [(sum(count) - count[3] - count[4], sum(count)) for count in counts]


def since(before):
    return [(now[0] - then[0]) / max(1, now[1] - then[1]) for now, then in zip(busy(), before, strict=True)]


if __name__ == "__main__":
    main()
