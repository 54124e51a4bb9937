"""A clip with a planted defect is played out of `vivid`'s HDMI output, into its input, and recorded there."""

import fcntl
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np

from harness.capture.v4l2 import kernel
from harness.cli import main
from harness.impair import IMPAIRMENTS
from harness.impair.base import FaultSpec
from harness.media import Frame, StreamFormat, VideoFormat
from harness.recording.recorder import Recorder
from harness.simulator.titles.library import Library
from tests.rig_vm.inside import OUT, TMP, run_steps, sh
from tests.rig_vm.jobs.v4l2 import control, load, node, show

VIDEO = VideoFormat(1280, 720, Fraction(24))
"""The smallest flow of pixels that is a mode of HDMI: the guest is slow to encode it."""
CLIP_S, RECORD_S = 2, 5
FREEZE = "freeze_frame:start_s=0.5,duration_s=1"


def prepare(out: Path) -> None:
    """Draw the clip, on the host: as the file that is judged, and as pictures to be played out."""
    spec = FaultSpec.parse(FREEZE)
    impairment = IMPAIRMENTS[spec.defect](spec, VIDEO.fps, 48_000)
    reel = Library().title("nature").open(VIDEO)
    with Recorder(out / "clip.mkv", StreamFormat(VIDEO, None)) as file, (out / "clip.nv12").open("wb") as raw:
        for index in range(int(CLIP_S * VIDEO.fps)):
            t_s = index / VIDEO.fps
            y, u, v = impairment.picture(reel.picture(t_s), float(t_s))
            file.write(Frame(round(t_s * 1_000_000_000), index, y, u, v))
            raw.write(y.tobytes() + np.dstack([u, v]).tobytes())
    reel.close()


def record():
    load()
    source, sink = node(), node("vivid-000-vid-out")
    show()
    control(loop_video=1)
    with source.open("rb+", buffering=0) as shown, sink.open("rb+", buffering=0) as played:
        timings = fcntl.ioctl(shown, kernel.QUERY_DV_TIMINGS, bytes(kernel.DvTimings()))
        fcntl.ioctl(played, kernel.S_DV_TIMINGS, timings)
    shutil.copy(OUT / "clip.nv12", TMP / "clip.nv12")
    sh("v4l2-ctl", "-d", str(sink), "--set-fmt-video-out=width=1280,height=720,pixelformat=NV12")
    play = f"v4l2-ctl -d {sink} --stream-out-mmap=4 --stream-loop --stream-from={TMP / 'clip.nv12'}"
    record = f"capture v4l2:{source}?format=NV12 {OUT / 'loop.mkv'} --seconds {RECORD_S}"
    with subprocess.Popen(play.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as player:
        try:
            return {"rc": main(record.split()), "player": player.poll()}
        finally:
            player.kill()


if __name__ == "__main__":
    run_steps("v4l2_loop", [record])
