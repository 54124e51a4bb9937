"""The detectors, one defect a file; the list below is the whole list."""

from typing import Final

from harness.analysis.detector import Detector
from harness.detectors.audio.audio_dropout import AudioDropout
from harness.detectors.audio.silence import Silence
from harness.detectors.sync.av_sync import AvSync
from harness.detectors.video.banding import Banding
from harness.detectors.video.black_frames import BlackFrames
from harness.detectors.video.blockiness import Blockiness
from harness.detectors.video.blur import Blur
from harness.detectors.video.error_screen import ErrorScreen
from harness.detectors.video.freeze_frame import FreezeFrame
from harness.detectors.video.noise import Noise
from harness.detectors.video.stalling import Stalling
from harness.detectors.video.stutter import Stutter

DETECTORS: Final[tuple[type[Detector], ...]] = (
    BlackFrames,
    Blockiness,
    Blur,
    Banding,
    Noise,
    FreezeFrame,
    Stutter,
    Stalling,
    ErrorScreen,
    Silence,
    AudioDropout,
    AvSync,
)
"""One class a defect name; each recording is measured by fresh instances."""
