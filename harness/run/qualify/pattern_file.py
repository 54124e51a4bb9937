"""Writes the sync pattern as a media file, for a player on a USB stick."""

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np

from harness.clock import NS_PER_S
from harness.errors import InputError
from harness.media import AudioBlock, Frame, StreamFormat, VideoFormat
from harness.run.media_writer import MediaWriter, check_suffix
from harness.simulator.titles.sync_pattern import SyncPattern
from harness.simulator.titles.title import SOUND

MODE: Final = re.compile(r"(480|540|576|720|1080|2160)p(24|25|30|50|60)")
WIDTHS: Final = {480: 854, 576: 1024}
CRF: Final = 16


def pattern_format(mode: str) -> VideoFormat:
    """Return the format that `1080p50` names; raises InputError for another."""
    found = MODE.fullmatch(mode)
    if not found:
        raise InputError(f"{mode!r} is no mode: write for instance 1080p50, 720p60, 2160p25")
    height, fps = int(found[1]), int(found[2])
    return VideoFormat(WIDTHS.get(height, height * 16 // 9), height, Fraction(fps))


def write_pattern(path: Path, mode: str, seconds: int, advance: Callable[[int], None]) -> None:
    """Write whole seconds of the pattern to `path`, in H.264 and AAC (or PCM in `.mkv`).

    `advance` is told how many frames are done. Raises InputError where the file exists or cannot be written.
    """
    video = pattern_format(mode)
    check_suffix(path)
    if path.exists():
        raise InputError(f"{path} is there already; choose another name, or remove it")
    reel = SyncPattern().open(video)
    with MediaWriter(path, StreamFormat(video, SOUND), crf=CRF) as writer:
        for number in range(int(seconds * video.fps)):
            at_s = number / video.fps
            t_ns = round(at_s * NS_PER_S)
            writer.write(Frame(t_ns, number, *reel.picture(at_s)))
            first, last = (round(edge * SOUND.rate_hz) for edge in (at_s, (number + 1) / video.fps))
            samples = reel.sound(first, last - first).astype(np.float32) / np.float32(32768)
            writer.write(AudioBlock(round(first * NS_PER_S / SOUND.rate_hz), first, samples))
            advance(number + 1)
