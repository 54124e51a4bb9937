"""The detectors, one defect a file; the list below is the whole list."""

from typing import Final

from harness.analysis.detector import Detector
from harness.detectors.audio.audio_dropout import AudioDropout
from harness.detectors.audio.channel_error import ChannelError
from harness.detectors.audio.clicks import Clicks
from harness.detectors.audio.distortion import Distortion
from harness.detectors.audio.hiss import Hiss
from harness.detectors.audio.hum import Hum
from harness.detectors.audio.loudness import Loudness
from harness.detectors.audio.silence import Silence
from harness.detectors.sync.av_sync import AvSync
from harness.detectors.video.aspect_error import AspectError
from harness.detectors.video.banding import Banding
from harness.detectors.video.black_frames import BlackFrames
from harness.detectors.video.block_corruption import BlockCorruption
from harness.detectors.video.blockiness import Blockiness
from harness.detectors.video.blur import Blur
from harness.detectors.video.colour_error import ColourError
from harness.detectors.video.combing import Combing
from harness.detectors.video.error_screen import ErrorScreen
from harness.detectors.video.flicker import Flicker
from harness.detectors.video.freeze_frame import FreezeFrame
from harness.detectors.video.noise import Noise
from harness.detectors.video.solid_colour import SolidColour
from harness.detectors.video.stalling import Stalling
from harness.detectors.video.stutter import Stutter
from harness.detectors.video.tearing import Tearing

DETECTORS: Final[tuple[type[Detector], ...]] = (
    BlockCorruption,
    Blockiness,
    BlackFrames,
    SolidColour,
    Blur,
    Banding,
    Noise,
    ColourError,
    Combing,
    AspectError,
    Tearing,
    Flicker,
    FreezeFrame,
    Stutter,
    Stalling,
    ErrorScreen,
    Silence,
    AudioDropout,
    Hum,
    Hiss,
    Distortion,
    Clicks,
    Loudness,
    ChannelError,
    AvSync,
)
"""One class a defect name; each recording is measured by fresh instances."""
