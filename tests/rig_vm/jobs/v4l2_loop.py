"""A clip with a planted defect is played out of `vivid`'s HDMI output, into its input, and recorded there."""

import fcntl
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

from harness.capture.v4l2 import kernel
from harness.media import Frame, VideoFormat
from harness.recording.recording import Recording
from tests.rig_vm.inside import OUT, TMP, run_steps, sh
from tests.rig_vm.jobs.v4l2 import control, load, node, show
from tests.support import planted

CLIP_S, RECORD_S = 4, 9
FREEZE = "freeze_frame:start_s=1,duration_s=1.4"
HD_READY_25 = 6


def prepare(out: Path) -> None:
    """Draw the clip, on the host: as the file that is judged, and as its pictures are played out."""
    video = VideoFormat(1280, 720, Fraction(25))
    planted.record(out / "clip.mkv", FREEZE, seconds=CLIP_S, video=video)
    with (out / "clip.nv12").open("wb") as raw:
        for item in Recording(out / "clip.mkv").items():
            if isinstance(item, Frame):
                raw.write(item.y.tobytes())
                raw.write(np.dstack([item.u, item.v]).tobytes())


def play():
    """Let the clip come out of the output, again and again."""
    if not list(Path("/sys/bus/platform/drivers").glob("vivid")):
        load()
    show(HD_READY_25)
    control(loop_video=1)
    output = node("vivid-000-vid-out")
    with node().open("rb+", buffering=0) as source, output.open("rb+", buffering=0) as sink:
        timings = kernel.DvTimings()
        fcntl.ioctl(source, kernel.QUERY_DV_TIMINGS, timings)
        fcntl.ioctl(sink, kernel.S_DV_TIMINGS, timings)
    shutil.copy(OUT / "clip.nv12", TMP / "clip.nv12")
    sh("v4l2-ctl", "-d", str(output), "--set-fmt-video-out=width=1280,height=720,pixelformat=NV12")
    return subprocess.Popen(
        [
            *("v4l2-ctl", "-d", str(output), "--stream-out-mmap=4", "--stream-loop"),
            f"--stream-from={TMP / 'clip.nv12'}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def record():
    player = play()
    try:
        done = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "harness",
                    "capture",
                    f"v4l2:{node()}?format=NV12",
                    str(OUT / "loop.mkv"),
                ),
                *("--seconds", str(RECORD_S)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert player.poll() is None, "the player has ended"
        return {"rc": done.returncode, "said": done.stdout, "errors": done.stderr[-2000:]}
    finally:
        player.kill()
        player.wait()
        control(loop_video=0)


if __name__ == "__main__":
    run_steps("v4l2_loop", [record])
