"""A clip with a planted defect is played out of `vivid`'s HDMI output, into its input, and recorded there."""

import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

from harness.impair import IMPAIRMENTS
from harness.impair.base import FaultSpec
from harness.media import Frame, StreamFormat, VideoFormat
from harness.recording.recorder import Recorder
from harness.simulator.titles.library import Library
from tests.rig_vm.inside import OUT, TMP, run_steps, sh
from tests.rig_vm.jobs.v4l2 import control, load, node

VIDEO = VideoFormat(800, 600, Fraction(24))
"""As small and slow as `vivid` takes it: the guest can record that."""
CLIP_S, RECORD_S = 3, 7
FREEZE = "freeze_frame:start_s=1,duration_s=1.2"
SAME_AS_SET = 0


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
    control(dv_timings_signal_mode=SAME_AS_SET, loop_video=1)
    for path in (source, sink):
        sh("v4l2-ctl", "-d", str(path), "--set-dv-bt-timings", "cvt,width=800,height=600,fps=24")
    shutil.copy(OUT / "clip.nv12", TMP / "clip.nv12")
    sh("v4l2-ctl", "-d", str(sink), "--set-fmt-video-out=width=800,height=600,pixelformat=NV12")
    play = f"v4l2-ctl -d {sink} --stream-out-mmap=4 --stream-loop --stream-from={TMP / 'clip.nv12'}"
    record = (
        f"{sys.executable} -m harness capture v4l2:{source}?format=NV12 /out/loop.mkv --seconds {RECORD_S}"
    )
    with subprocess.Popen(play.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as player:
        try:
            done = subprocess.run(record.split(), capture_output=True, text=True, check=False)
            return {
                "rc": done.returncode,
                "said": done.stdout,
                "errors": done.stderr,
                "player": player.poll(),
            }
        finally:
            player.kill()


if __name__ == "__main__":
    run_steps("v4l2_loop", [record])
