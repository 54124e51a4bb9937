"""Plants named defects in clean media, with the ground truth."""

from harness.impair.aspect_error import AspectError
from harness.impair.audio_dropout import AudioDropout
from harness.impair.banding import Banding
from harness.impair.base import Impairment
from harness.impair.black_frames import BlackFrames
from harness.impair.block_corruption import BlockCorruption
from harness.impair.blockiness import Blockiness
from harness.impair.blur import Blur
from harness.impair.channel_error import ChannelError
from harness.impair.clicks import Clicks
from harness.impair.colour_error import ColourError
from harness.impair.combing import Combing
from harness.impair.distortion import Distortion
from harness.impair.flicker import Flicker
from harness.impair.freeze_frame import FreezeFrame
from harness.impair.hiss import Hiss
from harness.impair.hum import Hum
from harness.impair.loudness import Loudness
from harness.impair.noise import Noise
from harness.impair.silence import Silence
from harness.impair.solid_colour import SolidColour
from harness.impair.stalling import Stalling
from harness.impair.stutter import Stutter
from harness.impair.tearing import Tearing

IMPAIRMENTS: dict[str, type[Impairment]] = {
    impairment.defect: impairment
    for impairment in (
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
        Silence,
        AudioDropout,
        Hum,
        Hiss,
        Distortion,
        Clicks,
        Loudness,
        ChannelError,
    )
}
